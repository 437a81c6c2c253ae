"""Every store keeps class sets as the folds of their events, knows how tasks ended for ever, and sums up spending."""

import asyncio
from operator import methodcaller
from uuid import uuid4

import pytest

from libs.common.tests.store.class_sets import NOUNS, a_set, asked_a_model, record, record_set
from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    SECOND,
    change,
    failed,
    in_status,
    new_task,
    put,
    recorded,
    request,
    requested,
    store_lesson,
)
from pathshala_common.contract.class_set import ClassSet, SetRow
from pathshala_common.contract.errors import UnreadableError
from pathshala_common.contract.events import ClassRowsOrdered, ClassSetEnded, ClassSetStopped, LessonFailed
from pathshala_common.contract.lesson import Status
from pathshala_common.contract.ports.class_sets import Outcome, Spent
from pathshala_common.contract.ports.store import Change, Store
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite import schema
from pathshala_common.store.sqlite.store import SQLiteStore


async def test_a_set_is_the_fold_of_its_events_however_often_they_are_logged_and_is_no_task(store: Store) -> None:
    made = a_set()

    assert await record_set(store, made) == made
    assert await record_set(store, made) == made
    assert await store.task(made.set_id) is None
    assert len(await store.events(made.set_id)) == 1


async def test_two_writers_of_one_set_keep_one(store: Store, again: Again) -> None:
    made = a_set()
    other = store if isinstance(store, SQLiteStore) else again()
    if other is not store:
        await other.open()

    kept = await asyncio.gather(*(record_set(one, made) for one in (store, other) * 3))

    assert kept == [made] * 6
    assert len(await store.events(made.set_id)) == 1
    if other is not store:
        await other.close()


async def test_of_two_events_that_count_on_one_state_of_a_set_the_first_one_logged_counts(store: Store) -> None:
    made = a_set()
    await record_set(store, made)
    ended = ClassSetEnded(task_id=made.set_id, number=1, told_at=NOON, completed=2, failed=0, refused=0)
    anew = ClassRowsOrdered(task_id=made.set_id, number=1, told_at=NOON, rows=(SetRow(row=2, order=NOUNS, tries=1),))

    await asyncio.gather(record(store, anew, 1), record(store, ended, 1))

    kept = await store.class_set(made.set_id)
    assert kept is not None
    assert kept.class_set.number == 2
    was_ended = kept.class_set.ended_at is not None
    assert was_ended is not (kept.class_set.rows[1].tries == 2)
    assert [one.set_id for one in await store.open_sets(limit=5)] == ([] if was_ended else [made.set_id])


async def test_a_set_is_open_until_it_has_ended_and_again_when_rows_are_ordered_anew(store: Store) -> None:
    made = a_set()
    await record_set(store, made)
    stopped = ClassSetStopped(task_id=made.set_id, number=1, told_at=NOON, code="cancelled", message="Called off.")
    ended = ClassSetEnded(task_id=made.set_id, number=2, told_at=NOON, completed=0, failed=0, refused=2)
    anew = ClassRowsOrdered(task_id=made.set_id, number=3, told_at=NOON, rows=(SetRow(row=1, order=NOUNS),))

    assert (await record(store, stopped, 1)) is not None
    assert await store.open_sets(limit=5)
    assert (await record(store, ended, 2)) is not None
    assert await store.open_sets(limit=5) == []
    found = await record(store, anew, 3)

    assert found is not None
    assert (found.stop, found.ended_at, found.rows[0].tries, found.number) == (None, None, 2, 4)
    assert await store.open_sets(limit=5) == [found]
    assert await store.open_sets(limit=5, after=made.set_id) == []


async def test_sets_are_listed_by_user_newest_first_and_forgotten_when_they_are_old(store: Store) -> None:
    hers = [a_set().model_copy(update={"requested_at": NOON + SECOND * n}) for n in range(3)]
    other = a_set("ravi")
    for made in (*hers, other):
        await record_set(store, made)

    listed = await store.class_sets("asha", since=NOON, limit=2)
    rest = await store.class_sets("asha", since=NOON, limit=2, after=(listed[-1].requested_at, listed[-1].set_id))

    heads = [one.head for one in hers]
    assert [*listed, *rest] == heads[::-1]
    assert len(await store.class_sets(None, since=NOON, limit=9)) == 4
    assert await store.class_sets(None, since=NOON + SECOND, limit=9) == heads[:0:-1]
    assert await store.delete_class_sets(NOON + SECOND, limit=9) == 2
    assert await store.class_sets(None, since=NOON, limit=9) == heads[:0:-1]


