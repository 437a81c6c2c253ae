"""A SQLite store remembers the tasks in flight, and says of them what the file says."""

import asyncio
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    change,
    enriching,
    failed,
    in_status,
    new_task,
    recorded,
    request,
    requested,
    stored,
)
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.store import Change
from pathshala_common.store.sqlite.store import SQLiteStore


@pytest.fixture
def again(path: Path) -> Again:
    return lambda: SQLiteStore(path)


async def looked_up(store: SQLiteStore) -> list[str]:
    """Note from now on whatever the store asks its file for."""
    statements: list[str] = []

    def note(statement: str) -> None:
        if statement.lstrip().startswith("SELECT"):
            statements.append(statement)

    for thread in (store._reader, store._writer):
        await thread.run(lambda connection: connection.set_trace_callback(note))
    return statements


async def test_a_task_in_flight_is_not_looked_up_from_its_creation_on(store: SQLiteStore) -> None:
    task, working = new_task(), None
    await store.create(task, requested(task), send_by=NOON)
    selected = await looked_up(store)

    for position, event in enumerate((requested(task), enriching(task), recorded(task))):
        stream = (await store.streams([event]))[task.task_id]
        assert (stream.task, stream.position, stream.repeats) == (working or task, position, frozenset())
        working = in_status(task, Status.IN_PROGRESS)
        assert await store.append([change(position, [event], working)]) == [True]
    assert (await store.streams([enriching(task)]))[task.task_id].repeats == {enriching(task).id}

    assert selected == []


async def test_a_finished_task_is_not_kept_in_mind(store: SQLiteStore) -> None:
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)
    await store.append([change(0, [failed(task)], in_status(task, Status.FAILED))])
    selected = await looked_up(store)

    await store.streams([requested(task)])

    assert selected != []


async def test_what_was_refused_is_looked_up(store: SQLiteStore) -> None:
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)
    assert await store.append([change(7, [requested(task)], task)]) == [False]
    selected = await looked_up(store)

    await store.streams([requested(task)])

    assert selected != []


async def test_what_was_rolled_back_and_done_again_is_remembered_once(store: SQLiteStore) -> None:
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO tasks (task_id) VALUES ('half')")

    outcomes = await asyncio.gather(
        store.append([change(0, [enriching(task)], in_status(task, Status.IN_PROGRESS))]),
        store._writer.run(fail),
        return_exceptions=True,
    )

    assert outcomes[0] == [True]
    assert isinstance(outcomes[1], sqlite3.IntegrityError)
    stream = (await store.streams([enriching(task)]))[task.task_id]
    assert (stream.position, set(stream.repeats)) == (1, {enriching(task).id})


async def test_a_task_that_is_forgotten_and_asked_for_again_goes_on_from_its_log(store: SQLiteStore) -> None:
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)
    await store.append([change(0, [requested(task), failed(task)], in_status(task, Status.FAILED))])
    assert await store.delete_finished(NOON + HOUR, limit=1) == 1

    assert await store.create(task, requested(task), send_by=NOON) is task

    stream = (await store.streams([requested(task)]))[task.task_id]
    assert (stream.task, stream.position, set(stream.repeats)) == (task, 2, {requested(task).id})
    assert [envelope.id for envelope in stream.tail] == [requested(task).id, failed(task).id]


async def test_a_store_that_is_opened_again_asks_what_others_did_meanwhile(store: SQLiteStore, path: Path) -> None:
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)
    await store.close()
    other = SQLiteStore(path)
    await other.open()
    assert await other.append([change(0, [requested(task)], task)]) == [True]
    await other.close()

    await store.open()

    assert (await store.streams([requested(task)]))[task.task_id].position == 1


@pytest.mark.parametrize("seed", range(10))
async def test_what_is_remembered_is_what_the_file_says(tmp_path: Path, seed: int) -> None:
    stores = [SQLiteStore(tmp_path / f"{heads_max}.db", heads_max=heads_max) for heads_max in (0, 3, 10_000)]
    for store in stores:
        await store.open()
    rng = random.Random(seed)
    tasks = [new_task(request(topic=f"verbs {number % 2}"), f"task-{number}") for number in range(6)]
    for _ in range(60):
        step = a_step(rng, tasks)
        answers = [await outcome(store, step) for store in stores]
        assert answers[0] == answers[1] == answers[2]
        streams = [await store.streams([told for task in tasks for told in events_of(task)]) for store in stores]
        assert streams[0] == streams[1] == streams[2]
        shown = [[await store.task(task.task_id) for task in tasks] for store in stores]
        assert shown[0] == shown[1] == shown[2]
    for store in stores:
        await store.close()


Step = tuple[str, Sequence[Task], Sequence[Change]]


def a_step(rng: random.Random, tasks: Sequence[Task]) -> Step:
    """Something that a store may be asked, right or wrong."""
    kind = rng.choice(["create", "append", "append", "append", "forget", "cut"])
    return kind, rng.sample(tasks, 2), [a_change(rng, task) for task in rng.choices(tasks, k=3)]


def a_change(rng: random.Random, task: Task) -> Change:
    events = rng.sample(events_of(task), rng.choice([0, 1, 1, 2]))
    status = rng.choice([Status.PENDING, Status.IN_PROGRESS, Status.IN_PROGRESS])
    if any(event.event.FINAL for event in events):
        status = Status.COMPLETED
    made = change(rng.choice([0, 0, 1, 1, 2, 3, 4]), events, in_status(task, status))
    return made if rng.random() < 0.9 else Change(made.task_id, made.position, events, None, fault="unreadable")


def events_of(task: Task) -> list[Envelope]:
    return [requested(task), enriching(task), recorded(task), stored(task, 1), stored(task, 2), failed(task)]


async def outcome(store: SQLiteStore, step: Step) -> object:
    kind, tasks, changes = step
    match kind:
        case "create":
            return [await store.create(task, requested(task), send_by=NOON) for task in tasks]
        case "append":
            return await store.append(changes)
        case "forget":
            return await store.delete_finished(NOON + HOUR, limit=2)
        case _:
            return await store.cut_recordings(NOON + HOUR, limit=2)
