"""The costs of a lesson in the store, counted: statements, commits and round trips, which no busy machine changes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from pymongo import monitoring

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import GenerationStarted, LessonEnriched, LessonGenerated, LessonRequested
from pathshala_common.contract.lesson import LessonRequest, Status, Task
from pathshala_common.contract.ports.claims import ENDED, Claim
from pathshala_common.contract.ports.store import Store
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON, HeldClock
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stories.events import told
from tests.stories.lessons import a_lesson, a_request

BURST = 100
REQUESTS = {f"task-{number}": a_request("English", f"Verbs {number}") for number in range(BURST)}


def requested(task_id: str, request: LessonRequest) -> Envelope:
    return told(LessonRequested(task_id=task_id, request=request), source="api")


def of_services(task_id: str, request: LessonRequest) -> Sequence[Envelope]:
    """The events of a lesson after the first, in their order."""
    first = requested(task_id, request)
    enriched = told(LessonEnriched(task_id=task_id, request=request), first)
    started = GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline")
    written = LessonGenerated(task_id=task_id, request=request, content=a_lesson())
    return [enriched, told(started, enriched), told(written, enriched)]


async def create_all(store: Store) -> None:
    tasks = [Task(task_id=task_id, request=request) for task_id, request in REQUESTS.items()]
    await asyncio.gather(*(store.create(task, requested(task.task_id, task.request), send_by=NOON) for task in tasks))


async def record_all(store: Store) -> None:
    """Record one event of each task at a time, so that nothing of a task comes together: the dearest way."""
    recorder = Recorder(store, HeldClock(), task_ttl_seconds=3_600)
    await recorder.record([requested(*one) for one in REQUESTS.items()])
    for kind in range(3):
        await recorder.record([of_services(*one)[kind] for one in REQUESTS.items()])
    ended = [await store.task(task_id) for task_id in REQUESTS]
    assert {task.status for task in ended if task} == {Status.COMPLETED}


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SQLiteStore]:
    opened = SQLiteStore(tmp_path / "costs.db")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def statements(sqlite: SQLiteStore) -> Counter[str]:
    """The statements of the writer and of the reader, by their first words; each trigger that one fires counts two."""
    counted: Counter[str] = Counter()

    def note(statement: str) -> None:
        counted[statement.split(maxsplit=1)[0]] += 1

    for thread in (sqlite._reader, sqlite._writer):
        await thread.run(lambda connection: connection.set_trace_callback(note))
    counted.clear()
    return counted


async def test_a_burst_of_a_hundred_is_one_commit(sqlite: SQLiteStore, statements: Counter[str]) -> None:
    gathered, began = Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(_connection: object) -> None:
        loop.call_soon_threadsafe(began.set)
        gathered.wait()

    holding = asyncio.create_task(sqlite._writer.run(hold))
    await began.wait()
    statements.clear()
    burst = asyncio.create_task(create_all(sqlite))
    loop.call_later(0, lambda: loop.call_soon(gathered.set))
    await asyncio.gather(holding, burst)

    assert statements["COMMIT"] == 2


async def test_a_lesson_costs_few_statements_in_sqlite(sqlite: SQLiteStore, statements: Counter[str]) -> None:
    await create_all(sqlite)
    assert statements["INSERT"] == (1 + 2) * BURST
    assert statements["SELECT"] == BURST
    statements.clear()

    await record_all(sqlite)

    polls, batches, moves = BURST, 4, 2
    assert statements["INSERT"] == 5 * BURST
    assert statements["UPDATE"] == (4 + 2 * moves) * BURST + batches
    assert statements["SELECT"] == 3 * BURST + polls
    assert statements["COMMIT"] == batches + 1 + polls


async def test_a_claim_costs_three_statements_in_sqlite(sqlite: SQLiteStore, statements: Counter[str]) -> None:
    claims = [Claim(task_id, "cause", 1) for task_id in REQUESTS]
    await sqlite.claim("me", claims, now=NOON, until=NOON)
    await sqlite.settle("me", [Claim(one.task_id, one.cause_id, ENDED) for one in claims])

    assert statements["SELECT"] + statements["INSERT"] + statements["UPDATE"] <= 3 * BURST
    assert statements["COMMIT"] == 2


class Commands(monitoring.CommandListener):
    """Counts the commands that a client sends, by their names."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Count it."""
        self.counted[event.command_name] += 1

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """It is counted."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """It is counted."""


@pytest.fixture
def commands() -> Iterator[Commands]:
    listener = Commands()
    monitoring.register(listener)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)  # nothing public takes it back


@pytest.fixture
async def mongodb(mongodb_url: str, commands: Commands) -> AsyncIterator[MigratedMongoStore]:
    opened = MigratedMongoStore(of_database(mongodb_url, f"test_{uuid4().hex}"), timeout_seconds=PATIENT_SECONDS)
    await opened.open()
    commands.counted.clear()
    yield opened
    await opened.close()


async def test_a_hundred_lessons_cost_mongodb_no_more_round_trips_than_one(
    mongodb: MigratedMongoStore, commands: Commands
) -> None:
    await create_all(mongodb)
    assert commands.counted.total() <= 1 + 2  # the first call asks whether the server and its indexes are there
    commands.counted.clear()

    await record_all(mongodb)

    polls = BURST
    assert commands.counted.total() <= 21 + polls, commands.counted
