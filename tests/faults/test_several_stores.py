"""Several store services on one store: they race for the revisions of one lesson, and leave no gap."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala.rebuild.checkpoint import begin
from pathshala.rebuild.scan import Scan
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import LessonFailed, LessonGenerated, LessonRequested
from pathshala_common.contract.lesson import lesson_key
from pathshala_common.contract.ports.operator import Log, Projections
from pathshala_common.contract.ports.store import Store
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.mongodb.log_reader import MongoLog
from pathshala_common.store.mongodb.projections import MongoProjections
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.projections import SQLiteProjections
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import UNGROUNDED
from tests.clock import NOON, HeldClock
from tests.faults.record import LONG, RABBITMQ, Measured, fault_in_each, without_guard
from tests.faults.recording import record
from tests.faults.unguarded import UnguardedMongoStore, UnguardedSQLiteStore
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stories.lessons import a_request

TASKS = 60
SEEDS = 20 if LONG else 6
SEEDS_UNTIL_A_GAP_MAX = 20
SPOILED_SHARE = 0.25
TTL_SECONDS = 3_600
KEY = lesson_key("faults", "one")
ONE_EDITION, EDITIONS = ("en",), ("en", "hi", "ta")
"""The languages in which the tasks of a race order the one lesson."""


@asynccontextmanager
async def two_stores(
    deployment: str, request: pytest.FixtureRequest, folder: Path, *, guarded: bool
) -> AsyncIterator[tuple[list[Store], Log, Projections]]:
    """One store as two services open it, or as two share it where one process owns the file; and what reads it."""
    name = uuid4().hex[:12]
    if deployment == RABBITMQ:
        url = of_database(request.getfixturevalue("mongodb_url"), f"several-{name}")
        mongo = MigratedMongoStore if guarded else UnguardedMongoStore
        stores: list[Store] = [mongo(url), mongo(url)]
        log: Log = MongoLog(url)
        projections: Projections = MongoProjections(url)
    else:
        path = folder / f"{name}.db"
        sqlite = SQLiteStore if guarded else UnguardedSQLiteStore
        stores = [sqlite(path)] * 2
        log, projections = SQLiteLog(path), SQLiteProjections(path)
    async with AsyncExitStack() as stack:
        for store in dict.fromkeys(stores):
            await store.open()
            stack.push_async_callback(store.close)
        await log.open()
        stack.push_async_callback(log.close)
        await projections.open()
        stack.push_async_callback(projections.close)
        yield stores, log, projections


def told_of(task_id: str, language: str) -> list[Envelope]:
    request = a_request("faults", "one", user_id="tester", seconds=3_600, language=language)
    requested = wrap(LessonRequested(task_id=task_id, request=request), source="api", now=NOON)
    written = LessonGenerated(task_id=task_id, request=request, content=UNGROUNDED)
    return [requested, wrap(written, source="generator", now=NOON, cause=requested)]


def too_late(task_id: str) -> Envelope:
    event = LessonFailed(task_id=task_id, service="store", code="late", message="Too late.", failed_at=NOON)
    return wrap(event, source="store", now=NOON)


async def race(stores: list[Store], rng: random.Random, languages: Sequence[str]) -> None:
    """Have two recorders log the same tasks' lessons, in groups of any size, while housekeeping fails some of them."""
    recorders = [Recorder(store, HeldClock(), task_ttl_seconds=TTL_SECONDS) for store in stores]
    waiting = [told_of(f"task-{number}", languages[number % len(languages)]) for number in range(TASKS)]
    rng.shuffle(waiting)
    while waiting:
        size = rng.randint(2, 20)
        group, waiting = waiting[:size], waiting[size:]
        half = rng.randint(1, len(group))
        spoiled = [events[0].task_id for events in group if rng.random() < SPOILED_SHARE]
        calls = [
            record(recorders[0], [event for events in group[:half] for event in events]),
            record(recorders[1], [event for events in group[half:] for event in events]),
            *(record(rng.choice(recorders), [too_late(task_id)]) for task_id in spoiled),
        ]
        rng.shuffle(calls)
        await asyncio.gather(*calls)


