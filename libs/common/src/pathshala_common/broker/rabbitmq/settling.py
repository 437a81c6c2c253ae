"""Settling of one channel's deliveries: those of one turn of the event loop are told in one write.

All that are older than the oldest in hand are acknowledged as one.
"""

import asyncio

import pamqp.frame
from aiormq import spec
from aiormq.abc import AbstractChannel, ChannelFrame
from aiormq.channel import Channel

from pathshala_common.contract.errors import BrokerUnavailable


class Settling:
    """Knows what is in hand of one channel, and tells the broker what is not any more."""

    def __init__(self, channel: AbstractChannel) -> None:
        assert isinstance(channel, Channel), "aio-pika stands on another layer than it did"
        self._channel = channel
        self._in_hand: dict[int, None] = {}
        self._acknowledged: list[int] = []
        self._rejected: list[int] = []
        self._telling: asyncio.Task[None] | None = None

    def take(self, tag: int) -> None:
        """Have one more in hand; the broker's tags count up."""
        self._in_hand[tag] = None

    def ack(self, tag: int) -> None:
        """Acknowledge it at the end of this turn. Raises BrokerUnavailable if it is settled, or the channel closed."""
        self._settle(tag)
        self._acknowledged.append(tag)

    def reject(self, tag: int) -> None:
        """Give it back likewise. RabbitMQ counts that as a return in every version; a nack, not in each."""
        self._settle(tag)
        self._rejected.append(tag)

    def _settle(self, tag: int) -> None:
        if self._channel.is_closed:
            raise BrokerUnavailable("the connection was closed")
        if tag not in self._in_hand:
            raise BrokerUnavailable("this delivery is settled already")
        del self._in_hand[tag]
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        try:
            while frames := self._frames():
                payload = b"".join(pamqp.frame.marshal(frame, self._channel.number) for frame in frames)
                await self._channel.write_queue.put(ChannelFrame(payload, should_close=False))
        finally:
            self._telling = None

    def _frames(self) -> list[spec.Basic.Ack | spec.Basic.Reject]:
        """Rejections come first: an acknowledgement of all that are older would take them along."""
        rejected, acknowledged = self._rejected, sorted(self._acknowledged)
        self._rejected, self._acknowledged = [], []
        oldest = next(iter(self._in_hand), None)
        older = [tag for tag in acknowledged if oldest is None or tag < oldest]
        frames: list[spec.Basic.Ack | spec.Basic.Reject] = [spec.Basic.Reject(tag, requeue=True) for tag in rejected]
        if older:
            frames.append(spec.Basic.Ack(older[-1], multiple=len(older) > 1))
        return frames + [spec.Basic.Ack(tag) for tag in acknowledged[len(older) :]]
