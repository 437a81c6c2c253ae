import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry
from pathshala_common.contract.events import (
    AnyEvent,
    GenerationProgressed,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Absence, LessonRequest, Precedent
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.contract.topology import inputs
from pathshala_generator.handlers import handlers
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.openai_model import Manner
from pathshala_generator.shlokas import shipped_shlokas
from services.generator.tests.given import VERB, a_request, told, writing
from tests.clock import PassingClock
from tests.stories.events import delivered
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import STALL, UNAUTHORIZED, Fault, error, rate_limited

SHLOKAS = shipped_shlokas()


@pytest.fixture
async def stub() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as server:
        yield server


def test_everything_that_can_arrive_has_a_handler() -> None:
    assert handlers(OfflineWriter(), SHLOKAS, PassingClock()).keys() == inputs("generator")


async def test_an_enriched_request_becomes_a_grounded_lesson() -> None:
    event = LessonEnriched(task_id="t-1", request=a_request(), article=VERB)

    table = handlers(OfflineWriter(), SHLOKAS, PassingClock())
    started, generated = await told(table[LessonEnriched](event, delivered(event, attempt=2)))

    assert started == GenerationStarted(task_id="t-1", attempt=2, attempts_max=4, writer="offline", model=None)
    assert isinstance(generated, LessonGenerated)
    assert generated.request == event.request
    assert generated.content.quality.grounded
    assert generated.content.quality.ungrounded_reason is None
    assert generated.content.shloka_source in {shloka.source for shloka in SHLOKAS}


@pytest.mark.parametrize(
    ("wanted", "reason"), [(True, Absence.TIMED_OUT), (False, Absence.NOT_REQUESTED)], ids=["wanted", "unwanted"]
)
async def test_a_request_that_nobody_enriched_is_written_without_an_article_and_says_why(
    wanted: bool,  # noqa: FBT001  a parametrised value
    reason: Absence,
) -> None:
    event = LessonRequested(task_id="t-1", request=a_request(include_wikipedia=wanted))

    table = handlers(OfflineWriter(), SHLOKAS, PassingClock())
    _, generated = await told(table[LessonRequested](event, delivered(event)))

    assert isinstance(generated, LessonGenerated)
    assert generated.content.wikipedia_info is None
    assert not generated.content.quality.grounded
    assert generated.content.quality.ungrounded_reason is reason


async def test_after_the_deadline_nothing_is_begun() -> None:
    event = LessonEnriched(task_id="t-1", request=a_request(seconds_left=0), article=VERB)

    events = handlers(OfflineWriter(), SHLOKAS, PassingClock())[LessonEnriched](event, delivered(event))
    with pytest.raises(Reject) as refused:
        await anext(events)

    assert refused.value.code == "deadline_exceeded"


async def test_what_no_classroom_should_get_is_refused_before_anything_is_begun_or_asked(stub: StubOpenAI) -> None:
    event = LessonEnriched(task_id="t-1", request=a_request("chemistry", "how to build a pipe bomb"))

    async with writing(stub.url) as writer:
        for each in (writer, OfflineWriter()):
            with pytest.raises(Reject) as refused:
                await anext(handlers(each, SHLOKAS, PassingClock())[LessonEnriched](event, delivered(event)))
            assert refused.value.code == "topic_refused"

    assert stub.calls == []


async def test_at_the_deadline_the_call_is_cancelled_down_to_its_socket(stub: StubOpenAI) -> None:
    stub.faults.append(STALL)
    event = LessonEnriched(task_id="t-1", request=a_request(seconds_left=0.2), article=VERB)

    async with writing(stub.url) as writer:
        with pytest.raises(Reject) as refused:
            await told(handlers(writer, SHLOKAS, PassingClock())[LessonEnriched](event, delivered(event)))

    assert refused.value.code == "deadline_exceeded"
    await stub.until(lambda: stub.aborted == 1)
    assert stub.in_flight == 0


async def test_a_cancelled_handler_cancels_its_call(stub: StubOpenAI) -> None:
    stub.faults.append(STALL)
    event = LessonEnriched(task_id="t-1", request=a_request(), article=VERB)

    async with writing(stub.url) as writer:
        handling = asyncio.create_task(
            told(handlers(writer, SHLOKAS, PassingClock())[LessonEnriched](event, delivered(event)))
        )
        await stub.until(lambda: stub.in_flight == 1)
        handling.cancel()
        await stub.until(lambda: stub.aborted == 1)

    assert (await asyncio.gather(handling, return_exceptions=True))[0].__class__ is asyncio.CancelledError


async def happened(stub: StubOpenAI, *, recordings: bool = True) -> tuple[list[AnyEvent], Exception | None]:
    """What a handler tells of one lesson, and how it ends."""
    event = LessonEnriched(task_id="t-1", request=a_request(), article=VERB)
    events: list[AnyEvent] = []
    async with writing(stub.url) as writer:
        table = handlers(writer, SHLOKAS, PassingClock(), recordings=recordings)
        try:
            async for happening in table[LessonEnriched](event, delivered(event, attempt=2)):
                events.append(happening)  # noqa: PERF401  what was told before a failure counts too
        except (Retry, Reject, ProviderUnavailable) as fate:
            return events, fate
    return events, None


async def test_what_the_model_said_is_recorded_before_the_lesson(stub: StubOpenAI) -> None:
    events, fate = await happened(stub)

    assert [type(event) for event in events] == [GenerationStarted, ProviderAnswered, LessonGenerated]
    assert fate is None
    recorded = events[1]
    assert isinstance(recorded, ProviderAnswered)
    assert (recorded.attempt, recorded.service, recorded.call.provider) == (2, "generator", "openai")


@pytest.mark.parametrize(("fault", "kind"), [(rate_limited(), Retry), (UNAUTHORIZED, Reject)])
async def test_what_the_model_said_is_recorded_before_a_failure_too(
    stub: StubOpenAI, fault: Fault, kind: type[Exception]
) -> None:
    stub.faults.append(fault)

    events, fate = await happened(stub)

    assert [type(event) for event in events] == [GenerationStarted, ProviderAnswered]
    assert isinstance(fate, kind)


async def test_of_a_model_that_is_down_nothing_is_recorded_since_the_attempt_begins_again(stub: StubOpenAI) -> None:
    stub.faults.append(error(503, "overloaded", "server_error"))

    events, fate = await happened(stub)

    assert [type(event) for event in events] == [GenerationStarted]
    assert isinstance(fate, ProviderUnavailable)


async def test_what_is_being_written_is_told_while_an_answer_streams(stub: StubOpenAI) -> None:
    stub.pieces, stub.piece_seconds = 60, 0.01
    event = LessonEnriched(task_id="t-1", request=a_request(), article=VERB)

    async with writing(stub.url, manner=Manner(stream_seconds_max=60)) as writer:
        table = handlers(writer, SHLOKAS, PassingClock(), progress_seconds=0)
        events = await told(table[LessonEnriched](event, delivered(event, attempt=2)))

    progress = [one for one in events if isinstance(one, GenerationProgressed)]
    assert [one.number for one in progress] == [*range(1, len(progress) + 1)]
    assert {"lesson", "explanation", "activity"} <= {one.part for one in progress}
    assert {(one.attempt, one.mending) for one in progress} == {(2, False)}
    assert isinstance(events[-1], LessonGenerated)


async def test_recordings_can_be_left_out_and_tell_then_what_a_call_cost_alone(stub: StubOpenAI) -> None:
    whole, _ = await happened(stub)
    events, _ = await happened(stub, recordings=False)

    assert [type(event) for event in events] == [GenerationStarted, ProviderAnswered, LessonGenerated]
    [call], [recorded] = ([one.call for one in told if isinstance(one, ProviderAnswered)] for told in (events, whole))
    assert (call.request, call.headers, call.cut) == ("", {}, True)
    assert json.loads(call.answer).keys() == {"usage"}
    assert call.usage > (0, 0)
    assert recorded.without_words().usage == recorded.usage


async def test_the_writer_is_told_of_precedents_and_the_log_of_what_it_was_told(stub: StubOpenAI) -> None:
    earlier = (Precedent(title="Verbs at the market", opening="Asha buys mangoes."),)
    event = LessonEnriched(task_id="t-1", request=a_request(), article=VERB)

    async def known(_request: LessonRequest) -> tuple[Precedent, ...]:
        return earlier

    async with writing(stub.url) as writer:
        table = handlers(writer, SHLOKAS, PassingClock(), precedents=known)
        started, *_ = await told(table[LessonEnriched](event, delivered(event)))

    assert isinstance(started, GenerationStarted)
    assert started.precedents == earlier
    assert "Verbs at the market" in stub.calls[0].body["messages"][1]["content"]


async def test_of_several_verses_the_model_s_choice_stands_above_the_lesson(stub: StubOpenAI) -> None:
    events, _ = await happened(stub)

    generated = events[-1]
    assert isinstance(generated, LessonGenerated)
    shown = json.loads(stub.calls[0].body["messages"][1]["content"].split("<verses>")[1].split("</verses>")[0])
    answered = json.loads(json.loads(_recorded(events).answer)["choices"][0]["message"]["content"])
    chosen = next(verse for verse in shown if verse["number"] == answered["verse"])
    assert generated.content.shloka == chosen["text"]
    assert generated.content.shloka_source == chosen["source"]
    assert generated.content.shloka_connection == answered["connection"]


def _recorded(events: list[AnyEvent]) -> ProviderCall:
    return next(event.call for event in events if isinstance(event, ProviderAnswered))
