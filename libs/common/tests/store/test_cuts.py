"""Every store forgets what is old in the log of a finished task, and what comes after that does no harm."""

from datetime import datetime

from libs.common.tests.store.class_sets import a_set, record, record_set
from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    SECOND,
    change,
    enriching,
    failed,
    generated,
    in_status,
    lesson_of,
    new_task,
    recorded,
    requested,
    stored,
)
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import ClassSetStopped, LessonApproved
from pathshala_common.contract.lesson import Level, Status, Task, lesson_key
from pathshala_common.contract.ports.store import Change, Store, Stream, legible
from pathshala_common.store.mongodb.store import MongoStore

VERBS = lesson_key("english", "verbs")
LATER = NOON + SECOND


async def lived(store: Store, *events: Envelope, status: Status = Status.COMPLETED, task: Task) -> Task:
    """Log a task's whole life, and its document."""
    done = in_status(task, status)
    assert await store.append([change(0, events, done)]) == [True]
    return done


async def completed(store: Store, revision: int = 1, recorded_at: datetime = NOON) -> tuple[Task, list[Envelope]]:
    task = new_task()
    events = [requested(task), recorded(task, at=recorded_at), generated(task), stored(task, revision)]
    return await lived(store, *events, task=task), events


async def test_an_old_finished_task_keeps_its_final_event(store: Store) -> None:
    task, events = await completed(store)
    broken = new_task()
    await lived(store, requested(broken), failed(broken), task=broken, status=Status.FAILED)

    assert await store.cut_logs(LATER, limit=10) == 4

    assert await store.events(task.task_id) == events[3:]
    assert [one.position for one in await store.logged(task.task_id, after=0, limit=10)] == [4]
    assert await store.events(broken.task_id) == [failed(broken)]
    assert await store.cut_logs(LATER, limit=10) == 0


async def test_what_was_said_of_a_version_stays_for_good_in_a_log_without_a_task(store: Store) -> None:
    said = LessonApproved(
        task_id="an-edition",
        subject="english",
        topic="verbs",
        language="en",
        level=Level.MIDDLE,
        revision=1,
        user_id="tara",
        said_at=NOON,
    )
    words = [wrap(said, source="api", now=NOON, index=number) for number in (1, 2)]
    for position, word in enumerate(words):
        assert await store.append([Change("an-edition", position, [word], None)]) == [True]
    assert await store.append([Change("an-edition", 1, [wrap(said, source="api", now=NOON)], None)]) == [False]

    assert await store.cut_logs(LATER, limit=10) == 0
    assert await store.events("an-edition") == words
    assert await store.task("an-edition") is None


async def test_a_class_set_that_is_kept_keeps_its_log_which_goes_once_the_set_is_forgotten(store: Store) -> None:
    made = a_set()
    await record_set(store, made)
    done, events = await completed(store)
    stopped = ClassSetStopped(task_id=made.set_id, number=1, told_at=NOON, code="cancelled", message="Called off.")

    assert await store.cut_logs(LATER, limit=10) == 3
    kept = await record(store, stopped, 1)
    assert kept is not None
    assert kept.stop is not None
    assert await store.cut_logs(LATER, limit=10) == 0
    assert await store.delete_class_sets(LATER, limit=10) == 1
    assert await store.cut_logs(LATER, limit=10) == 2

    assert await store.events(made.set_id) == []
    assert await store.events(done.task_id) == events[3:]


async def test_its_lesson_stays_with_its_revision(store: Store) -> None:
    _, events = await completed(store)
    await store.cut_logs(LATER, limit=10)

    assert await store.lesson(VERBS) == lesson_of(events[3])
    assert await store.latest_revisions([VERBS]) == {VERBS: 1}


async def test_old_recordings_go_alone(store: Store) -> None:
    task, events = await completed(store)

    assert await store.cut_recordings(LATER, limit=10) == 1

    logged = await store.logged(task.task_id, after=0, limit=10)
    assert [(one.position, one.envelope) for one in legible(logged)] == [(1, events[0]), (3, events[2]), (4, events[3])]
    assert await store.cut_recordings(LATER, limit=10) == 0


async def test_an_unfinished_task_keeps_all(store: Store) -> None:
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)
    await store.append([change(0, [requested(task), recorded(task)], task)])

    assert await store.cut_recordings(LATER, limit=10) == 0
    assert await store.cut_logs(LATER, limit=10) == 0

    assert await store.events(task.task_id) == [requested(task), recorded(task)]


async def test_a_task_whose_last_event_is_young_keeps_all(store: Store) -> None:
    task, events = await completed(store, recorded_at=LATER)

    assert await store.cut_recordings(LATER, limit=10) == 0
    assert await store.cut_logs(LATER, limit=10) == 0

    assert await store.events(task.task_id) == events


