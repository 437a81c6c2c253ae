"""How RabbitMQ is told the topology. Declaring what is there already changes nothing, so it is done often."""

from collections.abc import Collection

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.topology import Newest, Queue, Topology

Arguments = dict[str, str | int]

RETURNS_UNLIMITED = 1_000_000_000
"""For dead-letter queues: left out, RabbitMQ 4 drops what came back 20 times; "none" (-1) is refused by RabbitMQ 3."""


async def declare(connection: AbstractConnection, topology: Topology) -> dict[str, int]:
    """Make every exchange, queue and binding that is not there, on a channel of its own; take retired bindings away.

    Returns how many consumers each queue has. Raises BrokerUnavailable naming the queue or exchange that exists with
    other arguments, and otherwise what aio-pika raises.
    """
    consumers: dict[str, int] = {}
    async with connection.channel(publisher_confirms=False) as channel:
        await _declare_exchange(channel, topology.exchange, ExchangeType.TOPIC)
        for queue in topology.queues():
            consumers[queue.name] = await _declare_queue(channel, queue.name, queue_arguments(queue, topology))
            for routing_key in queue.routing_keys:
                await _bind(channel, queue.name, topology.exchange, routing_key)
            for routing_key in queue.retired_keys:
                await _unbind(channel, queue.name, topology.exchange, routing_key)
        for delay in topology.delays():
            await _declare_exchange(channel, delay.name, ExchangeType.FANOUT)
            await _declare_queue(channel, delay.name, delay_arguments(delay.seconds, topology))
            await _bind(channel, delay.name, delay.name, "")
    return consumers


async def bind(connection: AbstractConnection, topology: Topology) -> None:
    """Make every binding of the exchange of events that is not there. Raises what aio-pika raises."""
    async with connection.channel(publisher_confirms=False) as channel:
        for queue in topology.queues():
            for routing_key in queue.routing_keys:
                await _bind(channel, queue.name, topology.exchange, routing_key)


async def waiting(connection: AbstractConnection, queues: Collection[str]) -> int:
    """Count what is ready in these queues. Raises what aio-pika raises."""
    count = 0
    async with connection.channel(publisher_confirms=False) as channel:
        for queue in queues:
            asked = await channel.declare_queue(queue, passive=True)
            count += asked.declaration_result.message_count or 0
    return count


def queue_arguments(queue: Queue, topology: Topology) -> Arguments:
    """A queue that loses nothing: replicated, refusing when full, and handing on what leaves it unconsumed.

    One that keeps the newest alone drops its oldest when full, and hands it on once: RabbitMQ hands on at least once
    only from queues that refuse.
    """
    if queue.newest is not None:
        arguments = _keeping(queue.newest) | ({"x-dead-letter-exchange": ""} if queue.dead_letter_to else {})
    else:
        arguments = _quorum(topology) | _handing_on() | {"x-delivery-limit": topology.delivery_limit}
    if queue.dead_letter_to:
        arguments["x-dead-letter-routing-key"] = queue.dead_letter_to
    if queue.time_limit_seconds is not None:
        arguments["x-message-ttl"] = round(queue.time_limit_seconds * 1000)
    return arguments


def delay_arguments(seconds: int, topology: Topology) -> Arguments:
    """Name no dead-letter routing key: a message then keeps its own, which names the queue that it returns to."""
    return _quorum(topology) | _handing_on() | {"x-message-ttl": seconds * 1000}


def _quorum(topology: Topology) -> Arguments:
    return {
        "x-queue-type": "quorum",
        "x-max-length": topology.queue_length_max,
        "x-overflow": "reject-publish",
    }


def _keeping(newest: Newest) -> Arguments:
    return {
        "x-queue-type": "quorum",
        "x-max-length": newest.length_max,
        "x-max-length-bytes": newest.size_max_bytes,
        "x-overflow": "drop-head",
        "x-delivery-limit": RETURNS_UNLIMITED,
    }


def _handing_on() -> Arguments:
    return {"x-dead-letter-exchange": "", "x-dead-letter-strategy": "at-least-once"}


async def _declare_exchange(channel: AbstractChannel, name: str, kind: ExchangeType) -> None:
    try:
        await channel.declare_exchange(name, kind, durable=True)
    except ChannelPreconditionFailed as error:
        raise BrokerUnavailable(f"exchange {name!r} exists as another one: {error}") from error


async def _declare_queue(channel: AbstractChannel, name: str, arguments: Arguments) -> int:
    try:
        queue = await channel.declare_queue(name, durable=True, arguments=dict(arguments))
    except ChannelPreconditionFailed as error:
        raise BrokerUnavailable(f"queue {name!r} exists with other arguments: {error}") from error
    return queue.declaration_result.consumer_count or 0


async def _bind(channel: AbstractChannel, queue: str, exchange: str, routing_key: str) -> None:
    bound = await channel.get_queue(queue, ensure=False)
    await bound.bind(exchange, routing_key)


async def _unbind(channel: AbstractChannel, queue: str, exchange: str, routing_key: str) -> None:
    """Take a binding away; that there is none is as good."""
    bound = await channel.get_queue(queue, ensure=False)
    await bound.unbind(exchange, routing_key)
