"""Where brokers of one kind run, and what tests send and take there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel

from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.broker.rabbitmq.variants import names
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Broker, Delivery, HeaderValue, Message
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.clock import SystemClock
from tests.waiting import until, until_so, within

REQUESTED = "lesson.requested"
"""Goes to the queues of the enricher and the store."""

ENRICHED = "lesson.enriched"
"""Goes to the queues of the generator and the store."""

STORED = "lesson.stored"
"""Goes to the notifier's queue alone."""

GENERATED = "lesson.generated"
"""Goes to the store's queue alone."""

UNHEARD = "lesson.unheard"
"""Goes to no queue of ours."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the brokers, beside what only one of them can suffer: all of it stands here."""

    durable: bool
    refuses_wholly: bool
    """Whether a message that one of its queues refuses is in none of the others."""


KINDS: Mapping[str, Kind] = {
    "memory": Kind(durable=False, refuses_wholly=True),
    "rabbitmq": Kind(durable=True, refuses_wholly=False),
}


@dataclass(slots=True)
class Place:
    """Makes brokers of one kind, each in a namespace of its own, and cleans up after them."""

    kind: Kind
    amqp_url: str | None
    made: list[tuple[Broker, Topology]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The URL of its RabbitMQ."""
        assert self.amqp_url is not None, "a broker in memory has none"
        return self.amqp_url

    def broker(self, **limits: Any) -> tuple[Broker, Topology]:
        """Make one that is not started, with the topology's limits as given."""
        topology = Topology(f"test-{uuid4().hex}", **limits)
        if self.amqp_url is None:
            broker: Broker = MemoryBroker(topology, clock=SystemClock())
        else:
            broker = RabbitMQBroker(self.amqp_url, topology)
        self.made.append((broker, topology))
        return broker, topology

    async def started(self, **limits: Any) -> tuple[Broker, Topology]:
        """Make one, start it, and wait until it is well."""
        broker, topology = self.broker(**limits)
        await broker.start()
        await until_well(broker)
        return broker, topology

    async def another(self, topology: Topology) -> Broker:
        """Make a second one of a namespace on RabbitMQ, start it, and wait until it is well; it is closed first."""
        broker = RabbitMQBroker(self.address, topology)
        self.made.insert(0, (broker, topology))
        await broker.start()
        await until_well(broker)
        return broker

    async def close(self) -> None:
        """Close all, and remove what they declared."""
        for broker, topology in self.made:
            await broker.close()
            if self.amqp_url is not None:
                await remove(self.amqp_url, topology)


@dataclass(slots=True)
class Hands:
    """Takes what a queue delivers. Every delivery is acknowledged, or held."""

    ack: bool = True
    taken: list[Delivery] = field(default_factory=list)

    async def take(self, delivery: Delivery) -> None:
        self.taken.append(delivery)
        if self.ack:
            await delivery.ack()

    @property
    def ids(self) -> list[str]:
        return [delivery.message.message_id for delivery in self.taken]

    async def hold(self, count: int) -> list[Delivery]:
        """Wait until so many were delivered; fail if there are more."""
        await until(lambda: len(self.taken) >= count)
        assert len(self.taken) == count, self.ids
        return self.taken


async def hands(broker: Broker, queue: str, *, prefetch: int = 100, ack: bool = True) -> Hands:
    """Consume a queue."""
    made = Hands(ack)
    await broker.consume(queue, prefetch=prefetch, on_delivery=made.take)
    return made


def message(
    exchange: str,
    routing_key: str,
    message_id: str = "",
    *,
    body: bytes = b"{}",
    headers: Mapping[str, HeaderValue] | None = None,
) -> Message:
    identity = message_id or uuid4().hex
    return Message(body, exchange, routing_key, identity, "LessonStored", "task-1", headers or {})


async def until_well(broker: Broker) -> None:
    """Wait until the broker reports no fault."""

    async def well() -> bool:
        return await broker.fault() is None

    await until_so(well)


async def taken(broker: Broker, sent: Message) -> bool:
    """Publish. Tells whether the broker took it."""
    try:
        await broker.publish([sent])
    except BrokerUnavailable:
        return False
    return True


async def published_within(seconds: float, broker: Broker, sent: Message) -> None:
    """Publish again and again until the broker takes it, in as many seconds of an idle machine."""

    async def published() -> bool:
        return await taken(broker, sent)

    await within(seconds, published)


async def remove(amqp_url: str, topology: Topology) -> None:
    """Delete all of a topology, in every variant; RabbitMQ minds no name that is not there."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel: AbstractChannel = await connection.channel()
        delays = [name for delay in topology.delays() for name in names(delay.name)]
        for name in [name for queue in topology.queues() for name in names(queue.name)] + delays:
            await channel.queue_delete(name)
        for name in [topology.exchange, topology.hints_exchange, *delays]:
            await channel.exchange_delete(name)
