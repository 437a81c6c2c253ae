"""Housekeeping drives a task on whose event missed its queue, rarely, and only if it can no longer be on its way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import Envelope, decode
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    LessonEnriched,
    LessonFailed,
    LessonRequested,
    RetryScheduled,
)
from pathshala_common.contract.lesson import Absence
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Delivery
from pathshala_common.contract.ports.claims import ENDED, Claim, Standing
from pathshala_common.contract.topology import Topology
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_store.housekeeping import HANDS_SECONDS, Housekeeping, Times
from tests.clock import NOON, HeldClock
from tests.stories.events import told
from tests.stories.lessons import a_request
from tests.waiting import until

STALLED_SECONDS = 180
TOPOLOGY = Topology()


@dataclass(slots=True)
class Scene:
    """A store with its housekeeping, a broker, and what reaches the enricher's and the generator's queue."""

    clock: HeldClock
    store: SQLiteStore
    broker: MemoryBroker
    recorder: Recorder
    housekeeping: Housekeeping
    arrived: list[Envelope] = field(default_factory=list)

    async def logged(self, event: AnyEvent, cause: Envelope | None = None) -> Envelope:
        envelope = told(event, cause, at=self.clock.now())
        await self.recorder.record([envelope])
        return envelope

    async def take(self, delivery: Delivery) -> None:
        self.arrived.append(decode(delivery.message.body))
        await delivery.ack()

    async def consume(self) -> None:
        for service in ("enricher", "generator", "store"):
            on_delivery = self.drop if service == "store" else self.take
            await self.broker.consume(f"pathshala.{service}", prefetch=10, on_delivery=on_delivery)

    async def drop(self, delivery: Delivery) -> None:
        await delivery.ack()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = HeldClock()
    store, broker = SQLiteStore(tmp_path / "housekeeping.db"), MemoryBroker(TOPOLOGY, clock=clock)
    await store.open()
    await broker.start()
    recorder = Recorder(store, clock, task_ttl_seconds=3_600)
    times = Times(interval_seconds=5, task_ttl_seconds=3_600, stalled_seconds=STALLED_SECONDS)
    housekeeping = Housekeeping(store, recorder, broker, clock, exchange=TOPOLOGY.exchange, times=times)
    yield Scene(clock, store, broker, recorder, housekeeping)
    await broker.close()
    await store.close()


REQUEST = a_request("English", "Verbs", seconds=3_600)


def requested() -> LessonRequested:
    return LessonRequested(task_id="t1", request=REQUEST)


def enriched() -> LessonEnriched:
    return LessonEnriched(task_id="t1", request=REQUEST, absence=Absence.NOT_FOUND)


async def test_a_task_of_which_nothing_was_heard_is_driven_on_by_its_last_driving_event(scene: Scene) -> None:
    await scene.consume()
    first = await scene.logged(requested())
    last = await scene.logged(enriched(), first)
    await scene.logged(EnrichmentStarted(task_id="t1", attempt=1, source="wikipedia", query="verbs"), first)
    scene.clock.advance(STALLED_SECONDS)
    assert await scene.housekeeping.drive_on_stalled() == 1
    await until(lambda: scene.arrived)
    assert [envelope.raw for envelope in scene.arrived] == [last.raw]


async def test_it_is_left_alone_until_then(scene: Scene) -> None:
    await scene.logged(requested())
    scene.clock.advance(STALLED_SECONDS - 1)
    assert await scene.housekeeping.drive_on_stalled() == 0


async def test_a_clock_that_is_set_forward_makes_no_moment_of_silence_an_hour(scene: Scene) -> None:
    await scene.consume()
    await scene.logged(requested())
    scene.clock.set_by = timedelta(hours=1)
    scene.clock.advance(STALLED_SECONDS - 1)
    assert await scene.housekeeping.drive_on_stalled() == 0
    scene.clock.advance(1)
    assert await scene.housekeeping.drive_on_stalled() == 1


async def test_each_time_takes_twice_as_long(scene: Scene) -> None:
    await scene.consume()
    await scene.logged(requested())
    driven_at = []
    for minute in range(1, 31):
        scene.clock.advance(60)
        if await scene.housekeeping.drive_on_stalled():
            driven_at.append(minute)
    assert driven_at == [3, 6, 12, 24]


async def test_a_task_that_somebody_works_on_is_not_driven_on_however_long_it_is_silent(scene: Scene) -> None:
    asked = await scene.logged(requested())
    scene.clock.advance(STALLED_SECONDS)
    now = scene.clock.now()
    claim = Claim(asked.task_id, asked.id, 1)
    await scene.store.claim("generator", [claim], now=now, until=now + timedelta(seconds=20))

    assert await scene.housekeeping.drive_on_stalled() == 0
    scene.clock.advance(STALLED_SECONDS)
    assert await scene.housekeeping.drive_on_stalled() == 1


async def test_what_was_paid_for_a_moment_ago_is_not_driven_on_while_a_store_may_have_it_in_hand(scene: Scene) -> None:
    """The lesson left the queue before anybody looked, and is not logged yet: silence says nothing."""
    asked = await scene.logged(requested())
    scene.clock.advance(STALLED_SECONDS)
    now, claim = scene.clock.now(), Claim(asked.task_id, asked.id, 1)
    await scene.store.claim("generator", [claim], now=now, until=now + timedelta(seconds=20))
    await scene.store.settle("generator", [replace(claim, attempt=ENDED)])

    assert await scene.housekeeping.drive_on_stalled() == 0
    assert await scene.store.claim("other", [claim], now=now, until=now) == [Standing.PASSED]
    scene.clock.advance(20 + HANDS_SECONDS + STALLED_SECONDS)
    assert await scene.housekeeping.drive_on_stalled() == 1


async def test_what_is_driven_on_may_be_claimed_anew_whatever_was_claimed_before(scene: Scene) -> None:
    asked = await scene.logged(requested())
    now = scene.clock.now()
    claim = Claim(asked.task_id, asked.id, 1)
    await scene.store.claim("generator", [claim], now=now, until=now)
    await scene.store.settle("generator", [replace(claim, attempt=ENDED)])

    scene.clock.advance(STALLED_SECONDS)
    assert await scene.housekeeping.drive_on_stalled() == 1

    assert await scene.store.claim("other", [claim], now=now, until=now) == [Standing.GRANTED]


async def test_while_something_waits_in_a_queue_the_event_may_wait_there_too(scene: Scene) -> None:
    first = await scene.logged(requested())
    await scene.broker.publish([event_message(first, TOPOLOGY.exchange)])
    scene.clock.advance(STALLED_SECONDS)
    assert await scene.broker.waiting() > 0
    assert await scene.housekeeping.drive_on_stalled() == 0


async def test_a_retry_that_was_announced_is_waited_for(scene: Scene) -> None:
    first = await scene.logged(requested())
    retry_at = NOON + timedelta(seconds=600)
    told = RetryScheduled(
        task_id="t1",
        service="enricher",
        attempt=1,
        attempts_max=4,
        retry_at=retry_at,
        delay_seconds=600,
        code="busy",
        reason="It is busy",
    )
    await scene.logged(told, first)
    scene.clock.advance(600 + STALLED_SECONDS - 1)
    assert await scene.housekeeping.drive_on_stalled() == 0
    scene.clock.advance(STALLED_SECONDS)
    assert await scene.housekeeping.drive_on_stalled() == 1


async def test_a_task_that_ended_is_not_driven_on(scene: Scene) -> None:
    first = await scene.logged(requested())
    failed = LessonFailed(task_id="t1", service="store", code="late", message="Late.", failed_at=NOON)
    await scene.logged(failed, first)
    scene.clock.advance(STALLED_SECONDS)
    assert await scene.housekeeping.drive_on_stalled() == 0


@pytest.mark.parametrize("away_seconds", [2 * STALLED_SECONDS, 2 * STALLED_SECONDS - 10, STALLED_SECONDS - 10])
async def test_after_something_was_down_silence_says_nothing_for_as_long_again(
    scene: Scene, away_seconds: float
) -> None:
    scene.broker = broker = MemoryBroker(TOPOLOGY, clock=scene.clock)
    times = Times(interval_seconds=5, task_ttl_seconds=3_600, stalled_seconds=STALLED_SECONDS)
    late = Housekeeping(scene.store, scene.recorder, broker, scene.clock, exchange=TOPOLOGY.exchange, times=times)
    await scene.consume()
    await scene.logged(requested())
    running = asyncio.create_task(late.run())
    await scene.clock.run_for(away_seconds, step_seconds=5)
    await broker.start()
    began = scene.clock.now()
    await scene.clock.run_until(lambda: bool(scene.arrived), step_seconds=5)
    assert scene.clock.now() - began >= timedelta(seconds=STALLED_SECONDS - 10)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await broker.close()