async def test_a_forgotten_task_is_cut_too(store: Store) -> None:
    task, events = await completed(store)
    await store.delete_finished(LATER, limit=10)

    await store.cut_logs(LATER, limit=10)

    assert await store.events(task.task_id) == events[3:]


async def test_the_oldest_go_first_and_no_more_than_asked_for(store: Store) -> None:
    old, older = new_task(), new_task()
    for task, at in ((old, NOON), (older, NOON - HOUR)):
        await lived(store, recorded(task, at=at), recorded(task, 2, at), failed(task), task=task, status=Status.FAILED)

    assert await store.cut_recordings(LATER, limit=1) == 1
    assert await store.events(older.task_id) == [recorded(older, 2, NOON - HOUR), failed(older)]
    assert await store.cut_logs(LATER, limit=1) == 1
    assert await store.events(older.task_id) == [failed(older)]
    assert len(await store.events(old.task_id)) == 3


async def test_unfinished_tasks_do_not_stand_before_finished_ones(store: Store) -> None:
    going = [new_task() for _ in range(5)]
    for task in going:
        await store.append([change(0, [requested(task), recorded(task, at=NOON - HOUR)], task)])
    done, events = await completed(store)

    assert await store.cut_recordings(LATER, limit=1) == 1
    assert await store.cut_logs(LATER, limit=1) == 2
    assert await store.events(done.task_id) == events[3:]


async def test_a_cut_log_goes_on_where_it_was(store: Store) -> None:
    task, events = await completed(store)
    await store.cut_logs(LATER, limit=10)

    stream = (await store.streams(events))[task.task_id]
    assert stream == Stream(task, [], 4, frozenset({events[3].id}))
    assert await store.append([change(4, [enriching(task)], task)]) == [True]

    assert [one.position for one in await store.logged(task.task_id, after=0, limit=10)] == [4, 5]
    assert (await store.streams(events))[task.task_id].position == 5


async def test_a_cut_log_without_a_document_tells_how_the_task_ended(store: Store) -> None:
    task, events = await completed(store)
    await store.delete_finished(LATER, limit=10)
    await store.cut_logs(LATER, limit=10)

    assert (await store.streams(events))[task.task_id] == Stream(None, events[3:], 4, frozenset({events[3].id}))


async def test_where_the_last_event_was_cut_the_document_knows_its_position(store: Store) -> None:
    task, events = await completed(store)
    await store.append([change(4, [enriching(task)], task)])
    await store.cut_logs(LATER, limit=10)

    assert (await store.streams(events))[task.task_id] == Stream(task, [], 5, frozenset({events[3].id}))
    assert await store.append([change(5, [enriching(task, 2)], task)]) == [True]
    assert [one.position for one in await store.logged(task.task_id, after=0, limit=10)] == [4, 6]


async def test_a_long_cut_log_is_read_to_its_end(store: Store) -> None:
    task = new_task()
    events = [*(recorded(task, attempt) for attempt in range(1, 31)), failed(task), enriching(task)]
    await lived(store, *events, task=task, status=Status.FAILED)
    for forgotten in (False, True):
        await store.cut_recordings(LATER, limit=100)
        if forgotten:
            await store.delete_finished(LATER, limit=10)
        assert await store.events(task.task_id) == events[30:]
        assert (await store.streams(events))[task.task_id].position == 32


async def test_a_tasks_events_come_page_by_page(store: Store) -> None:
    task, events = await completed(store)

    assert [one.envelope for one in legible(await store.logged(task.task_id, after=1, limit=2))] == events[1:3]
    assert await store.logged(task.task_id, after=4, limit=2) == []
    assert await store.logged("nobody", after=0, limit=2) == []


async def test_the_count_follows_the_log(store: Store) -> None:
    assert await store.event_count() == 0
    await completed(store)
    await completed(store, 2)
    assert await store.event_count() == 8

    await store.cut_recordings(LATER, limit=1)
    await store.cut_logs(LATER, limit=1)

    assert await store.event_count() == 5


async def test_events_that_were_logged_without_their_time_are_completed_and_then_cut(store: Store) -> None:
    task, events = await completed(store)
    if isinstance(store, MongoStore):
        async with store._collections() as (_, collection):
            await collection.update_many({}, {"$unset": {"time": "", "type": ""}})
        assert await store.cut_logs(LATER, limit=10) == 0
        assert [await store.complete_log(limit=3) for _ in range(3)] == [3, 1, 0]

    assert await store.complete_log(limit=3) == 0
    assert await store.cut_logs(LATER, limit=10) == 3
    assert await store.events(task.task_id) == events[3:]
