"""Takes deliveries out of what a connection reads, before aiormq does; everything else is aiormq's.

aiormq makes a message of three frames, two queues and a task whose end each level of the connection waits for, which
costs more than most handlers. It lets its users make the transport, and that is where these are read.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from struct import Struct
from typing import Any, SupportsIndex
from uuid import uuid4

from aio_pika.abc import AbstractChannel
from aiormq import TransportFactory, spec
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import AMQPConnectionError
from pamqp.constants import FRAME_BODY, FRAME_END, FRAME_HEADER, FRAME_HEARTBEAT, FRAME_METHOD
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat
from yarl import URL

from pathshala_common.logs import get_logger

log = get_logger()

READ_BYTES = 2**16
"""The broker is made to wait while aiormq leaves twice as much unread, as with asyncio's own reader."""

HEARTBEAT = Heartbeat().marshal()
HEARTBEAT_SECONDS = 1.0
"""Deliveries that nothing else came with show as a heartbeat, so often: aiormq leaves a connection that is silent."""

KINDS = frozenset((FRAME_METHOD, FRAME_HEADER, FRAME_BODY, FRAME_HEARTBEAT))
DELIVER = Struct(">I").pack(spec.Basic.Deliver.index)

_FRAME, _TAG = Struct(">BHI"), Struct(">Q?")


@dataclass(slots=True)
class Delivered:
    """A message as the broker delivers it to a consumer."""

    delivery_tag: int
    exchange: str
    routing_key: str
    properties: spec.Basic.Properties = field(default_factory=spec.Basic.Properties)
    body: bytes = b""


OnDelivered = Callable[[Delivered], None]


class Deliveries(TransportFactory):
    """Makes the transports of connections, and knows for which consumers deliveries are taken."""

    def __init__(self) -> None:
        self._taken: dict[bytes, OnDelivered] = {}

    async def consume(
        self, channel: AbstractChannel, queue: str, on_delivered: OnDelivered, *, no_ack: bool = False
    ) -> str:
        """Consume on a channel of such a connection, until it closes: each delivery is told as it is read.

        Returns the consumer's tag. What comes before the broker's answer is told behind that: until then, who cancels
        closes the channel, and could settle nothing of it.
        """
        tag, early = uuid4().hex, list[Delivered]()
        key = tag.encode()
        self._taken[key] = early.append
        channel.close_callbacks.add(lambda _sender, _error: self._taken.pop(key, None))
        underlay = await channel.get_underlay_channel()
        await underlay.basic_consume(queue, _leave, no_ack=no_ack, consumer_tag=tag)
        if key in self._taken:  # it may have closed again
            self._taken[key] = on_delivered
        for delivered in early:
            _tell(on_delivered, delivered)
        return tag

    async def create(self, url: URL, **kwargs: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect, as aiormq's own factories do. Raises AMQPConnectionError."""
        loop = asyncio.get_running_loop()
        assert url.host is not None
        assert url.port is not None, "aiormq names it, where a URL does not"
        tls = await kwargs["ssl_context_provider"].get_context() if url.scheme == "amqps" else None
        reader = DeliveryReader(self._taken)
        try:
            transport, protocol = await loop.create_connection(
                lambda: asyncio.StreamReaderProtocol(reader, loop=loop), url.host, url.port, ssl=tls
            )
        except OSError as error:
            raise AMQPConnectionError(*error.args) from error
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


class DeliveryReader(asyncio.StreamReader):
    """Reads a connection, without the deliveries to those consumers that are taken, by their tags."""

    def __init__(self, taken: Mapping[bytes, OnDelivered]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(READ_BYTES, loop)
        self._taken, self._clock = taken, loop.time
        self._begun = b""
        self._contents: dict[int, tuple[bytes, Delivered, int, list[bytes]]] = {}
        self._beat_at = 0.0

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Take what is read, in whatever pieces it comes."""
        data = self._begun + bytes(data)
        others, position, size, took = list[bytes](), 0, len(data), False
        while position + _FRAME.size < size:
            kind, channel, length = _FRAME.unpack_from(data, position)
            start = position + _FRAME.size
            end = start + length
            if kind not in KINDS or (end < size and data[end] != FRAME_END):
                # No frame: aiormq will say so.
                others.append(data[position:])
                position = size
                break
            if end >= size:
                break
            if self._takes(kind, channel, data, start, end):
                took = True
            else:
                others.append(data[position : end + 1])
            position = end + 1
        self._begun = data[position:]
        if took and not others and self._clock() >= self._beat_at:
            self._beat_at = self._clock() + HEARTBEAT_SECONDS
            others.append(HEARTBEAT)
        if others:
            super().feed_data(b"".join(others))

    def feed_eof(self) -> None:
        """Leave to aiormq what the connection broke in."""
        if self._begun:
            super().feed_data(self._begun)
        super().feed_eof()

    def _takes(self, kind: int, channel: int, data: bytes, start: int, end: int) -> bool:
        """Take a frame that is of a delivery to a consumer of ours."""
        if kind == FRAME_METHOD:
            self._contents.pop(channel, None)
            if not data.startswith(DELIVER, start):
                return False
            consumer_tag, position = _short(data, start + len(DELIVER))
            if consumer_tag not in self._taken:
                return False
            self._contents[channel] = consumer_tag, _delivered(data, position), 0, []
            return True
        content = self._contents.get(channel)
        if content is None:
            return False
        consumer_tag, delivered, left, parts = content
        if kind == FRAME_HEADER:
            header = ContentHeader()
            header.unmarshal(data[start:end])
            delivered.properties, left = header.properties, header.body_size or 0
        else:
            parts.append(data[start:end])
            left -= end - start
        if left > 0:
            self._contents[channel] = consumer_tag, delivered, left, parts
        else:
            del self._contents[channel]
            delivered.body = parts[0] if len(parts) == 1 else b"".join(parts)
            if consumer_tag in self._taken:
                _tell(self._taken[consumer_tag], delivered)
        return True


def _tell(on_delivered: OnDelivered, delivered: Delivered) -> None:
    try:
        on_delivered(delivered)
    except Exception:
        log.exception("a delivery was not taken")


async def _leave(_message: DeliveredMessage) -> None:
    """Consume nothing: what aiormq still delivers to a consumer that was left, the broker has back."""


def _delivered(data: bytes, position: int) -> Delivered:
    """Read what follows the consumer's tag in a Basic.Deliver: delivery tag, whether again, exchange, routing key."""
    delivery_tag, _ = _TAG.unpack_from(data, position)
    exchange, position = _short(data, position + _TAG.size)
    routing_key, _ = _short(data, position)
    return Delivered(delivery_tag, exchange.decode(), routing_key.decode())


def _short(data: bytes, start: int) -> tuple[bytes, int]:
    end = start + 1 + data[start]
    return data[start + 1 : end], end
