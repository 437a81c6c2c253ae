"""What arrives at once is handled together, and each delivery has its own fate all the same."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from libs.common.tests.runtime.scene import REQUEST
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract import messages
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import Reject, StoreUnavailable
from pathshala_common.contract.events import AnyEvent, EnrichmentStarted, LessonRequested
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.topology import Topology, inputs
from pathshala_common.runtime.consumer import Consumer, Limits
from pathshala_common.runtime.retry import RetryPolicy
from pathshala_common.runtime.together import SIZE_MAX
from tests.clock import HeldClock
from tests.stories.events import requested
from tests.waiting import settled, until

BROKEN = Message(b"{", "", Topology().queue("store"), message_id="broken")


def arriving(*names: str, **headers: int) -> list[Message]:
    """Requests of these tasks, as they come to the store."""
    queue = Topology().queue("store")
    return [Message(requested(name, REQUEST).raw, "", queue, message_id=name, headers=headers) for name in names]


@dataclass
class Store:
    """A store's consumer over a broker in memory, and what its handlers were given, together and alone."""

    broker: MemoryBroker
    clock: HeldClock
    consumer: Consumer
    batches: list[list[str]] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    down: bool = False
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def in_hand(self) -> int:
        return len(self.broker._queues[Topology().queue("store")]._in_hand)

    async def together(self, envelopes: Sequence[Envelope]) -> Sequence[AnyEvent | None]:
        self.batches.append([envelope.task_id for envelope in envelopes])
        await self.may_end.wait()
        self._meet(envelopes)
        return [self._led_to(envelope) for envelope in envelopes]

    async def one(self, _event: AnyEvent, context: Context) -> AsyncGenerator[AnyEvent, None]:
        self.alone.append(context.envelope.task_id)
        self._meet([context.envelope])
        if (led_to := self._led_to(context.envelope)) is not None:
            yield led_to

    def _meet(self, envelopes: Sequence[Envelope]) -> None:
        if self.down:
            raise StoreUnavailable("down")
        if self.refused & {one.task_id for one in envelopes if isinstance(one.event, LessonRequested)}:
            raise Reject("refused", "one of them is not to be had")

    def _led_to(self, envelope: Envelope) -> AnyEvent | None:
        """An event that the store takes itself, so that the next batch shows it."""
        if not envelope.task_id.startswith("leads"):
            return None
        return EnrichmentStarted(task_id=f"after-{envelope.task_id}", attempt=1, source="wikipedia", query="verbs")


@asynccontextmanager
async def store() -> AsyncIterator[Store]:
    clock, topology = HeldClock(), Topology()
    broker = MemoryBroker(topology, clock=clock)

    async def one(event: AnyEvent, context: Context) -> AsyncGenerator[AnyEvent, None]:
        async for led_to in here.one(event, context):
            yield led_to

    limits = Limits(2 * SIZE_MAX, RetryPolicy(3, delay_seconds_first=2, delay_seconds_max=60), 100_000)
    consumer = Consumer(
        "store", dict.fromkeys(inputs("store"), one), broker=broker, topology=topology, clock=clock, limits=limits
    )
    here = Store(broker, clock, consumer)
    here.may_end.set()

    async def bury(delivery: Delivery) -> None:
        here.dead.append(delivery.message)
        await delivery.ack()

    await broker.start()
    await broker.consume(topology.dead_queue("store"), prefetch=100, on_delivery=bury)
    await consumer.start(together=here.together)
    try:
        yield here
    finally:
        await consumer.drain(0)
        await broker.close()


async def test_what_comes_at_once_is_handled_at_once_and_what_comes_meanwhile_is_the_next_batch() -> None:
    async with store() as here:
        here.may_end.clear()
        await here.broker.publish(arriving("a", "b", "c"))
        await until(lambda: here.batches)
        await here.broker.publish(arriving("d"))
        await here.broker.publish(arriving("e"))
        await settled()
        here.may_end.set()
        await until(lambda: len(here.batches) == 2 and not here.in_hand)
        assert here.batches == [["a", "b", "c"], ["d", "e"]]
        assert here.alone == []


