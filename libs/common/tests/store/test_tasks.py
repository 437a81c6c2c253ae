"""Every store keeps tasks: one write accepts one, pages and counts show them, and finished ones are forgotten."""

import asyncio

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    SECOND,
    every_task,
    in_status,
    new_task,
    put,
    request,
    requested,
    store_lesson,
)
from pathshala_common.contract.lesson import Status, lesson_key
from pathshala_common.contract.ports.store import Page, Store
from pathshala_common.contract.summary import TaskSummary, summary_of


async def test_a_created_task_can_be_read_at_once(store: Store) -> None:
    task = new_task()

    kept = await store.create(task, requested(task), send_by=NOON)

    assert kept == task
    assert await store.task(task.task_id) == task


async def test_an_unknown_task_is_none(store: Store) -> None:
    assert await store.task("nobody") is None


async def test_some_tasks_are_read_at_once(store: Store) -> None:
    first, second, other = (in_status(new_task(), Status.IN_PROGRESS), new_task(), new_task())
    await put(store, first, second, other)

    assert await store.tasks_by_id([first.task_id, "nobody", second.task_id, first.task_id]) == {
        first.task_id: first,
        second.task_id: second,
    }
    assert await store.tasks_by_id([]) == {}


@pytest.mark.parametrize(
    "name", ["क्रिया / verbs", "𐍈🧮 astral", "$where", "a.b.$c", '{"$gt": ""}', "'; DROP TABLE tasks; --"]
)
async def test_names_are_data_whatever_they_hold(store: Store, name: str) -> None:
    task = new_task(request(name, name, user_id=name))
    await store.create(task, requested(task), send_by=NOON)
    await put(store, new_task())

    assert await store.task(task.task_id) == task
    assert await store.tasks(every_task(user_id=name)) == [summary_of(task)]
    assert await store.tasks(every_task(lesson_key=lesson_key(name, name))) == [summary_of(task)]
    assert await store.task(name) is None


async def test_a_new_task_is_returned_itself_and_one_with_its_id_as_it_is_kept(store: Store) -> None:
    first, other = new_task(task_id="a"), new_task(task_id="b")
    second = new_task(request(topic="nouns"), task_id="a")
    assert await store.create(first, requested(first), send_by=NOON) is first

    again = await store.create(second, requested(second), send_by=NOON)

    assert again == first
    assert again is not first
    assert await store.create(other, requested(other), send_by=NOON) is other


async def test_creating_the_same_task_again_gives_it_as_it_is_now(store: Store) -> None:
    task = new_task()
    moved = in_status(task, Status.IN_PROGRESS)
    await put(store, moved)

    assert await store.create(task, requested(task), send_by=NOON) == moved


async def test_twenty_at_once_with_one_id_make_one_task(store: Store) -> None:
    tasks = [new_task(request(user_id=f"user {number}"), task_id="a") for number in range(20)]

    kept = await asyncio.gather(*(store.create(task, requested(task), send_by=NOON) for task in tasks))

    assert len({task.request.user_id for task in kept}) == 1
    assert sum(given is task for given, task in zip(kept, tasks, strict=True)) == 1
    assert await store.tasks(every_task()) == [summary_of(kept[0])]


async def test_a_page_is_newest_first_and_the_next_begins_after_it(store: Store) -> None:
    same_moment = [new_task() for _ in range(25)]
    older = new_task(request(at=NOON - SECOND))
    await put(store, *same_moment, older)
    expected = [*sorted(same_moment, key=lambda task: task.task_id, reverse=True), older]

    seen: list[TaskSummary] = []
    sizes = []
    after = None
    while page := await store.tasks(Page(finished_since=NOON, limit=10, after=after)):
        seen.extend(page)
        sizes.append(len(page))
        after = (page[-1].created_at, page[-1].task_id)

    assert seen == [summary_of(task) for task in expected]
    assert sizes == [10, 10, 6]


async def test_a_page_shows_only_what_was_asked_for(store: Store) -> None:
    mine = in_status(new_task(request("Math", "Sets", user_id="ravi")), Status.IN_PROGRESS)
    other = in_status(new_task(request("Math", "Sets")), Status.FAILED)
    await put(store, mine, other, new_task())

    assert await store.tasks(every_task(status=Status.FAILED)) == [summary_of(other)]
    assert await store.tasks(every_task(user_id="ravi")) == [summary_of(mine)]
    assert {task.task_id for task in await store.tasks(every_task(lesson_key=lesson_key("MATH", " sets ")))} == {
        mine.task_id,
        other.task_id,
    }
    assert await store.tasks(every_task(status=Status.FAILED, user_id="ravi")) == []


