"""Every store logs events: in one order per task, each once, and only by whoever saw the end of the log."""

import asyncio
from itertools import chain
from uuid import uuid4

import pytest

from libs.common.tests.store.examples import (
    NOON,
    change,
    enriching,
    failed,
    generated,
    in_status,
    lesson_of,
    new_task,
    put,
    request,
    requested,
    store_lesson,
    stored,
)
from pathshala_common.contract.lesson import Status, lesson_key
from pathshala_common.contract.ports.store import Change, Store, Stream

VERBS = lesson_key("english", "verbs")


async def test_the_stream_of_an_unknown_task_is_empty(store: Store) -> None:
    event = requested(new_task())

    assert await store.streams([event]) == {event.task_id: Stream(None, [], 0, frozenset())}
    assert await store.streams([]) == {}


async def test_a_created_task_has_a_document_and_an_empty_log(store: Store) -> None:
    task = new_task()
    await put(store, task)

    streams = await store.streams([requested(task)])

    assert streams[task.task_id] == Stream(task, [], 0, frozenset())


async def test_logged_events_keep_their_order_and_their_bytes(store: Store) -> None:
    task = new_task(request(topic="𐍈🧮 क्रिया"))
    moved = in_status(task, Status.IN_PROGRESS)
    events = [requested(task), enriching(task), generated(task)]

    assert await store.append([change(0, events[:2], task)]) == [True]
    assert await store.append([change(2, events[2:], moved)]) == [True]

    logged = await store.events(task.task_id)
    assert logged == events
    assert [event.raw for event in logged] == [event.raw for event in events]
    assert await store.task(task.task_id) == moved
    assert await store.streams(events) == {task.task_id: Stream(moved, [], 3, frozenset(event.id for event in events))}


async def test_a_stream_names_only_the_repeats_that_were_asked_for(store: Store) -> None:
    task, other = new_task(), new_task()
    await store.append([change(0, [requested(task), enriching(task)], task)])

    streams = await store.streams([enriching(task), enriching(task, 2), requested(other)])

    assert streams[task.task_id].repeats == {enriching(task).id}
    assert streams[other.task_id].repeats == frozenset()


async def test_a_long_log_is_read_whole(store: Store) -> None:
    task = new_task()
    await put(store, task)
    events = [enriching(task, attempt) for attempt in range(1, 41)]
    for size in (16, 8, 15, 1):
        at = len(await store.events(task.task_id))
        assert await store.append([Change(task.task_id, at, events[at : at + size], None)]) == [True]
        assert await store.events(task.task_id) == events[: at + size]

    stream = (await store.streams(events))[task.task_id]

    assert stream == Stream(task, events, 40, frozenset(event.id for event in events))


@pytest.mark.parametrize("position", [0, 1])
async def test_a_change_for_a_log_that_has_moved_on_changes_nothing(store: Store, position: int) -> None:
    task = new_task()
    await store.append([change(0, [requested(task), enriching(task)], task)])
    late = change(position, [enriching(task, 2), enriching(task, 3)], in_status(task, Status.FAILED))

    assert await store.append([late]) == [False]

    assert await store.task(task.task_id) == task
    assert await store.events(task.task_id) == [requested(task), enriching(task)]


async def test_an_event_is_logged_once(store: Store) -> None:
    task = new_task()
    await store.append([change(0, [requested(task)], task)])

    assert await store.append([change(1, [requested(task)], task)]) == [False]
    assert len(await store.events(task.task_id)) == 1


async def test_an_event_id_of_one_task_does_not_stand_in_the_way_of_another(store: Store) -> None:
    task, other = new_task(), new_task()
    event = requested(task)
    forged = type(event)(event.id, event.source, event.time, None, requested(other).event, requested(other).raw)
    await store.append([Change(other.task_id, 0, [forged], None)])

    assert (await store.streams([event]))[task.task_id].repeats == frozenset()
    assert await store.append([change(0, [event], task)]) == [True]


async def test_one_refused_change_leaves_its_neighbours_alone(store: Store) -> None:
    tasks = [new_task() for _ in range(5)]
    await store.append([change(0, [requested(tasks[2])], tasks[2])])
    changes = [change(0, [enriching(task), enriching(task, 2)], task) for task in tasks]

    assert await store.append(changes) == [True, True, False, True, True]

    assert [len(await store.events(task.task_id)) for task in tasks] == [2, 2, 1, 2, 2]


async def test_two_changes_of_one_task_at_once_follow_each_other(store: Store) -> None:
    task = new_task()
    first, second = change(0, [requested(task), enriching(task)], task), change(2, [enriching(task, 2)], task)
    again = change(2, [enriching(task, 3)], task)

    assert await store.append([first, second, again]) == [True, True, False]
    assert len(await store.events(task.task_id)) == 3


async def test_nothing_to_append_is_fine(store: Store) -> None:
    assert await store.append([]) == []


