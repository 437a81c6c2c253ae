"""The guard of the API, put together: by keys, or by nothing where the settings say so in words."""

from dataclasses import dataclass

from pathshala_api.access import Admit
from pathshala_api.caller_watch import CallerWatch
from pathshala_api.gate import Gate, admit_everybody
from pathshala_api.keyring import Keyring
from pathshala_api.owners import Owners
from pathshala_api.proxies import Proxies
from pathshala_api.running_sessions import RunningSessions
from pathshala_api.sessions import Sessions
from pathshala_api.settings import KEYS, ApiSettings
from pathshala_api.stream_tokens import StreamTokens
from pathshala_api.tokens import Tokens
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store


@dataclass(frozen=True, slots=True)
class Guarding:
    """The gate that lets callers in, and the parts that it knows them by."""

    admit: Admit
    keyring: Keyring
    stream_tokens: StreamTokens
    sessions: Sessions
    proxies: Proxies
    watch: CallerWatch


def guarding(settings: ApiSettings, store: Store, clock: Clock) -> Guarding:
    """Guard the API as the settings say."""
    keyring, tokens, proxies = Keyring(store, clock), Tokens(store), Proxies(settings.proxy_networks)
    running = RunningSessions(store, clock)
    sessions, stream_tokens = Sessions(tokens, running, proxies, settings.origins), StreamTokens(tokens, running)
    gate = Gate(
        keyring,
        stream_tokens,
        sessions,
        running,
        Owners(store),
        proxies,
        clock,
        requests_per_minute=settings.key_requests_per_minute,
    )
    admit: Admit = gate if settings.auth == KEYS else admit_everybody
    return Guarding(admit, keyring, stream_tokens, sessions, proxies, CallerWatch(gate.may_call, clock))
