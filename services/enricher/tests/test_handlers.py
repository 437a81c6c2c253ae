from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    LessonEnriched,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.topology import ENRICHMENT_WAIT_SECONDS, SUBSCRIPTIONS
from pathshala_enricher.handlers import ATTEMPTS_MAX, handlers
from pathshala_enricher.source import RATE_LIMITED, LookUp, Query, Source
from pathshala_enricher.wikipedia import LookUpLimits
from services.enricher.tests.given import delivered, requested, wikipedia_at
from tests.clock import PassingClock
from tests.stubs.wikipedia import (
    FORBIDDEN,
    GARBAGE,
    HANG_UP,
    HUGE,
    MAXLAG,
    SERVER_ERROR,
    STALL,
    Fault,
    StubWikipedia,
    elsewhere,
    rate_limited,
)
from tests.yardstick import timed

PATIENT = LookUpLimits(lookup_seconds=60)
IMPATIENT = LookUpLimits(lookup_seconds=0.2)
"""For a server that stalls; any other has its answer awaited, however busy the machine is."""

FAULTS = {
    "rate limited": rate_limited("1"),
    "rate limited for long": rate_limited("100000"),
    "lagging": MAXLAG,
    "broken": SERVER_ERROR,
    "overloaded": Fault(503, {"Retry-After": "3"}),
    "hanging up": HANG_UP,
    "stalling": STALL,
    "forbidding": FORBIDDEN,
    "garbage": GARBAGE,
    "huge": HUGE,
    "elsewhere": elsewhere("http://127.0.0.1:1/"),
}


@pytest_asyncio.fixture
async def source(stub: StubWikipedia, clock: PassingClock) -> AsyncIterator[Source]:
    async with wikipedia_at(stub.url_template, clock, PATIENT) as wikipedia:
        yield wikipedia


@asynccontextmanager
async def misbehaving(stub: StubWikipedia, clock: PassingClock, fault: Fault) -> AsyncIterator[Source]:
    limits = IMPATIENT if fault is STALL else PATIENT
    async with wikipedia_at(stub.url_template, clock, limits) as wikipedia:
        yield wikipedia


async def events_of(
    source: Source, clock: PassingClock, event: LessonRequested, *, attempt: int = 1, attempts_max: int = 5
) -> list[object]:
    handler = handlers(source, clock, wait_seconds=ENRICHMENT_WAIT_SECONDS)[LessonRequested]
    return [happened async for happened in handler(event, delivered(event, attempt, attempts_max))]


def enriched(events: list[object]) -> LessonEnriched:
    assert isinstance(events[-1], LessonEnriched)
    return events[-1]


def test_the_table_is_what_the_enricher_subscribes_to(source: Source, clock: PassingClock) -> None:
    assert tuple(handlers(source, clock, wait_seconds=ENRICHMENT_WAIT_SECONDS)) == SUBSCRIPTIONS["enricher"]


async def test_a_request_is_enriched_with_its_article(source: Source, clock: PassingClock) -> None:
    event = requested()
    started, answered, pictured, ended = await events_of(source, clock, event)
    assert isinstance(answered, ProviderAnswered)
    assert isinstance(pictured, ProviderAnswered)
    assert started == EnrichmentStarted(task_id="t-1", attempt=1, source="wikipedia", query="verbs")
    assert isinstance(ended, LessonEnriched)
    assert isinstance(ended.article, Article)
    assert (ended.article.title, ended.absence, ended.request) == ("Verb", None, event.request)


async def test_a_request_that_brings_its_own_text_asks_nobody(
    source: Source, clock: PassingClock, stub: StubWikipedia
) -> None:
    events = await events_of(source, clock, requested(source_text="A verb is a word."))

    assert len(events) == 1
    assert (enriched(events).article, enriched(events).sample) == (None, None)
    assert stub.requests == []


async def test_a_request_without_wikipedia_asks_nobody(
    source: Source, clock: PassingClock, stub: StubWikipedia
) -> None:
    events = await events_of(source, clock, requested(include_wikipedia=False))
    assert len(events) == 1
    assert (enriched(events).article, enriched(events).absence) == (None, Absence.NOT_REQUESTED)
    assert stub.requests == []


async def test_a_language_tag_leads_to_the_encyclopedia_of_its_language(
    source: Source, clock: PassingClock, stub: StubWikipedia
) -> None:
    events = await events_of(source, clock, requested("हिन्दी", "क्रिया", language="HI-Deva-IN"))
    article = enriched(events).article
    assert article is not None
    assert article.language == "hi"
    assert {request.language for request in stub.requests} == {"hi"}


