"""What is kept stays right: whatever dies between two steps, repeats, comes in any order, races, or fills the disk."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import reduce
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    GenerationStarted,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    RetryScheduled,
)
from pathshala_common.contract.lesson import Absence, Task, lesson_key
from pathshala_common.contract.ports.store import Store
from pathshala_common.recording.projection import begin, evolve
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import UNGROUNDED
from tests.clock import NOON, HeldClock
from tests.faults.record import RABBITMQ, Measured, fault_in_each
from tests.faults.recording import record
from tests.faults.rooms import a_room, addresses
from tests.faults.stepwise import KIND_ON_MONGODB, KINDS
from tests.house.calling import BY_ENVIRONMENT
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stories.lessons import a_request

SEEDS = 1_000
STORE_SEEDS = 40
REPEATS = 5
WRITERS = 50
TTL_SECONDS = 3_600
DRIVING = ("LessonRequested", "LessonEnriched", "LessonGenerated")


@asynccontextmanager
async def a_store(deployment: str, request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Store]:
    """A new store."""
    name = uuid4().hex[:12]
    store: Store = SQLiteStore(folder / f"{name}.db")
    if deployment == RABBITMQ:
        store = MigratedMongoStore(
            of_database(request.getfixturevalue("mongodb_url"), f"data-{name}"), timeout_seconds=PATIENT_SECONDS
        )
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def story(task_id: str, *, generated: bool = True, failed: bool = False) -> list[Envelope]:
    """All that can be told of a task, up to its lesson, its failure, or both."""
    request = a_request("faults", task_id)
    requested = wrap(LessonRequested(task_id=task_id, request=request), source="api", now=NOON)

    def then(event: AnyEvent, attempt: int = 1) -> Envelope:
        return wrap(event, source="test", now=NOON, cause=requested, attempt=attempt)

    told = [requested, then(LessonEnriched(task_id=task_id, request=request, absence=Absence.NOT_FOUND))]
    for attempt in (1, 2):
        started = EnrichmentStarted(task_id=task_id, attempt=attempt, source="wikipedia", query="topic")
        writing = GenerationStarted(task_id=task_id, attempt=attempt, attempts_max=4, writer="offline")
        told += [then(started, attempt), then(writing, attempt)]
    retry = RetryScheduled(
        task_id=task_id,
        service="generator",
        attempt=1,
        attempts_max=4,
        retry_at=NOON,
        delay_seconds=1,
        code="rate_limited",
        reason="the model is rate limited",
    )
    told.append(then(retry))
    if generated:
        told.append(then(LessonGenerated(task_id=task_id, request=request, content=UNGROUNDED)))
    if failed:
        told.append(then(LessonFailed(task_id=task_id, service="store", code="late", message="Late.", failed_at=NOON)))
    return told


def folded(events: Sequence[AnyEvent]) -> Task:
    """The task that events come to, in their order: what begins it may come late."""
    task = begin(events)
    assert task is not None
    return reduce(evolve, events, task)


@fault_in_each(12, slow=RABBITMQ)
async def test_events_that_come_five_times_and_shuffled_make_the_same_document_as_the_log_folded(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    ends = [event for envelope in story("task", generated=False, failed=True) for event in [envelope.event] * REPEATS]
    different = set()
    for seed in range(SEEDS):
        random.Random(seed).shuffle(ends)
        different.add(folded(ends).model_dump_json())
    documents, wrong_rebuilds, logged = set(), 0, set()
    async with a_store(deployment, request, tmp_path) as store:
        recorder = Recorder(store, HeldClock(), task_ttl_seconds=TTL_SECONDS)
        await asyncio.gather(*(_record_shuffled(recorder, story(f"task-{seed}"), seed) for seed in range(STORE_SEEDS)))
        for seed in range(STORE_SEEDS):
            task, log = await store.task(f"task-{seed}"), await store.events(f"task-{seed}")
            assert task is not None
            wrong_rebuilds += folded([envelope.event for envelope in log]) != task
            blank = a_request("faults", "any")
            documents.add(task.model_copy(update={"task_id": "", "request": blank}).model_dump_json())
            logged.add(tuple(sorted(envelope.type for envelope in log)))
            assert len(await store.revisions(lesson_key("faults", f"task-{seed}"), limit=9)) == 1
    measured(
        projection_seeds=SEEDS,
        store_seeds=STORE_SEEDS,
        repeats=REPEATS,
        different_documents=len(different) - 1 + len(documents) - 1,
        wrong_rebuilds=wrong_rebuilds,
    )
    assert len(different) == len(documents) == len(logged) == 1
    assert wrong_rebuilds == 0


async def _record_shuffled(recorder: Recorder, told: Sequence[Envelope], seed: int) -> None:
    """Record repeats in any order, in groups of any size, by two who race."""
    rng = random.Random(seed)
    waiting = list(told) * REPEATS
    rng.shuffle(waiting)
    while waiting:
        sizes = [rng.randint(1, len(waiting)) for _ in range(2)]
        groups = waiting[: sizes[0]], waiting[sizes[0] : sum(sizes)]
        waiting = waiting[sum(sizes) :]
        await asyncio.gather(*(record(recorder, group) for group in groups if group))


@fault_in_each(12, slow=RABBITMQ)
async def test_of_two_final_events_the_first_one_logged_stands_and_a_rebuild_says_the_same(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    wrong, outcomes = 0, set()
    async with a_store(deployment, request, tmp_path) as store:
        recorder = Recorder(store, HeldClock(), task_ttl_seconds=TTL_SECONDS)
        told = {f"race-{seed}": story(f"race-{seed}", failed=True) for seed in range(STORE_SEEDS)}
        await asyncio.gather(*(_record_shuffled(recorder, log, seed) for seed, log in enumerate(told.values())))
        for task_id in told:
            task, log = await store.task(task_id), await store.events(task_id)
            assert task is not None
            first = next(e.type for e in log if e.type in {"LessonStored", "LessonFailed"})
            lessons = await store.revisions(lesson_key("faults", task_id), limit=9)
            stands = "LessonStored" if task.status == "completed" else "LessonFailed"
            wrong += (
                stands != first or folded([e.event for e in log]) != task or len(lessons) != (first == "LessonStored")
            )
            outcomes.add(first)
    measured(races=STORE_SEEDS, not_the_first_logged=wrong)
    assert outcomes == {"LessonStored", "LessonFailed"}
    assert wrong == 0


@fault_in_each(14, slow=RABBITMQ)
async def test_fifty_writers_of_one_lesson_make_fifty_revisions(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    async with a_store(deployment, request, tmp_path) as store:
        written = [_generated(f"writer-{number}") for number in range(WRITERS)]
        writers = [Recorder(store, HeldClock(), task_ttl_seconds=TTL_SECONDS) for _ in written]
        await asyncio.gather(*(record(one, [envelope]) for one, envelope in zip(writers, written, strict=True)))
        lessons = await store.revisions(lesson_key("faults", "one"), limit=WRITERS * 2)
    async with a_room(**addresses(deployment, request, tmp_path)) as room:
        task_ids = await asyncio.gather(*(room.ask("one", user_id=f"user {n}") for n in range(WRITERS)))
        ends = [await room.end(task_id) for task_id in task_ids]
        kept = await room.store.revisions(lesson_key("faults", "one"), limit=WRITERS * 2)
    measured(
        writers=WRITERS,
        revisions=len({one.revision for one in lessons}),
        through_a_house=len({e.revision for e in ends}),
    )
    assert [one.revision for one in lessons] == list(range(WRITERS, 0, -1))
    assert len({one.task_id for one in lessons}) == WRITERS
    assert [one.revision for one in kept] == list(range(WRITERS, 0, -1))
    assert {end.task_id: end.revision for end in ends} == {one.task_id: one.revision for one in kept}


def _generated(task_id: str) -> Envelope:
    event = LessonGenerated(task_id=task_id, request=a_request("faults", "one"), content=UNGROUNDED)
    return wrap(event, source="generator", now=NOON)


@fault_in_each(11, slow=RABBITMQ)
@pytest.mark.slow
def test_a_house_that_dies_after_any_step_publishes_at_least_once_and_applies_once(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    own = {f"PATHSHALA_{name.upper()}": value for name, value in addresses(deployment, request, tmp_path).items()}
    quick = {"PATHSHALA_OUTBOX_RETRY_SECONDS": "1", "PATHSHALA_WRITER": "offline", "PATHSHALA_LOG_LEVEL": "warning"}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.stepwise", str(tmp_path)],
        env={**os.environ, **own, **quick, **BY_ENVIRONMENT, "PATHSHALA_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4_000:]
    houses = [json.loads(line) for line in ended.stdout.splitlines()]
    # In memory nobody is there any more to whom a lesson that is stored could be told.
    told = (*DRIVING, "LessonStored") if deployment == RABBITMQ else DRIVING
    measured(
        deaths=len(houses) - 1,
        different_steps=len({house["exited_after"] for house in houses}),
        least_published=min(house["published"].get(name, 0) for house in houses for name in told),
        most_applied=max(max(len(house["revisions"]), *house["logged"].values()) for house in houses),
    )
    assert houses[-1]["exited_after"] == "all"
    kinds = {house["exited_after"].split()[0] for house in houses}
    assert kinds >= {*KINDS} | ({KIND_ON_MONGODB} if deployment == RABBITMQ else set())
    assert {house["status"] for house in houses} == {"completed"}
    assert all(house["revisions"] == [1] for house in houses)
    assert all(set(house["logged"].values()) == {1} for house in houses), "an event was logged twice"
    assert all(house["logged"].keys() >= {*DRIVING, "LessonStored"} for house in houses)
    assert all(house["published"].get(name, 0) >= 1 for house in houses for name in told)