async def test_a_list_of_sets_reads_their_heads_and_no_document(store: Store) -> None:
    made = a_set().model_copy(update={"title": "Class 7b"})
    await record_set(store, made)
    stopped = ClassSetStopped(task_id=made.set_id, number=1, told_at=NOON, code="cancelled", message="Called off.")
    ended = ClassSetEnded(task_id=made.set_id, number=2, told_at=NOON, completed=0, failed=0, refused=2)
    await record(store, stopped, 1)
    kept = await record(store, ended, 2)
    assert kept is not None
    assert (kept.head.title, kept.head.rows, kept.head.ended_at) == ("Class 7b", 2, NOON)
    await spoil(store, made)

    assert await store.class_sets(None, since=NOON, limit=9) == [kept.head]
    with pytest.raises(UnreadableError):
        await store.class_set(made.set_id)


async def test_sets_that_an_older_version_kept_without_their_heads_are_listed_if_they_can_be_read(again: Again) -> None:
    store, made, spoilt = again(), a_set(), a_set()
    await store.open()
    for one in (made, spoilt):
        await record_set(store, one)
    await spoil(store, spoilt)
    await behead(store)
    await store.close()
    store = again()
    await store.open()

    assert await store.class_sets("asha", since=NOON, limit=9) == [made.head]
    assert await store.open_sets(limit=9) == [made]
    stopped = ClassSetStopped(task_id=made.set_id, number=1, told_at=NOON, code="cancelled", message="Called off.")
    kept = await record(store, stopped, 1)
    assert kept is not None
    assert await store.class_sets(None, since=NOON, limit=9) == [kept.head]
    await store.close()


async def spoil(store: Store, made: ClassSet) -> None:
    """Have a set's document kept as nobody can read it."""
    if isinstance(store, MongoStore):
        async with store._sets() as found:
            await found.update_one({"_id": made.set_id}, {"$set": {"document": "{"}})
    elif isinstance(store, SQLiteStore):
        statement = "UPDATE class_sets SET document = '{' WHERE set_id = ?"
        await store._writer.run(lambda connection: connection.execute(statement, (made.set_id,)))


async def behead(store: Store) -> None:
    """Have all sets kept as a version without heads did."""
    if isinstance(store, MongoStore):
        async with store._sets() as found:
            await found.update_many({}, {"$unset": {"head": ""}})
    elif isinstance(store, SQLiteStore):
        version = schema.VERSIONS.index(schema.SET_HEADS)
        for later in ("ALTER TABLE class_sets DROP COLUMN head", "DROP INDEX events_calling"):
            await store._writer.run(methodcaller("execute", later))
        await store._writer.run(lambda connection: connection.execute(f"PRAGMA user_version = {version}"))


async def test_the_ends_of_tasks_are_known_when_their_documents_are_forgotten(store: Store) -> None:
    waiting, done, refused = new_task(), new_task(), new_task()
    await put(store, waiting)
    await store_lesson(store, done, 1)
    end = failed(refused)
    assert await store.append([change(0, [requested(refused), end], in_status(refused, Status.FAILED))]) == [True]
    asked = [waiting.task_id, done.task_id, refused.task_id, str(uuid4())]

    before = await store.outcomes(asked)
    assert await store.delete_finished(NOON + HOUR, limit=9) == 2

    assert isinstance(end.event, LessonFailed)
    assert before[done.task_id] == Outcome(Status.COMPLETED, revision=1)
    assert before[refused.task_id] == Outcome(Status.FAILED, failure=end.event)
    assert before[waiting.task_id] == Outcome(Status.PENDING, waiting.progress.message)
    assert await store.outcomes(asked) == before


async def test_each_call_of_a_model_is_counted_once_for_its_user_and_set_and_outlives_its_recording(
    store: Store, again: Again
) -> None:
    made = a_set()
    mine = new_task(request(class_set=made.set_id))
    call, other = asked_a_model(mine), asked_a_model(new_task(request(user_id="ravi")))
    hers = Change(mine.task_id, 1, [call], in_status(mine, Status.COMPLETED), request=mine.request)
    await store.append([change(0, [requested(mine)], in_status(mine, Status.PENDING))])

    assert await store.append([hers]) == [True]
    assert await store.append([hers]) == [False]
    await store.append([change(2, [recorded(mine)], in_status(mine, Status.COMPLETED))])
    await store.append([Change(other.task_id, 0, [other], None, request=request(user_id="ravi"))])
    assert await store.cut_recordings(NOON + HOUR, limit=9) >= 1
    await store.close()
    store = again()
    await store.open()

    spent = Spent(calls=1, prompt_tokens=900, completion_tokens=100)
    assert await store.spent_by("asha", since=NOON) == await store.spent_on_set(made.set_id) == spent
    assert await store.spent_by("ravi", since=NOON) == spent
    assert await store.spent_by("asha", since=NOON + SECOND) == Spent()
    assert (await store.spent(since=NOON, until=NOON + SECOND)).calls == 2
    assert await store.spent(since=NOON - SECOND, until=NOON) == Spent()
    assert await store.forget_spending(NOON + HOUR, limit=1) == 1
    assert await store.forget_spending(NOON + HOUR, limit=9) == 1
    assert await store.spent_by("asha", since=NOON) == Spent()
    await store.close()
