"""Finds what is left to publish of messages that RabbitMQ refused.

RabbitMQ refuses an event if one of its queues is full, or has no leader just then, and the others have their copy all
the same. It does not say which one refused. So each is asked for its length. Those that are full are published to by
their names until they take the message, and no other gets it again, whoever else is after the same room. If none is,
any of them may lack it: each is published to by its name, and tells by itself whether it has taken it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import DeliveryError, PublishError

from pathshala_common.broker.rabbitmq.topology import length_max, waiting
from pathshala_common.broker.rabbitmq.variants import Variants
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.topology import Queue, Topology

NEARLY_FULL = 0.99
"""A queue that is so full may have been full a moment ago. One that has no leader says that it is empty."""


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
    """Address a message that has several queues to those that are full, if any is; to each of them, if none is."""
    if len(queues) <= 1:
        return [message]
    full = [queue for queue in queues if _is_full(queue, lengths[queue.name], topology)]
    return [replace(message, exchange="", routing_key=queue.name) for queue in full or queues]


def _is_full(queue: Queue, length: int, topology: Topology) -> bool:
    limit = length_max(queue, topology)
    return limit is not None and length >= limit * NEARLY_FULL
