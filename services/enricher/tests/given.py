"""What the enricher's tests start from: a clock they hold, a Wikipedia on a stub, a request as it is delivered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.lesson import Absence, Article, LessonRequest
from pathshala_common.contract.ports.handlers import Context
from pathshala_enricher.http_fetch import CONNECT_SECONDS, HttpFetch
from pathshala_enricher.source import Query
from pathshala_enricher.wikipedia import LIMITS, LookUpLimits, Wikipedia

USER_AGENT = "Pathshala-tests/0 (https://example.org/pathshala; tests@example.org)"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
VERBS = Query("english", "verbs", "en")


class HeldClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds)

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@asynccontextmanager
async def wikipedia_at(
    url_template: str,
    clock: HeldClock | None = None,
    limits: LookUpLimits = LIMITS,
    *,
    connect_seconds: float = CONNECT_SECONDS,
) -> AsyncIterator[Wikipedia]:
    fetch = HttpFetch(user_agent=USER_AGENT, connect_seconds=connect_seconds)
    wikipedia = Wikipedia(url_template, fetch=fetch, clock=clock or HeldClock(), limits=limits)
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
    request = {"user_id": "u", "requested_at": NOW, "deadline": NOW + timedelta(seconds=600), **fields}
    return LessonRequested(task_id="t-1", request=LessonRequest(subject=subject, topic=topic, **request))


def delivered(event: LessonRequested, attempt: int = 1, attempts_max: int = 5) -> Context:
    return Context(wrap(event, source="api", now=NOW), attempt, attempts_max)
