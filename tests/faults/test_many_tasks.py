"""However many tasks are kept, what people ask for is found by an index, and costs the same."""

import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import monitoring

from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.store import Page, Store
from pathshala_common.store.mongodb import tasks as mongodb_tasks
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.records import Record, task_record
from pathshala_common.store.sqlite import tasks as sqlite_tasks
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON
from tests.faults.record import LONG, RABBITMQ, Measured, fault_in_each
from tests.mongodb_commands import AskedOfMongoDB
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stories.lessons import a_request

FEW = 1_000
MANY = 1_000_000 if LONG else 20_000
MANY_ON_A_STAND_IN = 8_000
"""A stand-in scans in spite of its indexes: its commands show what is asked, its times show nothing."""

STEP = 1_000
ROUNDS = 200
RATIO_MAX = 1.5
STATES = (Status.PENDING, Status.IN_PROGRESS, Status.COMPLETED, Status.FAILED)
SINCE = NOON - timedelta(hours=1)


@pytest.fixture
def asked() -> Iterator[AskedOfMongoDB]:
    listener = AskedOfMongoDB()
    monitoring.register(listener)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)  # nothing public takes it back


def a_task(number: int) -> Task:
    at = NOON + timedelta(milliseconds=number)
    request = a_request("faults", f"topic {number}", user_id=f"user {number % 5}", at=at)
    status = STATES[number % len(STATES)]
    return Task(task_id=f"task-{number}", request=request, status=status, completed_at=at if status.final else None)


async def fill(store: Store, numbers: range) -> None:
    """Keep so many tasks, as the services would have done."""
    for start in range(numbers.start, numbers.stop, STEP):
        tasks = [a_task(number) for number in range(start, min(start + STEP, numbers.stop))]
        if isinstance(store, MongoStore):
            async with store._collections() as (collection, _):
                await collection.insert_many(
                    [mongodb_tasks.document(task, 1) | {"_id": task.task_id} for task in tasks], ordered=False
                )
        elif isinstance(store, SQLiteStore):
            await store._writer.run(partial(_insert, [task_record(task, 1) for task in tasks]))
    await store.keep_counts(SINCE)


def _insert(rows: list[Record], connection: sqlite3.Connection) -> None:
    for row in rows:
        sqlite_tasks.write(connection, row)


def actions(store: Store, number: int) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What people ask for, beside so many tasks."""

    async def post() -> object:
        task = Task(task_id=uuid4().hex, request=a_task(number).request)
        requested = wrap(LessonRequested(task_id=task.task_id, request=task.request), source="api", now=NOON)
        return await store.create(task, requested, send_by=NOON)

    return {
        "status": lambda: store.task(f"task-{number // 2}"),
        "list": lambda: store.tasks(Page(finished_since=SINCE, limit=101)),
        "list of a user": lambda: store.tasks(Page(finished_since=SINCE, limit=101, user_id="user 3")),
        "list of the failed": lambda: store.tasks(Page(finished_since=SINCE, limit=101, status=Status.FAILED)),
        "counts": lambda: store.status_counts(SINCE),
        "post": post,
    }


@dataclass(frozen=True, slots=True)
class Cost:
    """What an action takes: steps of SQLite's machine or commands to MongoDB, and the median of its time."""

    steps: int
    seconds: float


class Steps:
    """Counts the steps that SQLite's machine takes on both threads of a store."""

    def __init__(self) -> None:
        self.count = 0

    async def watch(self, store: SQLiteStore) -> None:
        await self._on_each(store, self._step)

    async def leave(self, store: SQLiteStore) -> None:
        await self._on_each(store, None)

    async def _on_each(self, store: SQLiteStore, step: Callable[[], int] | None) -> None:
        for thread in (store._reader, store._writer):
            await thread.run(lambda connection: connection.set_progress_handler(step, 1))

    def _step(self) -> int:
        self.count += 1
        return 0


async def costs(store: Store, number: int, asked: AskedOfMongoDB, steps: Steps) -> Mapping[str, Cost]:
    """What each action costs now."""
    found = {}
    for name, action in actions(store, number).items():
        seconds = [await _seconds(action) for _ in range(ROUNDS if LONG else 1)]
        before = asked.commands + steps.count
        if isinstance(store, SQLiteStore):
            await steps.watch(store)
        await action()
        if isinstance(store, SQLiteStore):
            await steps.leave(store)
        found[name] = Cost(asked.commands + steps.count - before, statistics.median(seconds))
    return found


async def _seconds(action: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await action()
    return time.perf_counter() - began


async def tells_its_version(store: Store) -> bool:
    """Whether the server is none of the stand-ins, which do not."""
    if not isinstance(store, MongoStore):
        return True
    async with store._collections() as (tasks, _):
        return "version" in await tasks.database.client.server_info()


@fault_in_each(42, slow=RABBITMQ)
async def test_what_is_asked_for_costs_the_same_beside_many_tasks(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, asked: AskedOfMongoDB, measured: Measured
) -> None:
    store: Store = SQLiteStore(tmp_path / "pathshala.db")
    steps = Steps()
    if deployment == RABBITMQ:
        url = of_database(request.getfixturevalue("mongodb_url"), f"many-{uuid4().hex[:12]}")
        store = MigratedMongoStore(url, timeout_seconds=60)
    await store.open()
    real = await tells_its_version(store)
    total = MANY if real else MANY_ON_A_STAND_IN
    try:
        await fill(store, range(FEW))
        few = await costs(store, FEW, asked, steps)
        await fill(store, range(FEW, total))
        first = len(asked.asked)
        many = await costs(store, total, asked, steps)
        scans = [one for one in asked.asked[first:] if not one.by_key and one.index() is None]
        counted = await store.status_counts(SINCE)
    finally:
        await store.close()

    ratios = {name: many[name].steps / max(few[name].steps, 1) for name in many}
    slower = {name: many[name].seconds / few[name].seconds for name in many}
    unit = "commands" if deployment == RABBITMQ else "steps"
    measured(
        tasks=total,
        queries_without_an_index=len(scans),
        **{f"most_{unit}_at_many_by_those_at_1_000": round(max(ratios.values()), 2)},
        **({"most_p50_by_that_at_1_000": round(max(slower.values()), 2)} if LONG and real else {}),
    )
    assert scans == []
    assert sum(counted.values()) >= total
    assert max(ratios.values()) <= RATIO_MAX, ratios
    if LONG and real:
        assert max(slower.values()) <= RATIO_MAX, slower
