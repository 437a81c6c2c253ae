"""Moving on what lies in a variant of a queue that nobody consumes, to the variant in use.

During a change of limits both variants are bound and consumed, each by the services that have its limits; an event
then comes to both, as a repeat. When nobody consumes one any more, those who consume the other take its bindings away
and move what it holds. Dead letters, which nobody consumes, are moved to a later variant and never back, so that two
services cannot send them to and fro.
"""

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue

from pathshala_common.broker.rabbitmq.messages import moved
from pathshala_common.broker.rabbitmq.topology import bind_queue, length_max
from pathshala_common.broker.rabbitmq.variants import Channels, Variants, names, peek
from pathshala_common.contract.topology import SUBSCRIPTIONS, Queue, Topology
from pathshala_common.logs import get_logger

log = get_logger()

MOVED_AT_ONCE = 100
STEP_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Move:
    """From one variant of a queue to the one in use."""

    queue: Queue
    source: str
    target: str


async def move_on(
    connection: AbstractConnection, topology: Topology, variants: Variants, consumed: Collection[str]
) -> None:
    """Empty what nobody consumes of the services whose queues are `consumed` here. Raises what aio-pika raises.

    A kill between a message's arrival and its departure leaves it in both places: a repeat.
    """
    async with Channels(connection) as channels:
        for move in _moves(topology, variants, consumed):
            source = await peek(channels, move.source)
            if source is not None and not source.declaration_result.consumer_count:
                await _unbind(channels, move, topology)
                await _empty(connection, channels, move, topology)


def _moves(topology: Topology, variants: Variants, consumed: Collection[str]) -> Iterator[Move]:
    queues = {queue.name: queue for queue in topology.queues()}
    for service in SUBSCRIPTIONS:
        if topology.queue(service) not in consumed:
            continue
        dead = topology.dead_queue(service)
        for own in (topology.queue(service), topology.suspects_queue(service), dead):
            if (found := variants.found.get(own)) is None:
                continue
            before = names(own)[: names(own).index(found.name)]
            for source in found.others:
                if own != dead or source in before:
                    yield Move(queues[own], source, found.name)


async def _unbind(channels: Channels, move: Move, topology: Topology) -> None:
    """Take the source's bindings, then make the target's: whoever does the same the other way round undid those."""
    source = await (await channels.get()).get_queue(move.source, ensure=False)
    for routing_key in move.queue.routing_keys:
        await source.unbind(topology.exchange, routing_key)
    await bind_queue(await channels.get(), move.queue, move.target, topology.exchange)


async def _empty(connection: AbstractConnection, channels: Channels, move: Move, topology: Topology) -> None:
    """Move what is there now, as far as there is room, and no more at once than a few."""
    while count := await _movable(channels, move, topology):
        async with connection.channel(publisher_confirms=True, on_return_raises=True) as channel:
            source = await channel.get_queue(move.source, ensure=False)
            got = await _take(source, min(count, MOVED_AT_ONCE))
            async with asyncio.timeout(STEP_TIMEOUT_SECONDS):
                await asyncio.gather(*(_send(channel, move, one, topology) for one in got))
        if not got:
            return
        log.info("moved on what nobody consumed", source=move.source, target=move.target, count=len(got))


async def _movable(channels: Channels, move: Move, topology: Topology) -> int:
    """The number to move, and the room for them. A message that is refused would count as one that came back."""
    source, target = await peek(channels, move.source), await peek(channels, move.target)
    if source is None or target is None or source.declaration_result.consumer_count:
        return 0
    waiting = source.declaration_result.message_count or 0
    limit = length_max(move.queue, topology)
    room = waiting if limit is None else limit - (target.declaration_result.message_count or 0)
    return max(min(waiting, room), 0)


async def _take(source: AbstractQueue, count: int) -> list[AbstractIncomingMessage]:
    taken: list[AbstractIncomingMessage] = []
    while len(taken) < count:
        got = await source.get(no_ack=False, fail=False, timeout=STEP_TIMEOUT_SECONDS)
        if got is None:
            break
        taken.append(got)
    return taken


async def _send(channel: AbstractChannel, move: Move, got: AbstractIncomingMessage, topology: Topology) -> None:
    """Publish it to the target, and acknowledge it once that is confirmed.

    What came by a binding that is no more is of no use: moved, it could not be told from what was meant for the queue.
    """
    unheard = got.exchange == topology.exchange and got.routing_key in move.queue.retired_keys
    if not unheard:
        await channel.default_exchange.publish(moved(got), move.target, mandatory=True)
    await got.ack()
