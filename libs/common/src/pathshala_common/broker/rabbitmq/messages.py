"""A message as AMQP has it, and back."""

from aio_pika import DeliveryMode
from aio_pika import Message as AMQPMessage
from aio_pika.abc import AbstractIncomingMessage, HeadersType
from aiormq import spec

from pathshala_common.broker.rabbitmq.deliveries import Delivered
from pathshala_common.broker.rabbitmq.own_events import OwnEvents
from pathshala_common.contract.envelope import CONTENT_TYPE
from pathshala_common.contract.ports.broker import HeaderValue, Message

BROKER_PREFIX = "x-"
"""The prefix of headers that the broker itself adds (`x-death` and others). They are not passed on."""

RETURNS_HEADER = "x-delivery-count"

MOVED_HEADER = "x-first-death-reason"
"""Why the broker itself moved a message, if it did."""


def outgoing(message: Message) -> AMQPMessage:
    """Make it persistent, and say what it is."""
    return AMQPMessage(
        message.body,
        headers=dict(message.headers),
        content_type=CONTENT_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=message.message_id,
        type=message.type,
        correlation_id=message.correlation_id,
    )


def properties(message: Message, *, message_id: str) -> spec.Basic.Properties:
    """The same, as the layer under aio-pika has it."""
    return spec.Basic.Properties(
        headers=dict(message.headers),
        content_type=CONTENT_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=message_id,
        message_type=message.type,
        correlation_id=message.correlation_id,
    )


def moved(message: AbstractIncomingMessage) -> AMQPMessage:
    """The same again, with why the broker moved it before; how often it came back is not told to another queue."""
    again = outgoing(incoming(message))
    if MOVED_HEADER in message.headers:
        again.headers[MOVED_HEADER] = message.headers[MOVED_HEADER]
    return again


def incoming(message: AbstractIncomingMessage, addressed_to: str | None = None) -> Message:
    """Read what was published, without what the broker added on the way.

    `addressed_to` is the own name of the queue whose variant it is addressed to, if it is.
    """
    return Message(
        body=message.body,
        exchange=message.exchange or "",
        routing_key=addressed_to or message.routing_key or "",
        message_id=message.message_id or "",
        type=message.type or "",
        correlation_id=message.correlation_id or "",
        headers=_headers(message.headers),
    )


def delivered(message: Delivered, addressed_to: str | None, own: OwnEvents) -> Message:
    """Read the same from the layer under aio-pika; of what this process published itself, the event is known."""
    told = message.properties
    message_id = told.message_id or ""
    return Message(
        body=message.body,
        exchange=message.exchange,
        routing_key=addressed_to or message.routing_key,
        message_id=message_id,
        type=told.message_type or "",
        correlation_id=told.correlation_id or "",
        headers=_headers(told.headers) if told.headers else {},
        envelope=own.envelope(message_id, message.body),
    )


def returns(message: Delivered) -> int:
    """The number of times that a quorum queue got it back."""
    count = (message.properties.headers or {}).get(RETURNS_HEADER)
    return count if isinstance(count, int) else 0


def _headers(headers: HeadersType) -> dict[str, HeaderValue]:
    """Keep our own; whatever type we never send is none of ours."""
    return {
        name: value
        for name, value in headers.items()
        if not name.startswith(BROKER_PREFIX) and (value is None or isinstance(value, str | int))
    }
