"""A house in one process that died takes up what was unfinished, and counts what it had in hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from pathshala.run.resume import resume
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.memory.in_flight import InFlightJournal
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import LessonEnriched, LessonRequested, TaskResumed
from pathshala_common.contract.lesson import Absence, Task
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Delivery, OnDelivery
from pathshala_common.contract.ports.claims import ENDED, Claim, Standing
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON, HeldClock
from tests.stories.lessons import a_request
from tests.waiting import until

TOPOLOGY = Topology()
REQUEST = a_request(seconds=3_600)


@dataclass
class Life:
    """One start of a house: its store and broker, and what its consumers were given, by queue."""

    store: SQLiteStore
    recorder: Recorder
    broker: MemoryBroker
    clock: HeldClock
    held: dict[str, list[Delivery]] = field(default_factory=dict)

    async def kept(self, task_id: str) -> Envelope:
        """Accept a request, whose event is in the outbox only."""
        requested = wrap(LessonRequested(task_id=task_id, request=REQUEST), source="api", now=NOON)
        await self.store.create(Task(task_id=task_id, request=REQUEST), requested, send_by=NOON)
        return requested

    async def enriched(self, task_id: str) -> Envelope:
        """Bring a task to where its generator is asked."""
        requested = await self.kept(task_id)
        event = LessonEnriched(task_id=task_id, request=REQUEST, absence=Absence.NOT_FOUND)
        enriched = wrap(event, source="enricher", now=NOON, cause=requested)
        await self.recorder.record([requested, enriched])
        return enriched

    async def resume(self) -> None:
        await resume(self.store, self.recorder.record, self.broker, TOPOLOGY, self.clock)

    async def take_up(self, *, prefetch: int = 10) -> None:
        """Begin to consume, and hold whatever comes."""
        for service in SUBSCRIPTIONS:
            for queue in (TOPOLOGY.queue(service), TOPOLOGY.suspects_queue(service)):
                await self.broker.consume(queue, prefetch=prefetch, on_delivery=self.holding(queue))

    def holding(self, queue: str) -> OnDelivery:
        """Hold whatever comes from a queue."""

        async def hold(delivery: Delivery) -> None:
            self.held.setdefault(queue.removeprefix("pathshala."), []).append(delivery)

        return hold

    def given(self, queue: str) -> list[tuple[str, int]]:
        """Task and returns of each delivery of a queue."""
        return [(one.message.correlation_id, one.returns) for one in self.held.get(queue, [])]

    async def returns(self, task_id: str) -> list[int]:
        """What the log tells of returns."""
        events = [envelope.event for envelope in await self.store.events(task_id)]
        return [event.returns for event in events if isinstance(event, TaskResumed)]


@asynccontextmanager
async def a_life(folder: Path, *, in_order: bool = False) -> AsyncIterator[Life]:
    """Start; at the end die, or stop in order."""
    clock = HeldClock()
    store = SQLiteStore(folder / "house.db")
    broker = MemoryBroker(TOPOLOGY, clock=clock, hands=InFlightJournal(folder / "house.db.hands"))
    await store.open()
    await broker.start()
    yield Life(store, Recorder(store, clock, task_ttl_seconds=3_600), broker, clock)
    if in_order:
        await broker.close()
    await store.close()


async def test_only_what_was_in_hand_at_the_death_has_returned(tmp_path: Path) -> None:
    async with a_life(tmp_path) as first:
        for task_id in ("in-hand", "waiting"):
            await first.broker.publish([event_message(await first.enriched(task_id), TOPOLOGY.exchange)])
        await first.broker.consume(TOPOLOGY.queue("generator"), prefetch=1, on_delivery=first.holding("generator"))
        await until(lambda: first.given("generator") == [("in-hand", 0)])
    async with a_life(tmp_path) as second:
        await second.resume()
        assert (await second.returns("in-hand"), await second.returns("waiting")) == ([1], [])
        await second.take_up()
        await until(lambda: len(second.given("generator")) == 2)


async def test_what_was_paid_for_but_not_logged_at_the_death_is_claimed_by_nobody(tmp_path: Path) -> None:
    async with a_life(tmp_path) as first:
        enriched = await first.enriched("paid")
        claim, later = Claim("paid", enriched.id, 1), NOON + timedelta(seconds=25)
        await first.store.claim("dead", [claim], now=NOON, until=later)
        await first.store.settle("dead", [replace(claim, attempt=ENDED)])
    async with a_life(tmp_path) as second:
        assert await second.store.claim("alive", [claim], now=NOON, until=later) == [Standing.PASSED]
        await second.resume()
        assert await second.store.claim("alive", [claim], now=NOON, until=later) == [Standing.GRANTED]


async def test_who_dies_over_a_message_three_times_meets_it_alone_and_then_as_returned(tmp_path: Path) -> None:
    async with a_life(tmp_path) as first:
        await first.broker.publish([event_message(await first.enriched("poison"), TOPOLOGY.exchange)])
        await first.take_up()
        await until(lambda: first.given("generator"))
    async with a_life(tmp_path) as second:
        await second.resume()
        await second.take_up()
        await until(lambda: second.given("generator"))
    async with a_life(tmp_path) as third:
        await third.resume()
        await third.take_up()
        third.clock.advance(5)
        await until(lambda: third.given("generator.suspects") == [("poison", 0)])
        assert third.given("generator") == []
    async with a_life(tmp_path) as fourth:
        await fourth.resume()
        await fourth.take_up()
        await until(lambda: fourth.given("generator.suspects") == [("poison", 1)])
        assert await fourth.returns("poison") == [1, 2, 3]


async def test_a_suspect_that_was_not_taken_up_yet_is_charged_for_no_death(tmp_path: Path) -> None:
    async with a_life(tmp_path) as first:
        driving = await first.enriched("suspect")
        counts = [TaskResumed(task_id="suspect", returns=returns) for returns in (1, 2)]
        told = [wrap(one, source="house", now=NOON, cause=driving, attempt=one.returns) for one in counts]
        await first.recorder.record(told)
    for _ in range(3):
        async with a_life(tmp_path) as hurried:
            await hurried.resume()
            await hurried.take_up()
            hurried.clock.advance(4)
    async with a_life(tmp_path) as patient:
        await patient.resume()
        await patient.take_up()
        patient.clock.advance(5)
        await until(lambda: patient.given("generator.suspects") == [("suspect", 0)])


async def test_a_stop_in_order_is_no_death(tmp_path: Path) -> None:
    async with a_life(tmp_path, in_order=True) as first:
        await first.broker.publish([event_message(await first.enriched("task"), TOPOLOGY.exchange)])
        await first.take_up()
        await until(lambda: first.given("generator"))
    async with a_life(tmp_path) as second:
        await second.resume()
        assert await second.returns("task") == []


async def test_what_drove_a_task_on_since_begins_a_new_count(tmp_path: Path) -> None:
    async with a_life(tmp_path) as first:
        await first.broker.publish([event_message(await first.kept("task"), TOPOLOGY.exchange)])
        await first.take_up()
        await until(lambda: first.given("enricher"))
    async with a_life(tmp_path) as second:
        await second.resume()
        event = LessonEnriched(task_id="task", request=REQUEST, absence=Absence.NOT_FOUND)
        (requested, resumed) = await second.store.events("task")
        await second.recorder.record([wrap(event, source="enricher", now=NOON, cause=requested)])
        assert resumed.causation_id == requested.id
        await second.take_up()
        await until(lambda: second.given("enricher"))
    async with a_life(tmp_path) as third:
        await third.resume()
        assert await third.returns("task") == [1, 1]
        await third.take_up()
        await until(lambda: third.given("generator"))


async def test_a_house_that_dies_while_it_resumes_loses_no_request(tmp_path: Path) -> None:
    async with a_life(tmp_path) as first:
        await first.kept("task")
    async with a_life(tmp_path) as second:
        await second.store.claim_outbox(NOON, until=NOON + timedelta(days=1), limit=10)
    async with a_life(tmp_path) as third:
        await third.resume()
        await third.take_up()
        await until(lambda: third.given("enricher") == [("task", 0)])