async def figures(stores: list[Store], log: Log, projections: Projections, folder: Path) -> Counter[str]:
    """Count what is wrong with the revisions, and what a rebuild finds."""
    lessons = await stores[0].revisions(KEY, limit=2 * TASKS)
    chains: dict[object, list[int]] = {KEY: [lesson.mark.serial for lesson in lessons]}
    for lesson in lessons:
        chains.setdefault(lesson.edition, []).append(lesson.revision)
    with closing(begin(folder / f"{uuid4().hex}.db", "a store", NOON)) as beside:
        await Scan(log, projections, beside, HeldClock(), ttl=timedelta(seconds=TTL_SECONDS)).run()
        differences = sum(beside.counts().values())
    return Counter(
        lessons=len(lessons),
        editions=len(chains) - 1,
        gaps=sum(max(chain, default=0) - len(set(chain)) for chain in chains.values()),
        given_twice=sum(len(chain) - len(set(chain)) for chain in chains.values()),
        twice=len(lessons) - len({lesson.task_id for lesson in lessons}),
        differences=differences,
    )


async def raced(
    deployment: str,
    request: pytest.FixtureRequest,
    folder: Path,
    seed: int,
    languages: Sequence[str] = ONE_EDITION,
    *,
    guarded: bool,
) -> Counter[str]:
    async with two_stores(deployment, request, folder, guarded=guarded) as (stores, log, projections):
        await race(stores, random.Random(seed), languages)
        return await figures(stores, log, projections, folder)


@fault_in_each(26, slow=RABBITMQ)
async def test_two_stores_that_race_for_one_lesson_leave_no_gap(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    found = Counter[str]()
    for seed in range(SEEDS):
        found += await raced(deployment, request, tmp_path, seed, guarded=True)
    measured(
        seeds=SEEDS,
        tasks=SEEDS * TASKS,
        lessons=found["lessons"],
        gaps=found["gaps"],
        given_twice=found["twice"],
        rebuild_differences=found["differences"],
    )
    assert SEEDS < found["lessons"] < SEEDS * TASKS, "none was failed in between, or all were"
    assert (found["gaps"], found["twice"], found["differences"]) == (0, 0, 0)


@fault_in_each(26, slow=RABBITMQ)
async def test_two_stores_that_race_for_editions_of_one_lesson_leave_no_gap_in_any(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    found = Counter[str]()
    for seed in range(SEEDS):
        found += await raced(deployment, request, tmp_path, seed, EDITIONS, guarded=True)
    measured(editions=found["editions"], lessons_of_editions=found["lessons"], gaps_in_editions=found["gaps"])
    assert SEEDS < found["lessons"] < SEEDS * TASKS, "none was failed in between, or all were"
    assert found["editions"] == SEEDS * len(EDITIONS)
    assert (found["gaps"], found["given_twice"], found["twice"], found["differences"]) == (0, 0, 0, 0)


@without_guard(26)
@fault_in_each(26)
async def test_without_the_guard_they_leave_gaps_in_editions(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    gaps, seed = 0, 0
    while not gaps and seed < SEEDS_UNTIL_A_GAP_MAX:
        gaps = (await raced(deployment, request, tmp_path, seed, EDITIONS, guarded=False))["gaps"]
        seed += 1
    assert gaps > 0


@without_guard(26)
@fault_in_each(26)
async def test_without_the_guard_they_leave_gaps(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    gaps, seed = 0, 0
    while not gaps and seed < SEEDS_UNTIL_A_GAP_MAX:
        gaps = (await raced(deployment, request, tmp_path, seed, guarded=False))["gaps"]
        seed += 1
    measured(seeds_until_a_gap_without_guard=seed, gaps_without_guard=gaps)
    assert gaps > 0
