"""Messages: an envelope's bytes with an address. The headers say what is ours about the delivery, not the event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, Envelope, decode
from pathshala_common.contract.ports.broker import HeaderValue, Message
from pathshala_common.contract.topology import Delay

ATTEMPT = "pathshala-attempt"
NOT_BEFORE = "pathshala-not-before"
"""Milliseconds since 1970: a message that comes back sooner waits on."""

REPLAYED = "pathshala-replayed"
"""The moment at which an operator sent an event again. It stays on the message wherever that goes."""

RETURNS = "pathshala-returns"
"""The number of returns, told to a broker in memory, which forgot it. RabbitMQ counts by itself and ignores it."""

DEAD_CODE = "pathshala-dead-code"
DEAD_REASON = "pathshala-dead-reason"
DEAD_STACK = "pathshala-dead-stack"
DEAD_AT = "pathshala-dead-at"

REASON_LENGTH_MAX = 2_000
STACK_LENGTH_MAX = 8_000


def event_message(envelope: Envelope, exchange: str) -> Message:
    """Address an event to everybody who subscribes to it."""
    return Message(
        body=envelope.raw,
        exchange=exchange,
        routing_key=envelope.event.ROUTING_KEY,
        message_id=envelope.id,
        type=envelope.type,
        correlation_id=envelope.task_id,
        mandatory=envelope.event.MANDATORY,
        envelope=envelope,
    )


def envelope_of(message: Message, *, size_max_bytes: int = MESSAGE_SIZE_MAX_BYTES) -> Envelope:
    """Read what a message says, unless it never left the process that wrote it. Raises what `decode` raises."""
    if message.envelope is not None and len(message.body) <= size_max_bytes:
        return message.envelope
    return decode(message.body, size_max_bytes=size_max_bytes)


def queue_message(envelope: Envelope, queue: str) -> Message:
    """Address an event to one queue, which must be there."""
    return replace(event_message(envelope, ""), routing_key=queue, mandatory=True)


def replayed(message: Message, now: datetime) -> Message:
    """Mark a logged event's message as sent again."""
    return replace(message, headers={REPLAYED: now.isoformat(timespec="milliseconds")})


def redriven(message: Message, queue: str) -> Message:
    """Address a dead letter back to its queue, as a first attempt."""
    return _readdressed(message, "", queue, _lasting(message))


def delayed(message: Message, delay: Delay, queue: str, attempt: int, not_before: datetime) -> Message:
    """Address a message back to the queue it came from, after a delay, as the given attempt."""
    headers: dict[str, HeaderValue] = {ATTEMPT: attempt, NOT_BEFORE: int(not_before.timestamp() * 1_000)}
    return _readdressed(message, delay.name, queue, headers | _lasting(message))


def returned(message: Message, queue: str, returns: int, after: Delay | None) -> Message:
    """Address a message to a queue, perhaps after a delay, as one that came back from there so often."""
    return _readdressed(message, after.name if after else "", queue, {RETURNS: returns})


def handed_back(message: Message, queue: str) -> Message:
    """Address a message to the end of a queue as it is, without counting that it came back."""
    return _readdressed(message, "", queue, message.headers)


def dead_letter(
    message: Message, queue: str, *, code: str, reason: str, stack: str, attempt: int, now: datetime
) -> Message:
    """Address a message to a dead-letter queue, with all that an operator needs to judge it."""
    headers: dict[str, HeaderValue] = {
        ATTEMPT: attempt,
        DEAD_CODE: code,
        DEAD_REASON: reason[:REASON_LENGTH_MAX],
        DEAD_STACK: stack[-STACK_LENGTH_MAX:],
        DEAD_AT: now.isoformat(timespec="milliseconds"),
    }
    return _readdressed(message, "", queue, headers | _lasting(message))


def _lasting(message: Message) -> dict[str, HeaderValue]:
    return {REPLAYED: message.headers[REPLAYED]} if REPLAYED in message.headers else {}


def _readdressed(message: Message, exchange: str, routing_key: str, headers: Mapping[str, HeaderValue]) -> Message:
    return replace(message, exchange=exchange, routing_key=routing_key, headers=headers)