async def test_events_may_be_logged_before_there_is_a_task(store: Store) -> None:
    task = new_task()
    events = [enriching(task), requested(task)]

    assert await store.append([Change(task.task_id, 0, events[:1], None)]) == [True]

    assert (await store.streams(events))[task.task_id] == Stream(None, events[:1], 1, frozenset({events[0].id}))
    assert await store.append([change(1, events[1:], task)]) == [True]
    assert (await store.streams(events))[task.task_id].tail == []


async def test_a_change_without_events_brings_the_document_up(store: Store) -> None:
    task = new_task()
    await put(store, task)
    await store.append([Change(task.task_id, 0, [requested(task)], None)])
    behind = (await store.streams([requested(task)]))[task.task_id]
    assert (behind.task, behind.tail, behind.position) == (task, [requested(task)], 1)

    moved = in_status(task, Status.IN_PROGRESS)
    assert await store.append([change(1, [], moved)]) == [True]

    assert (await store.streams([requested(task)]))[task.task_id].tail == []
    assert await store.task(task.task_id) == moved
    assert (await store.status_counts(NOON))[Status.IN_PROGRESS] == 1


async def test_a_change_without_events_is_refused_too_if_the_log_has_moved_on(store: Store) -> None:
    task = new_task()
    await store.append([change(0, [requested(task), enriching(task)], task)])

    assert await store.append([change(1, [], in_status(task, Status.FAILED))]) == [False]
    assert await store.task(task.task_id) == task


async def test_a_late_event_of_a_forgotten_task_can_be_logged_without_a_document(store: Store) -> None:
    task = new_task()
    await store_lesson(store, task, 1)
    await store.delete_finished(NOON + (NOON - NOON.replace(hour=0)), limit=10)

    assert (await store.streams([failed(task)]))[task.task_id].position == 1
    assert await store.append([Change(task.task_id, 1, [failed(task)], None)]) == [True]
    assert await store.task(task.task_id) is None


async def test_a_taken_revision_is_refused_and_changes_nothing(store: Store) -> None:
    first, second = new_task(), new_task()
    await put(store, second)
    assert await store_lesson(store, first, 1)

    assert not await store_lesson(store, second, 1, "Stolen")

    lesson = await store.lesson(VERBS)
    assert lesson
    assert lesson.task_id == first.task_id
    assert await store.task(second.task_id) == second
    assert await store.events(second.task_id) == []


async def test_after_a_taken_revision_the_rest_of_the_change_can_be_decided_anew(store: Store) -> None:
    first, second = new_task(), new_task()
    await store_lesson(store, first, 1)
    written, done = generated(second), in_status(second, Status.COMPLETED)

    assert await store.append([change(0, [written, stored(second, 1)], done)]) == [False]

    stream = (await store.streams([written]))[second.task_id]
    rest = [] if written.id in stream.repeats else [written]
    assert await store.append([change(stream.position, [*rest, stored(second, 2)], done)]) == [True]
    assert await store.events(second.task_id) == [written, stored(second, 2)]
    assert await store.task(second.task_id) == done


async def test_a_task_yields_one_lesson(store: Store) -> None:
    task = new_task()
    await store_lesson(store, task, 1)
    other = type(stored(task, 2))(
        str(uuid4()), "/pathshala/store", NOON, None, stored(task, 2).event, stored(task, 2).raw
    )

    assert await store.append([change(1, [other], task)]) == [False]
    assert await store.latest_revisions([VERBS]) == {VERBS: 1}


async def test_a_lesson_given_again_without_its_event_is_the_same_lesson(store: Store) -> None:
    task = new_task()
    await store_lesson(store, task, 1)
    lesson = lesson_of(stored(task, 1))

    assert await store.append([Change(task.task_id, 1, [], in_status(task, Status.COMPLETED), lesson)]) == [True]
    assert await store.revisions(VERBS, limit=10) == [lesson]


@pytest.mark.parametrize("again", ["sqlite", pytest.param("mongodb", marks=pytest.mark.slow)], indirect=True)
async def test_fifty_writers_of_one_lesson_give_fifty_revisions(store: Store) -> None:
    async def write() -> int:
        task = new_task()
        for _ in range(100):
            revision = (await store.latest_revisions([VERBS])).get(VERBS, 0) + 1
            if await store_lesson(store, task, revision):
                return revision
        raise AssertionError("never won")

    given = await asyncio.gather(*(write() for _ in range(50)))

    assert sorted(given) == list(range(1, 51))
    assert [lesson.revision for lesson in await store.revisions(VERBS, limit=100)] == list(range(50, 0, -1))


async def test_of_many_who_saw_the_same_end_of_a_log_one_writes(store: Store) -> None:
    task = new_task()

    outcomes = await asyncio.gather(
        *(store.append([change(0, [enriching(task, attempt)], task)]) for attempt in range(1, 21))
    )

    assert sorted(chain.from_iterable(outcomes)) == [False] * 19 + [True]
    assert len(await store.events(task.task_id)) == 1
