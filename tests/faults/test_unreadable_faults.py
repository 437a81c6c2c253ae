"""What one task's log holds that this version cannot read harms that task alone, and is told of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala.rebuild.checkpoint import begin
from pathshala.rebuild.folding import Wrong
from pathshala.rebuild.scan import Scan
from pathshala.run.resume import resume
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import ContractError, UnreadableError
from pathshala_common.contract.events import GenerationStarted, LessonEnriched, LessonGenerated, LessonRequested
from pathshala_common.contract.lesson import Absence, Status, Task
from pathshala_common.contract.ports.broker import Delivery
from pathshala_common.contract.ports.operator import Log, Projections
from pathshala_common.contract.ports.store import Change, Page, Store
from pathshala_common.contract.topology import Topology
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.store.mongodb import inspection as mongodb_inspection
from pathshala_common.store.mongodb.log_reader import MongoLog
from pathshala_common.store.mongodb.projections import MongoProjections
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite import inspection as sqlite_inspection
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.projections import SQLiteProjections
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_store.housekeeping import HANDS_SECONDS, Housekeeping, Times
from pathshala_store.retention import LogLimits, Retention
from services.api.tests.given import UNGROUNDED
from tests.clock import NOON, HeldClock
from tests.faults.record import RABBITMQ, Measured, fault_in_each, without_guard
from tests.faults.rooms import Room, a_room, addresses
from tests.faults.unguarded import StrictMongoStore, StrictSQLiteStore
from tests.faults.unreadable import SPOILS, spoil_document, spoiled, too_large
from tests.servers.migrated import MigratedMongoStore
from tests.stories.lessons import a_request
from tests.waiting import until_so

HEALTHY = ("healthy-1", "healthy-2", "healthy-3")
NO_DOCUMENT = "broken-document"
TTL_SECONDS = 3_600.0
STALLED_SECONDS = 180.0
TOPOLOGY = Topology()


@dataclass(slots=True)
class Scene:
    """A store with what works on it, and healthy tasks in the company of others."""

    store: Store
    log: Log
    projections: Projections
    url: str
    clock: HeldClock
    recorder: Recorder
    broker: MemoryBroker
    housekeeping: Housekeeping
    poisoned: Mapping[str, str]
    """Task ids, and what is wrong with each."""


@asynccontextmanager
async def a_scene(
    deployment: str, request: pytest.FixtureRequest, folder: Path, *, strict: bool = False
) -> AsyncIterator[Scene]:
    url = f"{request.getfixturevalue('mongodb_url')}/unread-{uuid4().hex[:12]}"
    file = folder / "pathshala.db"
    clock = HeldClock()
    store: Store
    if deployment == RABBITMQ:
        store = (StrictMongoStore if strict else MigratedMongoStore)(url)
    else:
        store = (StrictSQLiteStore if strict else SQLiteStore)(file)
    log: Log = MongoLog(url) if deployment == RABBITMQ else SQLiteLog(file)
    projections: Projections = MongoProjections(url) if deployment == RABBITMQ else SQLiteProjections(file)
    broker = MemoryBroker(TOPOLOGY, clock=clock)
    await store.open()
    await log.open()
    await projections.open()
    await broker.start()
    for service in ("enricher", "generator", "store"):
        await broker.consume(TOPOLOGY.queue(service), prefetch=10, on_delivery=drop)
    recorder = Recorder(store, clock, task_ttl_seconds=TTL_SECONDS)
    times = Times(interval_seconds=5, task_ttl_seconds=TTL_SECONDS, stalled_seconds=STALLED_SECONDS)
    housekeeping = Housekeeping(store, recorder, broker, clock, exchange=TOPOLOGY.exchange, times=times)
    poisoned = {f"poisoned-{number}": how for number, how in enumerate(SPOILS)} | {NO_DOCUMENT: "broken document"}
    for task_id in (*HEALTHY, *poisoned):
        task = Task(task_id=task_id, request=a_request("faults", task_id))
        await store.create(task, requested(task_id), send_by=NOON)
        await recorder.record([requested(task_id)])
    for task_id, how in poisoned.items():
        await poison(store, task_id, how)
    yield Scene(store, log, projections, url, clock, recorder, broker, housekeeping, poisoned)
    await broker.close()
    await projections.close()
    await log.close()
    await store.close()


async def drop(delivery: Delivery) -> None:
    await delivery.ack()


async def poison(store: Store, task_id: str, how: str) -> None:
    if how not in SPOILS:
        await spoil_document(store, task_id)
        return
    assert await store.append([Change(task_id, 1, [spoiled(started(task_id), how)], None)]) == [True]


def requested(task_id: str) -> Envelope:
    return wrap(LessonRequested(task_id=task_id, request=a_request("faults", task_id)), source="api", now=NOON)


def started(task_id: str) -> Envelope:
    event = GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline")
    return wrap(event, source="generator", now=NOON, cause=requested(task_id))


def enriched(task_id: str) -> Envelope:
    event = LessonEnriched(task_id=task_id, request=a_request("faults", task_id), absence=Absence.NOT_FOUND)
    return wrap(event, source="enricher", now=NOON, cause=requested(task_id))


def written(task_id: str) -> Envelope:
    event = LessonGenerated(task_id=task_id, request=a_request("faults", task_id), content=UNGROUNDED)
    return wrap(event, source="generator", now=NOON, cause=requested(task_id))


@fault_in_each(34)
async def test_every_loop_and_every_other_task_goes_on(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    async with a_scene(deployment, request, tmp_path) as scene:
        store, clock = scene.store, scene.clock
        await scene.recorder.record([enriched(task_id) for task_id in (*HEALTHY, *scene.poisoned)])
        lesson, *overdue = HEALTHY
        await scene.recorder.record([written(lesson), *(written(task_id) for task_id in scene.poisoned)])

        clock.advance(STALLED_SECONDS)
        driven = await scene.housekeeping.drive_on_stalled()
        resumed = await resume(store, scene.recorder.record, scene.broker, TOPOLOGY, clock)
        clock.advance(1_800)
        assert await scene.housekeeping.fail_overdue() == 0
        clock.advance(HANDS_SECONDS)
        failed = await scene.housekeeping.fail_overdue()
        told_again = await scene.housekeeping.fail_overdue()
        await Retention(store, SystemClock(), LogLimits(1, 1, 1)).apply()
        listed = {task.task_id: task for task in await store.tasks(Page(finished_since=NOON, limit=99))}
        with closing(begin(tmp_path / "rebuilt.db", "a store", NOON)) as beside:
            await Scan(scene.log, scene.projections, beside, clock, ttl=timedelta(seconds=TTL_SECONDS)).run()
            told = {one.task_id for one in beside.faults(limit=99) if one.wrong in {Wrong.UNREADABLE, Wrong.BEHIND}}
        checks = (
            mongodb_inspection.checks(scene.url)
            if deployment == RABBITMQ
            else sqlite_inspection.checks(tmp_path / "pathshala.db")
        )
        named = [finding.found for finding in await checks["store readable"]()]
        measured(
            unreadable_tasks=len(scene.poisoned),
            named_by_the_doctor=sum(any(task_id in line for line in named) for task_id in scene.poisoned),
            found_by_a_rebuild=len(told),
            others_ended=sum(listed[task_id].status.final for task_id in HEALTHY),
        )
        assert driven > 0
        assert resumed > 0
        assert listed[lesson].status is Status.COMPLETED
        assert {listed[task_id].status for task_id in overdue} == {Status.FAILED}
        assert (failed, told_again) == (len(overdue), 0)
        assert all(listed[task_id].fault for task_id in scene.poisoned)
        assert sum(any(task_id in line for line in named) for task_id in scene.poisoned) == len(scene.poisoned)
        assert told == set(scene.poisoned)
        with pytest.raises(UnreadableError):
            await store.task(NO_DOCUMENT)


@fault_in_each(34)
async def test_what_is_logged_is_read_however_large_it_is(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with a_scene(deployment, request, tmp_path) as scene:
        [task_id, *_] = HEALTHY
        assert await scene.store.append([Change(task_id, 1, [too_large(started(task_id))], None)]) == [True]

        await scene.recorder.record([written(task_id)])

        task = await scene.store.task(task_id)
        assert task is not None
        assert (task.status, task.fault) == (Status.COMPLETED, None)
        assert len(await scene.store.events(task_id)) == 4


@fault_in_each(34)
async def test_a_task_that_can_be_read_again_goes_on(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with a_scene(deployment, request, tmp_path) as scene:
        task_id = next(iter(scene.poisoned))
        await scene.recorder.record([written(task_id)])
        assert (await scene.store.streams([written(task_id)]))[task_id].fault is not None

        await mend(scene.store, task_id, started(task_id))
        await scene.recorder.record([written(task_id)])

        task = await scene.store.task(task_id)
        assert task is not None
        assert (task.status, task.fault) == (Status.COMPLETED, None)


async def mend(store: Store, task_id: str, envelope: Envelope) -> None:
    """Put what can be read in the place of what cannot, as a later version of the house would find it."""
    if isinstance(store, MongoStore):
        async with store._collections() as (_, events):
            await events.update_one({"_id": f"{task_id}/2"}, {"$set": {"raw": envelope.raw}})
    elif isinstance(store, SQLiteStore):
        change = "UPDATE events SET raw = ? WHERE task_id = ? AND position = 2"
        await store._writer.run(lambda connection: connection.execute(change, (envelope.raw, task_id)))


@without_guard(34)
@fault_in_each(34)
async def test_a_store_that_reads_all_or_nothing_would_end_the_loop(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with a_scene(deployment, request, tmp_path, strict=True) as scene:
        scene.clock.advance(STALLED_SECONDS)

        with pytest.raises(ContractError):
            await scene.housekeeping.drive_on_stalled()


@fault_in_each(34)
async def test_its_status_its_events_and_the_list_say_so(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    how = next(iter(SPOILS))
    async with a_room(**addresses(deployment, request, tmp_path)) as room:
        for task_id in ("unread-tail", "unread-document"):
            task = Task(task_id=task_id, request=a_request("faults", task_id))
            await room.store.create(task, requested(task_id), send_by=SystemClock().now() + timedelta(days=1))
        position = await logged_first(room, "unread-tail")
        await room.store.append([Change("unread-tail", position, [spoiled(started("unread-tail"), how)], None)])
        await spoil_document(room.store, "unread-document")
        await room.tell(enriched("unread-tail"))

        ended = await room.end(await room.ask("another"))
        status = await until_warned(room, "unread-tail")
        broken = await room.client.get("/lessons/status/unread-document")
        events = await room.client.get("/lessons/status/unread-tail/events")
        listed = await room.client.get("/lessons/tasks")

    assert ended.status is Status.COMPLETED
    assert (status["status"], status["subject"]) == ("pending", "faults")
    assert "version '99'" in str(status["warnings"])
    assert (broken.status_code, broken.json()["code"]) == (503, "unreadable")
    assert "cannot read" in next(one["summary"] for one in events.json() if one["position"] == position + 1)
    warned = {one["task_id"]: one.get("warnings") for one in listed.json()["tasks"]}
    assert warned["unread-tail"]
    assert "unread-document" in warned
    assert ended.task_id in warned


async def logged_first(room: Room, task_id: str) -> int:
    """Have the request logged, so that the document is folded up to it."""
    task = await room.store.task(task_id)
    assert await room.store.append([Change(task_id, 0, [requested(task_id)], task)]) == [True]
    return 1


async def until_warned(room: Room, task_id: str) -> Mapping[str, object]:
    async def warned() -> Mapping[str, object] | None:
        answer = (await room.client.get(f"/lessons/status/{task_id}")).json()
        return answer if answer.get("warnings") else None

    return await until_so(warned)