async def test_a_topic_that_nobody_wrote_of_goes_on_without_an_article(source: Source, clock: PassingClock) -> None:
    assert enriched(await events_of(source, clock, requested(topic="qwertyuiop"))).absence is Absence.NOT_FOUND


async def test_a_failure_that_may_pass_is_tried_again(source: Source, clock: PassingClock, stub: StubWikipedia) -> None:
    stub.faults.append(rate_limited("3"))
    with pytest.raises(Retry) as raised:
        await events_of(source, clock, requested())
    assert (raised.value.code, raised.value.after_seconds) == (RATE_LIMITED, 3.0)
    clock.advance(3)
    events = await events_of(source, clock, requested(), attempt=2)
    assert enriched(events).article is not None


@pytest.mark.parametrize(
    ("fault", "absence"),
    [(SERVER_ERROR, Absence.UNAVAILABLE), (rate_limited("1"), Absence.UNAVAILABLE), (STALL, Absence.TIMED_OUT)],
)
async def test_the_last_attempt_goes_on_without_an_article(
    clock: PassingClock, stub: StubWikipedia, fault: Fault, absence: Absence
) -> None:
    stub.faults.append(fault)
    async with misbehaving(stub, clock, fault) as source:
        assert enriched(await events_of(source, clock, requested(), attempt=ATTEMPTS_MAX)).absence is absence


async def test_an_attempt_that_the_consumer_would_not_follow_with_another_is_the_last(
    source: Source, clock: PassingClock, stub: StubWikipedia
) -> None:
    stub.faults.append(SERVER_ERROR)
    assert enriched(await events_of(source, clock, requested(), attempts_max=1)).absence is Absence.UNAVAILABLE


async def test_a_wait_that_is_too_long_for_a_lesson_is_not_waited(
    source: Source, clock: PassingClock, stub: StubWikipedia
) -> None:
    stub.faults.append(rate_limited(str(ENRICHMENT_WAIT_SECONDS)))
    assert enriched(await events_of(source, clock, requested())).absence is Absence.UNAVAILABLE


async def test_a_request_that_waited_long_already_waits_no_more(
    source: Source, clock: PassingClock, stub: StubWikipedia
) -> None:
    event = requested()
    clock.advance(ENRICHMENT_WAIT_SECONDS)
    stub.faults.append(SERVER_ERROR)
    assert enriched(await events_of(source, clock, event)).absence is Absence.UNAVAILABLE


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_lesson_goes_on_whatever_wikipedia_does(clock: PassingClock, stub: StubWikipedia, fault: Fault) -> None:
    stub.always = fault
    events: list[object] = []
    async with misbehaving(stub, clock, fault) as source:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                events = await events_of(source, clock, requested(), attempt=attempt)
                break
            except Retry as retry:
                clock.advance(max(1, retry.after_seconds or 0))
    assert enriched(events).article is None
    assert enriched(events).absence in {Absence.UNAVAILABLE, Absence.TIMED_OUT}


async def test_without_a_network_a_request_goes_on_at_once_and_is_not_tried_again(clock: PassingClock) -> None:
    async with StubWikipedia() as gone:
        url_template = gone.url_template
    async with wikipedia_at(url_template, clock) as source:
        with timed() as taken:
            for topic in ("verbs", "nouns", "fractions"):
                assert enriched(await events_of(source, clock, requested(topic=topic))).absence is Absence.UNAVAILABLE
        assert taken.seconds < taken.stretched(2)


class Faulty:
    """A source with a mistake in it."""

    name = "faulty"

    async def find(self, query: Query) -> LookUp:
        raise KeyError(query.language)


async def test_a_mistake_in_a_source_is_logged_and_costs_no_lesson(clock: PassingClock) -> None:
    with capture_logs() as lines:
        events = await events_of(Faulty(), clock, requested())
    assert enriched(events).absence is Absence.UNAVAILABLE
    assert lines == [{"event": "source failed", "source": "faulty", "log_level": "error", "exc_info": True}]


async def test_every_event_is_about_the_task_of_the_request(source: Source, clock: PassingClock) -> None:
    events = await events_of(source, clock, requested())
    assert {event.task_id for event in events if isinstance(event, AnyEvent)} == {"t-1"}
