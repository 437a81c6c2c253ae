"""Publishing on one channel with confirms: what one turn of the event loop publishes is one write.

It stands on aiormq, as aio-pika does, whose own publish costs a message more than all the rest on its way: a lock,
timers, and futures that each level of the connection keeps. Nobody else may publish on the channel.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from uuid import uuid4

import pamqp.frame
from aiormq import spec
from aiormq.abc import AbstractChannel, ChannelFrame
from aiormq.channel import Channel
from aiormq.exceptions import ChannelInvalidStateError
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from pathshala_common.broker.rabbitmq.messages import properties
from pathshala_common.contract.ports.broker import Message

ADDRESSES_MAX = 1_000
"""Addresses whose frames are kept; there are fewer."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A message under the exchange and the routing key that are in use for it, and its confirm."""

    message: Message
    exchange: str
    routing_key: str
    identity: str
    confirm: asyncio.Future[object]


class Publishing:
    """Publishes on one channel, which it takes over."""

    def __init__(self, channel: AbstractChannel) -> None:
        assert isinstance(channel, Channel), "aio-pika stands on another layer than it did"
        self._channel = channel
        self._gathered: list[Sending] = []
        self._in_flight: dict[str, Sending] = {}
        self._writing: asyncio.Task[None] | None = None
        self._closed = False

    def send(self, message: Message, exchange: str, routing_key: str) -> asyncio.Future[object]:
        """Publish at the end of this turn. The future fails with PublishError if no queue takes it.

        It fails with DeliveryError if a queue refuses it, and with ChannelInvalidStateError if that is not known when
        the channel closes.
        """
        confirm: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        if self._closed or self._channel.is_closed:
            confirm.set_exception(ChannelInvalidStateError())
            return confirm
        sending = Sending(message, exchange, routing_key, message.message_id or uuid4().hex, confirm)
        confirm.add_done_callback(partial(self._settled, sending))
        self._gathered.append(sending)
        self._write_soon()
        return confirm

    def close(self) -> None:
        """Fail all that is not confirmed: the channel is closed."""
        self._closed = True
        if self._writing is not None:
            self._writing.cancel()
        for sending in (*self._in_flight.values(), *self._gathered):
            if not sending.confirm.done():
                sending.confirm.set_exception(ChannelInvalidStateError())
        self._gathered.clear()

    def _write_soon(self) -> None:
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Write all that may be written, and what is gathered while the connection takes no more."""
        try:
            while payload := b"".join(map(self._frames, self._ready())):
                await self._channel.write_queue.put(ChannelFrame(payload, should_close=False))
        finally:
            self._writing = None

    def _ready(self) -> Sequence[Sending]:
        """Take what was gathered, but for ids that are in flight: by its id a message is told to be unroutable."""
        ready, waiting = list[Sending](), list[Sending]()
        for sending in self._gathered:
            if sending.confirm.done():
                continue
            if sending.identity in self._in_flight:
                waiting.append(sending)
            else:
                self._in_flight[sending.identity] = sending
                ready.append(sending)
        self._gathered = waiting
        return ready

    def _frames(self, sending: Sending) -> bytes:
        """Give a message's frames, and expect its confirm; nothing if it cannot be sent at all."""
        channel, message = self._channel, sending.message
        try:
            address = _address(channel.number, sending.exchange, sending.routing_key, mandatory=message.mandatory)
            header = ContentHeader(
                body_size=len(message.body), properties=properties(message, message_id=sending.identity)
            )
            payload = address + pamqp.frame.marshal(header, channel.number) + b"".join(_body(channel, message.body))
        except (ValueError, TypeError) as error:
            sending.confirm.set_exception(error)
            return b""
        channel.delivery_tag += 1
        channel.confirmations[channel.delivery_tag] = sending.confirm
        channel.message_id_delivery_tag[sending.identity] = channel.delivery_tag
        return payload

    def _settled(self, sending: Sending, confirm: asyncio.Future[object]) -> None:
        if self._in_flight.get(sending.identity) is sending:
            del self._in_flight[sending.identity]
            self._channel.message_id_delivery_tag.pop(sending.identity, None)
        if not confirm.cancelled():
            confirm.exception()  # whoever waited may have left
        if self._gathered:
            self._write_soon()


async def outcomes(
    confirms: Collection[asyncio.Future[object]], timeout_seconds: float
) -> Sequence[BaseException | None]:
    """Wait for confirms. Returns for each why the message is not known to be safe, in their order.

    One that does not come in time is given up, so that the message may be sent again: a broker that loses a queue's
    leader may never confirm what was on its way to it, on a connection that is well.
    """
    try:
        if confirms:
            await asyncio.wait(confirms, timeout=timeout_seconds)
        return [confirm.exception() if confirm.done() else TimeoutError() for confirm in confirms]
    finally:
        for confirm in confirms:
            confirm.cancel()


@lru_cache(ADDRESSES_MAX)
def _address(channel: int, exchange: str, routing_key: str, *, mandatory: bool) -> bytes:
    frame = spec.Basic.Publish(exchange=exchange, routing_key=routing_key, mandatory=mandatory)
    return pamqp.frame.marshal(frame, channel)


def _body(channel: Channel, body: bytes) -> Sequence[bytes]:
    size = channel.max_content_size
    return [
        pamqp.frame.marshal(ContentBody(body[start : start + size]), channel.number)
        for start in range(0, len(body), size)
    ]
