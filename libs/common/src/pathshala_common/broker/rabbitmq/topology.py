"""Declares the topology on RabbitMQ. Declaring again changes nothing, so it is done often."""

from collections.abc import Collection

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from pathshala_common.broker.rabbitmq.variants import Channels, Found, MisfitError, Variants, declare_variant, peek
from pathshala_common.contract.topology import Newest, Queue, Topology

Arguments = dict[str, str | int]

REFUSING = "reject-publish"

RETURNS_UNLIMITED = 1_000_000_000
"""For dead-letter queues: left out, RabbitMQ 4 drops what came back 20 times; "none" (-1) is refused by RabbitMQ 3."""


async def declare(connection: AbstractConnection, topology: Topology) -> Variants:
    """Make every exchange, queue and binding that is not there; take retired bindings away.

    Raises MisfitError naming what exists otherwise and cannot be had beside that; else what aio-pika raises.
    """
    found: dict[str, Found] = {}
    async with Channels(connection) as channels:
        await _declare_exchange(channels, topology.exchange, ExchangeType.TOPIC)
        for queue in topology.queues():
            found[queue.name] = await declare_variant(channels, queue.name, queue_arguments(queue, topology))
            await bind_queue(await channels.get(), queue, found[queue.name].name, topology.exchange)
        for delay in topology.delays():
            arguments = delay_arguments(delay.seconds, topology)
            found[delay.name] = await declare_variant(channels, delay.name, arguments)
            await _lead_to(channels, found[delay.name].name)
    return Variants(found)


async def bind(connection: AbstractConnection, topology: Topology, variants: Variants) -> None:
    """Make every binding of the exchange of events that is not there. Raises what aio-pika raises."""
    async with connection.channel(publisher_confirms=False) as channel:
        for queue in topology.queues():
            for routing_key in queue.routing_keys:
                await _bind(channel, variants.name(queue.name), topology.exchange, routing_key)


async def bind_queue(channel: AbstractChannel, queue: Queue, name: str, exchange: str) -> None:
    """Bind a variant of a queue, and take its retired bindings away; that there is none is as good."""
    for routing_key in queue.routing_keys:
        await _bind(channel, name, exchange, routing_key)
    for routing_key in queue.retired_keys:
        await (await channel.get_queue(name, ensure=False)).unbind(exchange, routing_key)


async def waiting(connection: AbstractConnection, queues: Collection[str], variants: Variants) -> int:
    """Count what is ready in these queues, in any variant. Raises what aio-pika raises."""
    count = 0
    async with Channels(connection) as channels:
        for queue in queues:
            used = await (await channels.get()).declare_queue(variants.name(queue), passive=True)
            found = [used, *[await peek(channels, other) for other in variants.others(queue)]]
            count += sum(asked.declaration_result.message_count or 0 for asked in found if asked)
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


def length_max(queue: Queue, topology: Topology) -> int | None:
    """The number of messages that it takes before it refuses one; None if it never does."""
    arguments = queue_arguments(queue, topology)
    return int(arguments["x-max-length"]) if arguments["x-overflow"] == REFUSING else None


def _quorum(topology: Topology) -> Arguments:
    return {
        "x-queue-type": "quorum",
        "x-max-length": topology.queue_length_max,
        "x-overflow": REFUSING,
    }


def _keeping(newest: Newest) -> Arguments:
    size: Arguments = {} if newest.size_max_bytes is None else {"x-max-length-bytes": newest.size_max_bytes}
    return size | {
        "x-queue-type": "quorum",
        "x-max-length": newest.length_max,
        "x-overflow": "drop-head",
        "x-delivery-limit": RETURNS_UNLIMITED,
    }


def _handing_on() -> Arguments:
    return {"x-dead-letter-exchange": "", "x-dead-letter-strategy": "at-least-once"}


async def _declare_exchange(channels: Channels, name: str, kind: ExchangeType) -> None:
    try:
        await (await channels.get()).declare_exchange(name, kind, durable=True)
    except ChannelPreconditionFailed as error:
        raise MisfitError(f"exchange {name!r} exists as another one: {error}") from error


async def _lead_to(channels: Channels, delay: str) -> None:
    """Make the exchange of a delay, which leads to that variant of its queue alone."""
    await _declare_exchange(channels, delay, ExchangeType.FANOUT)
    await _bind(await channels.get(), delay, delay, "")


async def _bind(channel: AbstractChannel, queue: str, exchange: str, routing_key: str) -> None:
    bound = await channel.get_queue(queue, ensure=False)
    await bound.bind(exchange, routing_key)