async def test_finished_tasks_are_listed_and_counted_from_a_moment_on(store: Store) -> None:
    old = in_status(new_task(), Status.COMPLETED, at=NOON - SECOND)
    recent = in_status(new_task(), Status.COMPLETED, at=NOON)
    broken = in_status(new_task(), Status.FAILED, at=NOON)
    going, waiting = in_status(new_task(), Status.IN_PROGRESS), new_task()
    await put(store, old, recent, broken, going, waiting)

    listed = await store.tasks(Page(finished_since=NOON, limit=10))
    counts = await store.status_counts(NOON)

    assert {task.task_id for task in listed} == {task.task_id for task in (recent, broken, going, waiting)}
    assert counts == {Status.PENDING: 1, Status.IN_PROGRESS: 1, Status.COMPLETED: 1, Status.FAILED: 1}
    assert (await store.status_counts(NOON - SECOND))[Status.COMPLETED] == 2


async def test_counts_follow_every_step_of_a_task(store: Store) -> None:
    assert await store.status_counts(NOON) == dict.fromkeys(Status, 0)
    task = new_task()
    await put(store, task)
    assert await store.status_counts(NOON) == {**dict.fromkeys(Status, 0), Status.PENDING: 1}
    await store_lesson(store, task, 1)
    assert await store.status_counts(NOON) == {**dict.fromkeys(Status, 0), Status.COMPLETED: 1}
    await store.delete_finished(NOON + SECOND, limit=1)
    assert await store.status_counts(NOON) == dict.fromkeys(Status, 0)


async def test_unfinished_tasks_past_their_deadline_are_overdue(store: Store) -> None:
    late, later = new_task(request(at=NOON - 2 * SECOND)), new_task(request(at=NOON - SECOND))
    done = in_status(new_task(request(at=NOON - HOUR)), Status.COMPLETED)
    await put(store, later, late, done, new_task())

    assert await store.overdue(NOON + HOUR, limit=10) == [summary_of(late), summary_of(later)]
    assert await store.overdue(NOON + HOUR, limit=1) == [summary_of(late)]
    assert await store.overdue(NOON, limit=10) == []
    after = (late.request.deadline, late.task_id)
    assert await store.overdue(NOON + HOUR, limit=10, after=after) == [summary_of(later)]


async def test_unfinished_tasks_come_by_id(store: Store) -> None:
    tasks = [new_task(task_id=f"task-{index}") for index in range(5)]
    done = in_status(new_task(task_id="task-9"), Status.FAILED)
    await put(store, *reversed(tasks), done)

    assert await store.unfinished(limit=2) == [summary_of(task) for task in tasks[:2]]
    assert await store.unfinished(limit=10, after="task-1") == [summary_of(task) for task in tasks[2:]]


async def test_finished_tasks_are_forgotten_the_oldest_first_and_at_most_so_many(store: Store) -> None:
    done = [in_status(new_task(), Status.COMPLETED, at=NOON + index * SECOND) for index in range(4)]
    await put(store, *reversed(done), new_task())

    assert await store.delete_finished(NOON + 3 * SECOND, limit=2) == 2
    assert {task.task_id for task in await store.tasks(every_task(status=Status.COMPLETED))} == {
        task.task_id for task in done[2:]
    }
    assert await store.delete_finished(NOON + 3 * SECOND, limit=2) == 1
    assert await store.delete_finished(NOON + 3 * SECOND, limit=2) == 0
    assert len(await store.unfinished(limit=10)) == 1


async def test_lessons_and_events_outlive_their_task(store: Store) -> None:
    task = new_task()
    await store_lesson(store, task, 1)

    await store.delete_finished(NOON + SECOND, limit=10)

    assert await store.task(task.task_id) is None
    assert len(await store.events(task.task_id)) == 1
    assert await store.lesson(lesson_key("english", "verbs")) is not None


async def test_a_store_opened_again_has_everything(again: Again) -> None:
    task, done = new_task(), new_task()
    first = again()
    await first.open()
    await put(first, task)
    await store_lesson(first, done, 1)
    await first.close()

    second = again()
    await second.open()

    assert await second.task(task.task_id) == task
    assert (await second.status_counts(NOON))[Status.COMPLETED] == 1
    assert len(await second.claim_outbox(NOON, until=NOON + HOUR, limit=10)) == 1
    assert await second.latest_revisions([lesson_key("english", "verbs")]) == {lesson_key("english", "verbs"): 1}
    assert await second.fault() is None
    await second.close()
