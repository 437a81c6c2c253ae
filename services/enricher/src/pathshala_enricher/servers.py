"""The servers of an encyclopedia's editions, each behind a circuit of its own."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.operating.circuits import OpenCircuit
from pathshala_enricher.answer import Down, Refused, Resting, read
from pathshala_enricher.cooldown import PROBE_AFTER_SECONDS, Cooldown
from pathshala_enricher.editions import ENGLISH, Edition
from pathshala_enricher.fetch import Fetch, FetchFault, not_sent

PLACE_OF_LANGUAGE = "{language}"

Record = Callable[[ProviderCall], None]
"""Called with each call, whatever comes of it."""


class Servers:
    """Asks a server if its circuit lets it, and has the circuit learn from the answer."""

    def __init__(self, url_template: str, *, fetch: Fetch, clock: Clock) -> None:
        """Take the Action API's address with `{language}` where an edition's code stands."""
        self._url_template, self._clock, self._fetch = url_template, clock, fetch
        # A code has two or three letters or stands in a short table, so there cannot be many.
        self._circuits: dict[str, Cooldown] = {}
        self._open: dict[str, OpenCircuit] = {}

    def url(self, edition: Edition) -> str:
        """Give the address of an edition's server."""
        return self._url_template.replace(PLACE_OF_LANGUAGE, edition.code)

    def editions(self, asked: Edition) -> tuple[Edition, ...]:
        """Give the editions to search, each once: the asked one, and English. All languages may be of one server."""
        if PLACE_OF_LANGUAGE not in self._url_template or asked.code == ENGLISH:
            return (asked,)
        return (asked, Edition(ENGLISH, ENGLISH))

    def is_down(self, edition: Edition) -> bool:
        """Whether the edition's server is known to be down, so that it would not be asked."""
        circuit = self._circuits.get(self.url(edition))
        return circuit is not None and circuit.is_open(self._clock.monotonic())

    def open_circuits(self) -> Sequence[OpenCircuit]:
        """Tell which servers are left alone, and what they did last."""
        return list(self._open.values())

    async def ask(
        self, edition: Edition, params: Mapping[str, str], *, deadline: float, record: Record
    ) -> Mapping[str, object]:
        """Send one request, to be answered by the event loop's time `deadline`. Raises what `read` raises."""
        url = self.url(edition)
        circuit = self._circuits.setdefault(url, Cooldown())
        call = await self._call(circuit, url, params, deadline)
        record(call)
        try:
            return self._learned(circuit, call)
        finally:
            if call.fault != FetchFault.KNOWN_TO_BE_DOWN:
                self._note(url, circuit, call)

    def _learned(self, circuit: Cooldown, call: ProviderCall) -> Mapping[str, object]:
        """Read an answer, and have the circuit learn from it."""
        now = self._clock.monotonic
        try:
            content = read(call, self._clock.now())
        except Down:
            if call.fault != FetchFault.KNOWN_TO_BE_DOWN:
                circuit.pause(now(), PROBE_AFTER_SECONDS)
            raise
        except Resting as error:
            circuit.pause(now(), error.after_seconds or 0)
            raise
        except Retry:
            circuit.fail(now())
            raise
        except Refused:
            circuit.succeed()
            raise
        circuit.succeed()
        return content

    def _note(self, url: str, circuit: Cooldown, call: ProviderCall) -> None:
        """Keep how a circuit stands, for who asks."""
        if circuit.open_until is None:
            self._open.pop(url, None)
            return
        now, before = self._clock.now(), self._open.get(url)
        self._open[url] = OpenCircuit(
            service="enricher",
            guards=urlsplit(url).hostname or "",
            reason=call.fault or f"HTTP {call.status}",
            failures=max(circuit.failures, 1),
            opened_at=before.opened_at if before else now,
            probe_at=now + timedelta(seconds=max(circuit.open_until - self._clock.monotonic(), 0)),
        )

    async def _call(self, circuit: Cooldown, url: str, params: Mapping[str, str], deadline: float) -> ProviderCall:
        if not circuit.admit(self._clock.monotonic()):
            return not_sent(url, params, FetchFault.KNOWN_TO_BE_DOWN)
        return await self._fetch(url, params, deadline - asyncio.get_running_loop().time())
