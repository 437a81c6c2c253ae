"""Puts the enricher together: as a service among others, and as a process of its own."""

from pathshala_common.contract.ports.articles import Articles
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Handlers
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Consuming, Process, Service
from pathshala_enricher.fetch import Fetch
from pathshala_enricher.handlers import handlers
from pathshala_enricher.http_fetch import HttpFetch
from pathshala_enricher.revisions import PageRevisions
from pathshala_enricher.servers import Servers
from pathshala_enricher.settings import EnricherSettings
from pathshala_enricher.wikipedia import LookUpLimits, Wikipedia

CONCURRENCY = 1_000
"""Requests taken at once; Wikipedia is asked one at a time all the same.

They are more than can be looked up before their deadlines, so that a request waits here, where its user has turns and
its time does not run while others are served, and not in the queue, from which it goes on without an article.
"""


def service(settings: EnricherSettings, clock: Clock, store: Articles | None = None) -> Service:
    """Put the enricher together from what it is given; without a store it keeps articles in memory alone."""
    fetch = network(settings)
    wikipedia = source(settings, fetch, clock, store)

    return Service(
        name="enricher",
        consuming=Consuming(
            "enricher",
            table(settings, wikipedia, clock, recordings=settings.recordings),
            concurrency=CONCURRENCY,
            attempts_max=settings.attempts_max,
            grace_seconds=settings.grace_seconds,
            circuits=wikipedia.open_circuits,
        ),
        close=[wikipedia.close, fetch.close],
    )


def source(settings: EnricherSettings, fetch: Fetch, clock: Clock, store: Articles | None = None) -> Wikipedia:
    """Put Wikipedia on a network, or on a recording of one; it has learned nothing yet."""
    limits = LookUpLimits(lookup_seconds=settings.wikipedia_lookup_seconds)
    licence = settings.wikipedia_licence
    return Wikipedia(settings.wikipedia_url, fetch=fetch, clock=clock, licence=licence, limits=limits, store=store)


def revisions(settings: EnricherSettings, fetch: Fetch, clock: Clock) -> PageRevisions:
    """Put together what looks articles up again."""
    servers = Servers(settings.wikipedia_url, fetch=fetch, clock=clock)
    return PageRevisions(servers, clock, lookup_seconds=settings.wikipedia_lookup_seconds)


def network(settings: EnricherSettings) -> HttpFetch:
    """Give the way to the network, which names who asks. It is to be closed."""
    return HttpFetch(user_agent=settings.wikipedia_user_agent)


def table(settings: EnricherSettings, wikipedia: Wikipedia, clock: Clock, *, recordings: bool = True) -> Handlers:
    """Give the handlers on a source; with `recordings`, they tell what was asked of it and answered."""
    return handlers(wikipedia, clock, wait_seconds=settings.enrichment_wait_seconds, recordings=recordings)


def process(settings: EnricherSettings, clock: Clock) -> Process:
    """Run it alone, on the broker that the settings name. Raises SettingsError."""
    store = connect.shared_store(settings)
    return Process(
        settings=settings,
        clock=clock,
        broker=connect.shared_broker(settings, clock),
        store=store,
        store_required=False,
        notices=store,
        services=[service(settings, clock, store)],
        address=(settings.health_host, settings.health_port),
    )
