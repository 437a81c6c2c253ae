"""A consumer on RabbitMQ that is set up anew whenever its channel, its queue or the connection was lost."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

from pathshala_common.broker.rabbitmq.link import Link, disconnect, end, failures, reason
from pathshala_common.broker.rabbitmq.messages import incoming, returns
from pathshala_common.contract.backoff import JITTER
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Message, OnDelivery

log = structlog.get_logger()

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
    ) -> None:
        """Begin as soon as the link is up; `declare` brings back a queue that was lost.

        `name` tells which variant of the queue is in use.
        """
        self.queue, self._prefetch, self._on_delivery = queue, prefetch, on_delivery
        self._link, self._declare, self._name = link, declare, name
        self.consumed: str | None = None
        self._in_hand: set[asyncio.Task[None]] = set()
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
        queue = await channel.get_queue(self.consumed, ensure=False)
        tag = await queue.consume(self._take)
        self._stop = lambda: queue.cancel(tag)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        """Handle it in a task of ours: aio-pika would cancel its own when the channel closes."""
        if self._cancelled:
            return
        delivery = _Delivery(message, self.queue if message.routing_key == self.consumed else None)
        task = asyncio.create_task(self._handle(delivery))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    async def _handle(self, delivery: "_Delivery") -> None:
        try:
            await self._on_delivery(delivery)
        except Exception:
            log.exception("a delivery was not handled", queue=self.queue)
            with suppress(BrokerUnavailable):
                await delivery.requeue()


class _Delivery:
    """Implements Delivery."""

    __slots__ = ("_incoming", "message", "returns")

    def __init__(self, message: AbstractIncomingMessage, addressed_to: str | None) -> None:
        self._incoming = message
        self.message: Message = incoming(message, addressed_to)
        self.returns: int = returns(message)

    async def ack(self) -> None:
        with failures():
            await self._incoming.ack()

    async def requeue(self) -> None:
        """Reject it: RabbitMQ counts that as a return in every version; a nack, not in each."""
        with failures():
            await self._incoming.reject(requeue=True)


def _settle(lost: asyncio.Future[str], why: str) -> None:
    if not lost.done():
        lost.set_result(why)