async def test_no_batch_is_larger_than_the_limit() -> None:
    async with store() as here:
        await here.broker.publish(arriving(*map(str, range(SIZE_MAX + 1))))
        await until(lambda: len(here.batches) == 2)
        assert [len(batch) for batch in here.batches] == [SIZE_MAX, 1]


async def test_what_they_lead_to_is_published_before_they_are_acknowledged() -> None:
    async with store() as here:
        await here.broker.publish(arriving("leads-a", "b", "leads-c"))
        await until(lambda: len(here.batches) == 2)
        assert here.batches[1] == ["after-leads-a", "after-leads-c"]


async def test_bytes_that_are_no_event_are_dead_and_harm_nobody_in_their_batch() -> None:
    async with store() as here:
        await here.broker.publish([*arriving("a"), BROKEN, *arriving("b")])
        await until(lambda: here.dead and not here.in_hand)
        assert [dead.body for dead in here.dead] == [BROKEN.body]
        assert (here.batches, here.alone) == ([["a", "b"]], [])


async def test_of_a_batch_that_fails_each_is_handled_alone_and_has_its_own_fate() -> None:
    async with store() as here:
        here.refused = {"b"}
        await here.broker.publish(arriving("a", "b", "c"))
        await until(lambda: here.dead and len(here.batches) == 2 and not here.in_hand)
        assert [dead.headers[messages.DEAD_CODE] for dead in here.dead] == ["refused"]
        assert [dead.message_id for dead in here.dead] == ["b"]
        assert sorted(here.alone) == ["a", "b", "c"]


async def test_while_the_store_is_down_all_wait_and_one_at_a_time_tries() -> None:
    async with store() as here:
        here.down = True
        await here.broker.publish(arriving("a", "b"))
        await until(lambda: here.alone)
        await here.broker.publish(arriving("c"))
        await settled()
        assert (here.batches, here.in_hand) == ([["a", "b"]], 3)
        tried = len(here.alone)
        await here.clock.run_until(lambda: len(here.alone) == tried + 1, step_seconds=0.1)
        here.down = False
        await here.clock.run_until(lambda: not here.in_hand, step_seconds=1)
        assert {"a", "b", "c"} == set(here.alone)
        assert not here.dead

        await here.broker.publish(arriving("d"))
        await until(lambda: here.batches[-1] == ["d"])


@pytest.mark.parametrize("headers", [{messages.ATTEMPT: 2}, {messages.RETURNS: 1}], ids=["tried before", "came back"])
async def test_one_that_was_tried_before_is_handled_alone(headers: dict[str, int]) -> None:
    async with store() as here:
        await here.broker.publish([*arriving("a"), *arriving("b", **headers)])
        await until(lambda: here.batches and here.alone and not here.in_hand)
        assert (here.batches, here.alone) == ([["a"]], ["b"])


async def test_what_a_drain_cuts_off_is_handed_back() -> None:
    async with store() as here:
        here.may_end.clear()
        await here.broker.publish(arriving("a", "b"))
        await until(lambda: here.batches)
        await here.broker.publish(arriving("c"))
        await settled()
        await here.consumer.drain(0)

        returned: list[Delivery] = []

        async def take(delivery: Delivery) -> None:
            returned.append(delivery)

        await here.broker.consume(Topology().queue("store"), prefetch=10, on_delivery=take)
        await until(lambda: len(returned) == 3)
        assert sorted(delivery.message.message_id for delivery in returned) == ["a", "b", "c"]
        assert {delivery.returns for delivery in returned} == {0}


async def test_a_drain_lets_a_batch_finish() -> None:
    async with store() as here:
        here.may_end.clear()
        await here.broker.publish(arriving("a", "b"))
        await until(lambda: here.batches)
        draining = asyncio.create_task(here.consumer.drain(10))
        await settled()
        here.may_end.set()
        await draining
        assert (here.batches, here.in_hand) == ([["a", "b"]], 0)
