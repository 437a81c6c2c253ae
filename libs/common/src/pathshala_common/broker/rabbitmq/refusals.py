"""Finds what is left to publish of messages that a full queue refused.

RabbitMQ refuses an event if one of its queues is full, and the others have their copy all the same. It does not say
which one refused. So each is asked for its length: one that has plenty of room has got its copy. One that may have
refused is published to by its name until it takes the message, and no other gets it again, whoever else is after the
same room.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import DeliveryError, PublishError

from pathshala_common.broker.rabbitmq.topology import length_max, waiting
from pathshala_common.broker.rabbitmq.variants import Variants
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.topology import Queue, Topology

ROOM_FOR_SURE = 10_000
"""A queue with room for so many was not full a moment ago."""


def refused(outcome: BaseException | None) -> bool:
    """Whether the broker refused a message that it could route."""
    return isinstance(outcome, DeliveryError) and not isinstance(outcome, PublishError)


async def left_of(
    connection: AbstractConnection, messages: Sequence[Message], topology: Topology, variants: Variants
) -> list[Message]:
    """Address what was refused to those of its queues that may lack it. Raises what aio-pika raises."""
    bound = {message.routing_key: _bound(message, topology) for message in messages}
    names = {queue.name for queues in bound.values() if len(queues) > 1 for queue in queues}
    lengths = {name: await waiting(connection, [name], variants) for name in names}
    return [one for message in messages for one in _left(message, bound[message.routing_key], lengths, topology)]


def _bound(message: Message, topology: Topology) -> Sequence[Queue]:
    if message.exchange != topology.exchange:
        return ()
    return [queue for queue in topology.queues() if message.routing_key in queue.routing_keys]


def _left(
    message: Message, queues: Sequence[Queue], lengths: Mapping[str, int], topology: Topology
) -> Sequence[Message]:
    """Address a message that has several queues to each that may lack it, so that each tells whether it has taken it.

    The store's may always: it gets every event, and the log drops a second copy.
    """
    names = [queue.name for queue in queues]
    if len(names) <= 1:
        return [message]
    lacking = [queue.name for queue in queues if _may_lack(queue, lengths[queue.name], topology)]
    return [replace(message, exchange="", routing_key=name) for name in lacking or names]


def _may_lack(queue: Queue, length: int, topology: Topology) -> bool:
    limit = length_max(queue, topology)
    return queue.name == topology.queue("store") or (limit is not None and length + ROOM_FOR_SURE > limit)
