"""What Wikipedia was asked and said is enough to come to the same end again, without a network."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import AnyEvent, LessonRequested, ProviderAnswered
from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_enricher.fetch import FetchFault as Ending
from pathshala_enricher.fetch import address, not_sent, shown
from pathshala_enricher.handlers import handlers
from pathshala_enricher.source import LookUp, Query, Source
from pathshala_enricher.wikipedia import LookUpLimits, Wikipedia
from services.enricher.tests.given import VERBS, delivered, requested, wikipedia_at
from tests.clock import PassingClock
from tests.stubs.wikipedia import (
    FORBIDDEN,
    GARBAGE,
    HANG_UP,
    HUGE,
    MAXLAG,
    NOT_GZIP,
    SERVER_ERROR,
    STALL,
    Fault,
    StubWikipedia,
    elsewhere,
    rate_limited,
)

IMPATIENT = LookUpLimits(lookup_seconds=0.3, turn_seconds=0.2)
NOWHERE = Query("english", "qwertyuiop", "hi")
MISBEHAVIOUR = {
    "rate limited": rate_limited("7"),
    "rate limited until": rate_limited("Mon, 23 Nov 2026 09:00:07 GMT"),
    "lagging": MAXLAG,
    "broken": SERVER_ERROR,
    "overloaded": Fault(503, {"Retry-After": "3"}),
    "hanging up": HANG_UP,
    "stalling": STALL,
    "forbidding": FORBIDDEN,
    "garbage": GARBAGE,
    "false gzip": NOT_GZIP,
    "huge": HUGE,
    "elsewhere": elsewhere("http://127.0.0.1:1/"),
    "unsayable": Fault(body=bytes(400_000)),
}


@dataclass
class Recorded:
    """Answers as it was answered before, in that order, and knows no network."""

    calls: Sequence[ProviderCall]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, url: str, params: Mapping[str, str], _seconds: float) -> ProviderCall:
        self.asked.append(shown(url, params))
        return self.calls[len(self.asked) - 1]


def comparable(lookup: LookUp) -> tuple[object, tuple[ProviderCall, ...]]:
    """A Retry has no equal; what it says has."""
    outcome = lookup.outcome
    said = (outcome.code, outcome.reason, outcome.after_seconds) if isinstance(outcome, Retry) else outcome
    return said, lookup.calls


async def assert_replays(lookup: LookUp, query: Query, url_template: str) -> None:
    through_the_log = [ProviderCall.model_validate_json(call.model_dump_json()) for call in lookup.calls]
    recorded = Recorded(through_the_log)
    again = await Wikipedia(url_template, fetch=recorded, clock=PassingClock(), limits=IMPATIENT).find(query)
    assert comparable(again) == comparable(lookup)
    assert recorded.asked == [call.request for call in lookup.calls]


@pytest.mark.parametrize("query", [VERBS, Query("english", "verbs", "hi"), NOWHERE, Query("हिन्दी", "क्रिया", "hi")])
async def test_what_was_found_or_not_is_found_or_not_again(stub: StubWikipedia, query: Query) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        lookup = await wikipedia.find(query)
    assert isinstance(lookup.outcome, Article) == (query != NOWHERE)
    assert len(lookup.calls) == len(stub.requests) + len(stub.pictures)
    await assert_replays(lookup, query, stub.url_template)


@pytest.mark.parametrize("fault", MISBEHAVIOUR.values(), ids=MISBEHAVIOUR)
async def test_whatever_the_server_did_comes_to_the_same_again(stub: StubWikipedia, fault: Fault) -> None:
    stub.faults.append(fault)
    async with wikipedia_at(stub.url_template, limits=IMPATIENT) as wikipedia:
        lookup = await wikipedia.find(VERBS)
    assert not isinstance(lookup.outcome, Article)
    assert len(lookup.calls) == 1
    await assert_replays(lookup, VERBS, stub.url_template)


async def test_a_failure_in_the_asked_language_and_the_article_in_english_come_again(stub: StubWikipedia) -> None:
    stub.faults.append(elsewhere("https://incubator.example/"))
    query = Query("english", "verbs", "xx")
    async with wikipedia_at(stub.url_template) as wikipedia:
        lookup = await wikipedia.find(query)
    assert [call.status for call in lookup.calls] == [302, 200, 200]
    await assert_replays(lookup, query, stub.url_template)


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_what_was_held_back_from_a_server_that_is_down_is_recorded_as_that(language: str) -> None:
    async with StubWikipedia() as gone:
        url_template = gone.url_template
    query = Query("english", "verbs", language)
    async with wikipedia_at(url_template) as wikipedia:
        unreachable, held_back = await wikipedia.find(query), await wikipedia.find(query)
    for lookup, fault in ((unreachable, Ending.UNREACHABLE), (held_back, Ending.KNOWN_TO_BE_DOWN)):
        assert lookup.outcome is Absence.UNAVAILABLE
        assert [call.fault for call in lookup.calls] == [fault] * (1 if language == "en" else 2)
        await assert_replays(lookup, query, url_template)


async def test_a_look_up_that_missed_its_turn_is_recorded_as_that(stub: StubWikipedia) -> None:
    stub.always = STALL
    nouns = Query("english", "nouns", "hi")
    async with wikipedia_at(stub.url_template, limits=IMPATIENT) as wikipedia:
        first = asyncio.create_task(wikipedia.find(VERBS))
        await stub.until(lambda: len(stub.requests) == 1)
        missed = await wikipedia.find(nouns)
        await first
    assert missed.outcome is Absence.TIMED_OUT
    assert [call.fault for call in missed.calls] == [Ending.TURN_TIMED_OUT]
    await assert_replays(missed, nouns, stub.url_template)


async def test_a_server_of_the_asked_language_that_is_down_costs_one_request_and_leaves_english(
    stub: StubWikipedia,
) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        in_english = (await wikipedia.find(VERBS)).calls
    down = not_sent("http://zz.example/api.php", {}, Ending.UNREACHABLE)
    recorded = Recorded([down, *in_english])
    wikipedia = Wikipedia(stub.url_template, fetch=recorded, clock=PassingClock())
    first, again = [await wikipedia.find(Query("english", "verbs", "zz")) for _ in range(2)]
    assert isinstance(first.outcome, Article)
    assert (first.outcome.language, again.outcome) == ("en", first.outcome)
    assert [call.fault for call in again.calls] == [Ending.KNOWN_TO_BE_DOWN, None, None]
    assert ["/zz/" in request for request in recorded.asked] == [True, False, False]  # the article, and its picture


async def test_what_was_kept_comes_with_the_exchanges_that_made_it(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        first, kept = await wikipedia.find(NOWHERE), await wikipedia.find(NOWHERE)
    assert kept == first
    assert len(kept.calls) == len(stub.requests) == 4


def test_a_recording_tells_no_name_password_or_key_of_the_address() -> None:
    url = "http://asha:secret@wiki.example:8080/api.php?key=secret"
    assert shown(url, {"action": "query"}) == "http://wiki.example:8080/api.php?action=query"
    assert address(url, {"action": "query"}) == f"{url}&action=query"
    assert shown("http://[broken", {"action": "query"}) == "?action=query"


# ---------------------------------------------------------------- the events


async def told(happening: AsyncGenerator[AnyEvent, None]) -> tuple[list[AnyEvent], Retry | None]:
    """The events that were told, and the Retry that ended them, if one did."""
    events: list[AnyEvent] = []
    try:
        async for event in happening:
            events.append(event)  # noqa: PERF401  what was told before a Retry counts
    except Retry as retry:
        return events, retry
    return events, None


def kinds(events: Sequence[AnyEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def handled(source: Source, *, recordings: bool = True) -> AsyncGenerator[AnyEvent, None]:
    event = requested(language="hi")
    return handlers(source, PassingClock(), wait_seconds=30, recordings=recordings)[LessonRequested](
        event, delivered(event)
    )


async def test_each_exchange_is_told_before_what_it_led_to(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        events, _ = await told(handled(wikipedia))
    assert kinds(events) == ["EnrichmentStarted", *["ProviderAnswered"] * 4, "LessonEnriched"]
    answered = [event for event in events if isinstance(event, ProviderAnswered)]
    assert {(event.service, event.attempt) for event in answered} == {("enricher", 1)}
    assert "/hi/" in answered[0].call.request
    assert "A verb is a word" in answered[-2].call.answer
    assert "Asha" in answered[-1].call.answer


async def test_the_exchange_is_told_before_an_attempt_is_given_up(stub: StubWikipedia) -> None:
    stub.faults.append(rate_limited("3"))
    async with wikipedia_at(stub.url_template) as wikipedia:
        events, retry = await told(handled(wikipedia))
    assert retry is not None
    assert kinds(events) == ["EnrichmentStarted", "ProviderAnswered"]
    assert isinstance(events[-1], ProviderAnswered)
    assert (events[-1].call.status, events[-1].call.headers) == (429, {"retry-after": "3"})


async def test_without_recordings_nothing_is_told_of_the_exchanges(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        events, _ = await told(handled(wikipedia, recordings=False))
    assert kinds(events) == ["EnrichmentStarted", "LessonEnriched"]


async def test_handlers_on_a_recording_tell_the_same_events(stub: StubWikipedia) -> None:
    async with wikipedia_at(stub.url_template) as wikipedia:
        events, _ = await told(handled(wikipedia))
    recorded = Recorded([event.call for event in events if isinstance(event, ProviderAnswered)])
    again, _ = await told(handled(Wikipedia(stub.url_template, fetch=recorded, clock=PassingClock())))
    assert again == events
