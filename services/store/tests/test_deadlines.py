"""A lesson that was written in time is not thrown away because the store was away when its deadline passed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from libs.common.tests.store.examples import content
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import Envelope, decode, wrap
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.events import LessonGenerated, LessonRequested, RetryScheduled
from pathshala_common.contract.lesson import Status
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Delivery
from pathshala_common.contract.ports.claims import ENDED, Claim
from pathshala_common.contract.topology import Topology
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_store.housekeeping import HANDS_SECONDS, Housekeeping, Times
from tests.clock import NOON, HeldClock
from tests.stories.lessons import a_request

TASK = "t1"
DEADLINE_SECONDS = 60
INTERVAL_SECONDS = 5
TOPOLOGY = Topology()
REQUEST = a_request("English", "Verbs", seconds=DEADLINE_SECONDS)
REQUESTED = wrap(LessonRequested(task_id=TASK, request=REQUEST), source="api", now=NOON)


@dataclass(slots=True)
class Scene:
    """A task whose deadline has passed, a store with its housekeeping, and the queue of the store."""

    clock: HeldClock
    store: SQLiteStore
    broker: MemoryBroker
    recorder: Recorder
    housekeeping: Housekeeping
    running: asyncio.Task[None] | None = None

    def written(self) -> Envelope:
        """The lesson, written before its deadline."""
        event = LessonGenerated(task_id=TASK, request=REQUEST, content=content())
        return wrap(event, source="generator", now=NOON, cause=REQUESTED)

    async def given_waiting(self, envelope: Envelope) -> None:
        await self.broker.publish([event_message(envelope, TOPOLOGY.exchange)])

    async def consume(self) -> None:
        async def record(delivery: Delivery) -> None:
            await self.recorder.record([decode(delivery.message.body)])
            await delivery.ack()

        await self.broker.consume(TOPOLOGY.queue("store"), prefetch=10, on_delivery=record)

    def start(self) -> None:
        self.running = asyncio.create_task(self.housekeeping.run())

    async def passes(self, seconds: float) -> None:
        await self.clock.run_for(seconds, step_seconds=1)

    async def status(self) -> Status:
        task = await self.store.task(TASK)
        assert task is not None
        return task.status


def housekeeping(scene_store: SQLiteStore, recorder: Recorder, broker: MemoryBroker, clock: HeldClock) -> Housekeeping:
    times = Times(INTERVAL_SECONDS, task_ttl_seconds=3_600, stalled_seconds=3_600)
    return Housekeeping(scene_store, recorder, broker, clock, exchange=TOPOLOGY.exchange, times=times)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = HeldClock()
    store, broker = SQLiteStore(tmp_path / "deadlines.db"), MemoryBroker(TOPOLOGY, clock=clock)
    await store.open()
    await broker.start()
    recorder = Recorder(store, clock, task_ttl_seconds=3_600)
    await recorder.record([REQUESTED])
    clock.advance(DEADLINE_SECONDS)
    made = Scene(clock, store, broker, recorder, housekeeping(store, recorder, broker, clock))
    yield made
    if made.running is not None:
        made.running.cancel()
        with suppress(asyncio.CancelledError):
            await made.running
    await broker.close()
    await store.close()


async def test_a_task_of_which_nothing_is_on_its_way_fails_soon_after_its_deadline(scene: Scene) -> None:
    scene.start()
    await scene.passes(HANDS_SECONDS - 1)
    assert await scene.status() is Status.PENDING
    await scene.passes(INTERVAL_SECONDS + 1)
    assert await scene.status() is Status.FAILED


async def test_a_lesson_that_waited_for_the_store_past_its_deadline_is_stored(scene: Scene) -> None:
    await scene.given_waiting(scene.written())
    scene.start()
    await scene.passes(10 * HANDS_SECONDS)
    assert await scene.status() is Status.PENDING
    await scene.consume()
    await scene.passes(10 * HANDS_SECONDS)
    assert await scene.status() is Status.COMPLETED


async def test_a_lesson_in_the_hands_of_a_store_that_freezes_is_stored_by_another(scene: Scene) -> None:
    held: list[Delivery] = []

    async def hold(delivery: Delivery) -> None:
        held.append(delivery)

    frozen = await scene.broker.consume(TOPOLOGY.queue("store"), prefetch=10, on_delivery=hold)
    await scene.given_waiting(scene.written())
    scene.start()
    await scene.passes(HANDS_SECONDS - INTERVAL_SECONDS)
    await frozen.cancel()
    await held[0].requeue()
    await scene.passes(10 * HANDS_SECONDS)
    await scene.consume()
    await scene.passes(10 * HANDS_SECONDS)
    assert await scene.status() is Status.COMPLETED


async def test_while_the_broker_is_away_nobody_fails_and_once_it_is_back_all_do(scene: Scene) -> None:
    away = MemoryBroker(TOPOLOGY, clock=scene.clock)
    scene.housekeeping = housekeeping(scene.store, scene.recorder, away, scene.clock)
    with pytest.raises(BrokerUnavailable):
        await scene.housekeeping.fail_overdue()
    scene.start()
    await scene.passes(10 * HANDS_SECONDS)
    assert await scene.status() is Status.PENDING
    await away.start()
    await scene.passes(HANDS_SECONDS + 2 * INTERVAL_SECONDS)
    assert await scene.status() is Status.FAILED
    await away.close()


async def test_a_task_that_somebody_writes_or_publishes_does_not_fail_before_its_lease_ends(scene: Scene) -> None:
    claim = Claim(TASK, REQUESTED.id, 1)
    await scene.store.claim("generator", [claim], now=NOON, until=NOON + timedelta(hours=1))
    scene.start()
    await scene.passes(10 * HANDS_SECONDS)
    assert await scene.status() is Status.PENDING
    await scene.store.settle("generator", [replace(claim, attempt=ENDED)])
    await scene.passes(INTERVAL_SECONDS)
    assert await scene.status() is Status.FAILED


async def test_a_task_that_the_store_tries_again_to_log_does_not_fail_before(scene: Scene) -> None:
    told = RetryScheduled(
        task_id=TASK,
        service="store",
        attempt=1,
        attempts_max=4,
        retry_at=scene.clock.now() + timedelta(seconds=300),
        delay_seconds=300,
        code="contended",
        reason="Others were faster",
    )
    await scene.recorder.record([wrap(told, source="store", now=NOON, cause=REQUESTED)])
    scene.start()
    await scene.passes(300)
    assert await scene.status() is Status.IN_PROGRESS
    await scene.passes(HANDS_SECONDS + INTERVAL_SECONDS)
    assert await scene.status() is Status.FAILED


async def test_after_its_owner_was_frozen_the_queue_counts_as_not_looked_at(scene: Scene) -> None:
    assert await scene.housekeeping.fail_overdue() == 0
    scene.clock.advance(2 * HANDS_SECONDS)
    assert await scene.housekeeping.fail_overdue() == 0
    scene.clock.advance(HANDS_SECONDS)
    assert await scene.housekeeping.fail_overdue() == 1
