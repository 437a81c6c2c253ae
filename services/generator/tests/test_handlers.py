import asyncio
from collections.abc import AsyncIterator

import pytest

from pathshala_common.contract.errors import Reject
from pathshala_common.contract.events import GenerationStarted, LessonEnriched, LessonGenerated, LessonRequested
from pathshala_common.contract.lesson import Absence
from pathshala_common.contract.topology import inputs
from pathshala_generator.handlers import handlers
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.shlokas import shipped_shlokas
from services.generator.tests.given import VERB, HeldClock, a_request, a_writer, delivered, told
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import STALL

SHLOKAS = shipped_shlokas()


@pytest.fixture
async def stub() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as server:
        yield server


def test_everything_that_can_arrive_has_a_handler() -> None:
    assert handlers(OfflineWriter(), SHLOKAS, HeldClock()).keys() == inputs("generator")


async def test_an_enriched_request_becomes_a_grounded_lesson() -> None:
    event = LessonEnriched(task_id="t-1", request=a_request(), article=VERB)

    table = handlers(OfflineWriter(), SHLOKAS, HeldClock())
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

    table = handlers(OfflineWriter(), SHLOKAS, HeldClock())
    _, generated = await told(table[LessonRequested](event, delivered(event)))

    assert isinstance(generated, LessonGenerated)
    assert generated.content.wikipedia_info is None
    assert not generated.content.quality.grounded
    assert generated.content.quality.ungrounded_reason is reason


async def test_after_the_deadline_nothing_is_begun() -> None:
    event = LessonEnriched(task_id="t-1", request=a_request(seconds_left=0), article=VERB)

    events = handlers(OfflineWriter(), SHLOKAS, HeldClock())[LessonEnriched](event, delivered(event))
    with pytest.raises(Reject) as refused:
        await anext(events)

    assert refused.value.code == "deadline_exceeded"


async def test_at_the_deadline_the_call_is_cancelled_down_to_its_socket(stub: StubOpenAI) -> None:
    stub.faults.append(STALL)
    writer = a_writer(stub.url)
    event = LessonEnriched(task_id="t-1", request=a_request(seconds_left=0.2), article=VERB)

    with pytest.raises(Reject) as refused:
        await told(handlers(writer, SHLOKAS, HeldClock())[LessonEnriched](event, delivered(event)))

    assert refused.value.code == "deadline_exceeded"
    await stub.until(lambda: stub.aborted == 1)
    assert stub.in_flight == 0
    await writer.close()


async def test_a_cancelled_handler_cancels_its_call(stub: StubOpenAI) -> None:
    stub.faults.append(STALL)
    writer = a_writer(stub.url)
    event = LessonEnriched(task_id="t-1", request=a_request(), article=VERB)

    handling = asyncio.create_task(
        told(handlers(writer, SHLOKAS, HeldClock())[LessonEnriched](event, delivered(event)))
    )
    await stub.until(lambda: stub.in_flight == 1)
    handling.cancel()

    await stub.until(lambda: stub.aborted == 1)
    assert (await asyncio.gather(handling, return_exceptions=True))[0].__class__ is asyncio.CancelledError
    await writer.close()
