"""Puts the notifier together: as a service among others, and as a process of its own."""

from pathshala_common import __version__
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Consuming, Process, Service
from pathshala_common.runtime.trial import Tried
from pathshala_notifier.handlers import LoggedTasks, handlers, pass_by
from pathshala_notifier.hosts import Hosts
from pathshala_notifier.http_post import HttpPost
from pathshala_notifier.settings import NotifierSettings
from pathshala_notifier.signing import Signer

CONCURRENCY = 1_000
"""Webhooks in hand at once: most of them wait for their host's turn."""

ATTEMPTS_MAX = 100
"""More than a day has room for, which is what bounds them."""

RETRY_DELAY_SECONDS_MAX = 7_200.0
USER_AGENT = f"Pathshala-Webhooks/{__version__}"


def service(settings: NotifierSettings, store: LoggedTasks, clock: Clock) -> Service:
    """Put the notifier together from what it is given."""
    post = HttpPost(settings.networks, user_agent=USER_AGENT)
    return Service(
        name="notifier",
        consuming=Consuming(
            "notifier",
            handlers(store, post, Signer(settings.secrets), Hosts(), clock),
            concurrency=CONCURRENCY,
            attempts_max=ATTEMPTS_MAX,
            grace_seconds=settings.grace_seconds,
            together=pass_by,
            tried=Tried.LAST if connect.is_shared(settings) else Tried.NEVER,
            retry_delay_seconds_max=RETRY_DELAY_SECONDS_MAX,
        ),
        close=[post.close],
    )


def process(settings: NotifierSettings, clock: Clock) -> Process:
    """Run it alone, on the broker and the store that the settings name. Raises SettingsError."""
    store = connect.store(settings)
    return Process(
        settings=settings,
        clock=clock,
        broker=connect.shared_broker(settings, clock),
        store=store,
        notices=store,
        services=[service(settings, store, clock)],
        address=(settings.health_host, settings.health_port),
    )
