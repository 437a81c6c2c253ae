"""Retention holds the log to its limits, and what comes after a cut does no harm."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from libs.common.tests.store.class_sets import a_set, record_set
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Absence, Status, Task, lesson_key
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_store.retention import SETTLED_SECONDS, LogLimits, Retention
from tests.clock import HeldClock
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stories.lessons import a_lesson, a_request

DAY = 86_400.0
TTL_SECONDS = 3_600
RECORDINGS = "ProviderAnswered"
KEY = lesson_key("english", "verbs")
CONTENT = a_lesson()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = SQLiteStore(tmp_path / "retention.db")
    await opened.open()
    yield opened
    await opened.close()


def retention(store: Store, *, recordings: float = 7 * DAY, events: float = 30 * DAY, most: int = 1_000) -> Retention:
    return Retention(store, SystemClock(), LogLimits(recordings, events, most))


def life(task_id: str, at: datetime, *, fails: bool = False) -> list[Envelope]:
    """What happens to a task, but for its LessonStored."""
    request = a_request("English", "Verbs", at=at)
    call = ProviderCall.recorded("wikipedia", "GET /", seconds=0.5, status=200, answer="{}")
    end: AnyEvent = (
        LessonFailed(task_id=task_id, service="generator", code="late", message="Late.", failed_at=at)
        if fails
        else LessonGenerated(task_id=task_id, request=request, content=CONTENT)
    )
    events: list[AnyEvent] = [
        LessonRequested(task_id=task_id, request=request),
        ProviderAnswered(task_id=task_id, attempt=1, service="enricher", call=call),
        LessonEnriched(task_id=task_id, request=request, absence=Absence.NOT_FOUND),
        end,
    ]
    return [wrap(event, source="test", now=at) for event in events]


async def lived(store: Store, *ages_in_days: float) -> list[str]:
    """Let tasks live, each so many days ago, and be forgotten. Returns their ids."""
    ids = []
    for age in ages_in_days:
        clock = HeldClock(SystemClock().now() - timedelta(days=age))
        events = life(str(uuid4()), clock.now())
        await Recorder(store, clock, task_ttl_seconds=TTL_SECONDS).record(events)
        ids.append(events[0].task_id)
    await store.delete_finished(SystemClock().now(), limit=100)
    return ids


async def types(store: Store, task_id: str) -> list[str]:
    return [envelope.type for envelope in await store.events(task_id)]


WHOLE = ["LessonRequested", RECORDINGS, "LessonEnriched", "LessonGenerated", "LessonStored"]
UNRECORDED = [name for name in WHOLE if name != RECORDINGS]


async def test_recordings_go_before_the_rest_and_lessons_never(store: Store) -> None:
    young, old, very_old = await lived(store, 6, 8, 31)

    assert await retention(store).apply() == 1 + 4

    assert await types(store, young) == WHOLE
    assert await types(store, old) == UNRECORDED
    assert await types(store, very_old) == ["LessonStored"]
    assert [lesson.revision for lesson in await store.revisions(KEY, limit=10)] == [3, 2, 1]


async def test_a_log_that_is_too_long_loses_its_oldest_recordings_first(store: Store) -> None:
    older, old, young = await lived(store, 3, 2, 1)

    assert await retention(store, most=13).apply() == 2

    assert [await types(store, task_id) for task_id in (older, old, young)] == [UNRECORDED, UNRECORDED, WHOLE]


async def test_then_its_oldest_tasks_wholly(store: Store) -> None:
    older, old, young = await lived(store, 3, 2, 1)

    await retention(store, most=9).apply()

    assert [await types(store, task_id) for task_id in (older, old, young)] == [
        ["LessonStored"],
        UNRECORDED,
        UNRECORDED,
    ]


async def test_what_cannot_be_cut_stays_however_long_the_log_is(store: Store) -> None:
    settled, fresh = await lived(store, 1, (SETTLED_SECONDS - 60) / DAY)

    await retention(store, most=1).apply()

    assert [await types(store, task_id) for task_id in (settled, fresh)] == [["LessonStored"], WHOLE]
    assert await retention(store, most=1).apply() == 0


async def test_a_class_set_keeps_its_log_past_both_limits_until_it_is_forgotten(store: Store) -> None:
    made = a_set().model_copy(update={"requested_at": SystemClock().now() - timedelta(days=2)})
    await record_set(store, made)
    [task_id] = await lived(store, 2)

    assert await retention(store, recordings=DAY, events=DAY, most=1).apply() == len(WHOLE) - 1
    assert await types(store, made.set_id) == ["ClassSetRequested"]
    assert await store.delete_class_sets(SystemClock().now(), limit=10) == 1
    assert await retention(store, recordings=DAY, events=DAY).apply() == 1
    assert await types(store, task_id) == ["LessonStored"]


async def test_more_than_one_step_of_them_go(store: Store) -> None:
    ids = await lived(store, *[40] * 60)

    assert await retention(store).apply() == 60 * 4

    assert [await types(store, task_id) for task_id in ids] == [["LessonStored"]] * 60


async def test_it_goes_on_when_the_store_is_back(tmp_path: Path) -> None:
    clock = HeldClock(SystemClock().now())
    store = SQLiteStore(tmp_path / "late.db")
    running = asyncio.create_task(Retention(store, clock, LogLimits(DAY, DAY, 1_000)).run())
    await clock.run_until(lambda: clock.sleeping > 0, step_seconds=1)
    await store.open()
    [task_id] = await lived(store, 2)

    await clock.run_for(300, step_seconds=10)

    assert await types(store, task_id) == ["LessonStored"]
    running.cancel()
    await asyncio.wait([running])
    await store.close()


deliveries = st.lists(st.sampled_from([0, 1, 2, 3]) | st.sampled_from(["recordings", "log", "forget"]), max_size=12)


@pytest.mark.parametrize("kind", ["sqlite", "mongodb"])
@settings(max_examples=20)
@given(fails=st.booleans(), after=deliveries)
@example(fails=False, after=["log", 1, 0, "recordings", 0])
def test_whatever_comes_late_of_a_cut_task_changes_nothing(
    mongodb_url: str, kind: str, *, fails: bool, after: Sequence[int | str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = of_database(mongodb_url, f"test_{uuid4().hex}")
        store: Store = (
            MigratedMongoStore(url, timeout_seconds=PATIENT_SECONDS)
            if kind == "mongodb"
            else SQLiteStore(Path(folder) / "pathshala.db")
        )
        asyncio.run(late(store, after, fails=fails))


async def late(store: Store, after: Sequence[int | str], *, fails: bool) -> None:
    """Let a task end, then cut, forget and deliver what the example says, two hours later."""
    await store.open()
    clock = HeldClock()
    recorder = Recorder(store, clock, task_ttl_seconds=TTL_SECONDS)
    events = life("t1", clock.now(), fails=fails)
    first = events[0].event
    assert isinstance(first, LessonRequested)
    await store.create(Task(task_id="t1", request=first.request), events[0], send_by=None)
    await recorder.record(events)
    final = [envelope for envelope in await store.events("t1") if envelope.event.FINAL]
    ended, lessons = await store.task("t1"), await store.revisions(KEY, limit=10)
    assert ended is not None
    assert ended.status is (Status.FAILED if fails else Status.COMPLETED)
    clock.advance(2 * TTL_SECONDS)
    for step in after:
        match step:
            case "recordings":
                await store.cut_recordings(clock.now(), limit=10)
            case "log":
                await store.cut_logs(clock.now(), limit=10)
            case "forget":
                await store.delete_finished(clock.now(), limit=10)
            case int():
                again = await recorder.record([events[step]])
                assert again in ([None], [envelope.event for envelope in final])
    positions = [one.position for one in await store.logged("t1", after=0, limit=100)]
    assert positions == sorted(set(positions))
    assert [envelope for envelope in await store.events("t1") if envelope.event.FINAL] == final
    assert await store.task("t1") == (None if "forget" in after else ended)
    assert await store.revisions(KEY, limit=10) == lessons
    assert await store.unfinished(limit=10) == []
    await store.close()
