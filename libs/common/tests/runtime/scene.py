"""A consumer at work over a broker in memory: what the tests of the consumer loop start from."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import Envelope, decode
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    Event,
    LessonEnriched,
    LessonRequested,
)
from pathshala_common.contract.lesson import Absence
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.consumer import Consumer, Limits
from pathshala_common.runtime.leases import Leases
from pathshala_common.runtime.retry import RetryPolicy
from tests.clock import HeldClock
from tests.stories.events import requested
from tests.stories.lessons import a_request

HandlerBody = Callable[[LessonRequested, Context], AsyncGenerator[AnyEvent, None]]

DEADLINE_SECONDS = 3_000


REQUEST = a_request(seconds=DEADLINE_SECONDS)
REQUESTED = requested("task-1", REQUEST)
ENRICHED = LessonEnriched(task_id="task-1", request=REQUEST, absence=Absence.NOT_FOUND)


@dataclass
class Scene:
    """An enricher over a broker in memory, with everything that leaves it in plain sight."""

    broker: MemoryBroker
    clock: HeldClock
    topology: Topology
    consumer: Consumer
    told: list[Envelope] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)

    async def given(self, *bodies: bytes) -> None:
        queue = self.topology.queue("enricher")
        await self.broker.publish([Message(body, "", queue, message_id="m") for body in bodies])

    def told_of(self, event: type[Event]) -> list[Envelope]:
        return [envelope for envelope in self.told if isinstance(envelope.event, event)]


@asynccontextmanager
async def scene(
    body: HandlerBody,
    *,
    attempts_max: int = 3,
    topology: Topology | None = None,
    leases: Leases | None = None,
    broker_type: type[MemoryBroker] = MemoryBroker,
) -> AsyncIterator[Scene]:
    clock, topology = HeldClock(), topology or Topology(enrichment_wait_seconds=86_400)
    broker = broker_type(topology, clock=clock)
    attempts: list[int] = []

    async def on_lesson_requested(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        attempts.append(context.attempt)
        async for item in body(event, context):
            yield item

    consumer = Consumer(
        "enricher",
        {LessonRequested: on_lesson_requested},
        broker=broker,
        topology=topology,
        clock=clock,
        limits=Limits(10, RetryPolicy(attempts_max, delay_seconds_first=2, delay_seconds_max=60), 100_000),
        leases=leases,
    )
    here = Scene(broker, clock, topology, consumer, attempts=attempts)

    async def watch(delivery: Delivery) -> None:
        here.told.append(decode(delivery.message.body))
        await delivery.ack()

    async def bury(delivery: Delivery) -> None:
        here.dead.append(delivery.message)
        await delivery.ack()

    await broker.start()
    await broker.consume(topology.queue("store"), prefetch=100, on_delivery=watch)
    await broker.consume(topology.dead_queue("enricher"), prefetch=100, on_delivery=bury)
    await consumer.start()
    try:
        yield here
    finally:
        await consumer.drain(0)
        await broker.close()


def requests(count: int) -> list[bytes]:
    """Requests of so many tasks, as they travel."""
    return [requested(f"task-{number}", REQUEST).raw for number in range(count)]


def enriched(event: LessonRequested) -> LessonEnriched:
    return LessonEnriched(task_id=event.task_id, request=event.request, absence=Absence.NOT_FOUND)


async def enrich(_event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
    yield EnrichmentStarted(task_id="task-1", attempt=context.attempt, source="wikipedia", query="verbs")
    yield ENRICHED
