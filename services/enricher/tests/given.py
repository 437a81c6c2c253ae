"""What the enricher's tests start from: a clock they hold, a Wikipedia on a stub, a request as it is delivered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.ports.articles import Articles
from pathshala_common.contract.ports.handlers import Context
from pathshala_enricher.http_fetch import CONNECT_SECONDS, HttpFetch
from pathshala_enricher.source import Query
from pathshala_enricher.wikipedia import LIMITS, LookUpLimits, Wikipedia
from tests.clock import PassingClock
from tests.stories import events
from tests.stories.lessons import a_request

USER_AGENT = "Pathshala-tests/0 (https://example.org/pathshala; tests@example.org)"
VERBS = Query("english", "verbs", "en")


@asynccontextmanager
async def wikipedia_at(
    url_template: str,
    clock: PassingClock | None = None,
    limits: LookUpLimits = LIMITS,
    *,
    connect_seconds: float = CONNECT_SECONDS,
    store: Articles | None = None,
) -> AsyncIterator[Wikipedia]:
    fetch = HttpFetch(user_agent=USER_AGENT, connect_seconds=connect_seconds)
    wikipedia = Wikipedia(url_template, fetch=fetch, clock=clock or PassingClock(), limits=limits, store=store)
    try:
        yield wikipedia
    finally:
        await wikipedia.close()
        await fetch.close()


async def found(wikipedia: Wikipedia, query: Query = VERBS) -> Article | Absence:
    """What a look-up ends with; a Retry is raised."""
    outcome = (await wikipedia.find(query)).outcome
    if isinstance(outcome, Retry):
        raise outcome
    return outcome


def requested(subject: str = "english", topic: str = "verbs", **fields: Any) -> LessonRequested:
    return LessonRequested(task_id="t-1", request=a_request(subject, topic, **fields))


def delivered(event: LessonRequested, attempt: int = 1, attempts_max: int = 5) -> Context:
    return events.delivered(event, attempt=attempt, attempts_max=attempts_max)
