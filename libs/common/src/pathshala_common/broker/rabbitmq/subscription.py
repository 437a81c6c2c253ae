"""A consumer on RabbitMQ that is set up anew whenever its channel, its queue or the connection was lost."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from aio_pika.abc import AbstractChannel, AbstractConnection

from pathshala_common.broker.rabbitmq.deliveries import Delivered
from pathshala_common.broker.rabbitmq.link import Link, disconnect, end, failures, reason
from pathshala_common.broker.rabbitmq.messages import delivered, returns
from pathshala_common.broker.rabbitmq.own_events import OwnEvents
from pathshala_common.broker.rabbitmq.settling import Settling
from pathshala_common.contract.backoff import JITTER
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Message, OnDelivery
from pathshala_common.logs import get_logger

log = get_logger()

CHANNEL_TIMEOUT_SECONDS = 10.0
CONSUME_DELAY_SECONDS = 1.0


class RabbitMQSubscription:
    """Implements Subscription."""

    def __init__(
        self,
        queue: str,
        prefetch: int,
        on_delivery: OnDelivery,
        *,
        link: Link,
        declare: Callable[[AbstractConnection], Awaitable[None]],
        name: Callable[[str], str],
        own: OwnEvents,
    ) -> None:
        """Begin as soon as the link is up; `declare` brings back a queue that was lost.

        `name` tells which variant of the queue is in use. What is among its `own` events is not read again.
        """
        self.queue, self._prefetch, self._on_delivery = queue, prefetch, on_delivery
        self._link, self._declare, self._name, self._own = link, declare, name, own
        self.consumed: str | None = None
        self._in_hand: set[asyncio.Future[None]] = set()
        self._stop: Callable[[], Awaitable[object]] | None = None
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._cancelled = False
        self._running = asyncio.create_task(self._run())

    @property
    def consuming(self) -> bool:
        """Whether the broker has this consumer, as far as is known here."""
        return self._stop is not None

    def lose(self, why: str) -> None:
        """Begin anew: this consumer gets nothing any more."""
        _settle(self._lost, why)

    async def cancel(self) -> None:
        """Tell the broker to send no more. The channel stays open, for what is in hand."""
        self._cancelled = True
        await end(self._running)
        stop, self._stop = self._stop, None
        if stop is not None:
            with suppress(BrokerUnavailable), failures():
                async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
                    await stop()

    async def close(self) -> None:
        """Cancel, and end what still handles a delivery: that will be delivered again."""
        await self.cancel()
        await end(*self._in_hand)

    async def _run(self) -> None:
        while True:
            try:
                await self._consume(await self._link.up())
            except BrokerUnavailable as error:
                log.warning("not consuming", queue=self.queue, reason=str(error))
            # Jitter is no secret; it keeps many who lost a queue at once from returning at once.
            await asyncio.sleep(CONSUME_DELAY_SECONDS * random.uniform(1 - JITTER, 1))  # noqa: S311
            with suppress(BrokerUnavailable):
                await self._declare(await self._link.up())

    async def _consume(self, connection: AbstractConnection) -> None:
        """Consume until that ends. Raises BrokerUnavailable with the reason."""
        with failures():
            async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
                channel = await connection.channel(publisher_confirms=False)
        try:
            with failures():
                async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
                    await self._consume_on(channel)
        except BaseException:
            await disconnect(channel)
            raise
        # A cancellation here leaves the channel open: what is in hand is acknowledged on it.
        why = await self._lost
        self._stop = None
        await disconnect(channel)
        raise BrokerUnavailable(why)

    async def _consume_on(self, channel: AbstractChannel) -> None:
        lost = self._lost = asyncio.get_running_loop().create_future()
        channel.close_callbacks.add(lambda _sender, error: _settle(lost, reason(error)))
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(lambda _frame: _settle(lost, "cancelled by the broker"))
        await channel.set_qos(prefetch_count=self._prefetch)
        self.consumed = self._name(self.queue)
        take = partial(self._take, Settling(underlay))
        tag = await self._link.deliveries.consume(channel, self.consumed, take)
        self._stop = lambda: underlay.basic_cancel(tag)

    def _take(self, settling: Settling, message: Delivered) -> None:
        """Have it handled."""
        tag = message.delivery_tag
        settling.take(tag)
        if not self._cancelled:
            addressed_to = self.queue if message.routing_key == self.consumed else None
            delivery = _Delivery(settling, tag, delivered(message, addressed_to, self._own), returns(message))
            handling = asyncio.ensure_future(self._on_delivery(delivery))
            self._in_hand.add(handling)
            handling.add_done_callback(partial(self._ended, delivery))

    def _ended(self, delivery: "_Delivery", handling: asyncio.Future[None]) -> None:
        self._in_hand.discard(handling)
        if not handling.cancelled() and (error := handling.exception()) is not None:
            log.error("a delivery was not handled", queue=self.queue, exc_info=error)
            with suppress(BrokerUnavailable):
                delivery.give_back()


class _Delivery:
    """Implements Delivery."""

    __slots__ = ("_settling", "_tag", "message", "returns")

    def __init__(self, settling: Settling, tag: int, message: Message, returned: int) -> None:
        self._settling, self._tag = settling, tag
        self.message: Message = message
        self.returns: int = returned

    async def ack(self) -> None:
        self._settling.ack(self._tag)

    async def requeue(self) -> None:
        self.give_back()

    def give_back(self) -> None:
        self._settling.reject(self._tag)


def _settle(lost: asyncio.Future[str], why: str) -> None:
    if not lost.done():
        lost.set_result(why)
