"""Puts the enricher together: as a service among others, and as a process of its own."""

from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Handlers
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Consuming, Process, Service
from pathshala_enricher.fetch import Fetch
from pathshala_enricher.handlers import handlers
from pathshala_enricher.http_fetch import HttpFetch
from pathshala_enricher.settings import EnricherSettings
from pathshala_enricher.wikipedia import LookUpLimits, Wikipedia

CONCURRENCY = 64
"""Requests taken at once; Wikipedia is asked one at a time all the same."""


def service(settings: EnricherSettings, clock: Clock) -> Service:
    """Put the enricher together from what it is given. Raises SettingsError."""
    fetch = HttpFetch(user_agent=settings.wikipedia_user_agent)
    wikipedia = source(settings, fetch, clock)

    return Service(
        name="enricher",
        consuming=Consuming(
            "enricher",
            table(settings, wikipedia, clock, recordings=settings.recordings),
            concurrency=CONCURRENCY,
            attempts_max=settings.attempts_max,
            grace_seconds=settings.grace_seconds,
        ),
        close=[wikipedia.close, fetch.close],
    )


def source(settings: EnricherSettings, fetch: Fetch, clock: Clock) -> Wikipedia:
    """Put Wikipedia on a network, or on a recording of one; it has learned nothing yet."""
    limits = LookUpLimits(lookup_seconds=settings.wikipedia_lookup_seconds)
    licence = settings.wikipedia_licence
    return Wikipedia(settings.wikipedia_url, fetch=fetch, clock=clock, licence=licence, limits=limits)


def table(settings: EnricherSettings, wikipedia: Wikipedia, clock: Clock, *, recordings: bool = True) -> Handlers:
    """Give the handlers on a source; with `recordings`, they tell what was asked of it and answered."""
    return handlers(wikipedia, clock, wait_seconds=settings.enrichment_wait_seconds, recordings=recordings)


def process(settings: EnricherSettings, clock: Clock) -> Process:
    """Run it alone, on the broker that the settings name. Raises SettingsError."""
    return Process(
        settings=settings,
        clock=clock,
        broker=connect.shared_broker(settings, clock),
        services=[service(settings, clock)],
        address=(settings.health_host, settings.health_port),
    )
