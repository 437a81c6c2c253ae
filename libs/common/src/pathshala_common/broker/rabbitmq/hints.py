"""Hints over RabbitMQ: a direct exchange that routes by kind, and for each listener a queue that ends with it.

They share the broker's two connections, on channels of their own and without confirms. A message holds the hints of
one kind that were gathered while the one before was on its way, and nothing of it is persistent.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from uuid import uuid4

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq import spec

from pathshala_common.broker.rabbitmq.deliveries import Delivered
from pathshala_common.broker.rabbitmq.link import Link, disconnect, end, failures, reason
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.hints import HINTS_MAX, Hint, HintKind, OnHint
from pathshala_common.logs import get_logger

log = get_logger()

CHANNEL_TIMEOUT_SECONDS = 10.0
AGAIN_SECONDS = 1.0
"""The wait before a channel that could not be opened is tried again."""

BIND_INTERVAL_SECONDS = 5.0
"""A listener's queue is bound again at this interval, since nobody is told of a lost binding."""

MESSAGE_HINTS_MAX = 1_000
UNREAD_MAX = 10_000
"""Messages that wait in a listener's queue, at the most: the oldest make room."""


class HintSending:
    """Sends what is gathered, one message at a time, so that a broker that takes none is sent none."""

    def __init__(self, exchange: str, link: Link) -> None:
        """Send over this link, whenever it is up."""
        self._exchange, self._link = exchange, link
        self._gathered: dict[Hint, None] = {}
        self._channel: AbstractChannel | None = None
        self._sending: asyncio.Task[None] | None = None
        self._closed = False

    def hint(self, *hints: Hint) -> None:
        """Gather them; one that is among them already says nothing new."""
        for hint in hints[: HINTS_MAX - len(self._gathered)]:
            self._gathered[hint] = None
        if self._gathered and self._sending is None and not self._closed:
            self._sending = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Send nothing any more. The channel ends with its connection."""
        self._closed = True
        if self._sending is not None:
            await end(self._sending)

    async def _send(self) -> None:
        try:
            while self._gathered:
                connection = await self._link.up()
                try:
                    await self._send_gathered(connection)
                except BrokerUnavailable as error:
                    log.info("hints were lost", reason=str(error))
                    await asyncio.sleep(AGAIN_SECONDS)
        finally:
            self._sending = None

    async def _send_gathered(self, connection: AbstractConnection) -> None:
        with failures():
            if self._channel is None or self._channel.is_closed:
                async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
                    self._channel = await _open(connection, self._exchange)
            channel = await self._channel.get_underlay_channel()
            gathered, self._gathered = self._gathered, {}
            for kind, body in _bodies(gathered):
                await channel.basic_publish(
                    body, exchange=self._exchange, routing_key=kind, properties=spec.Basic.Properties(delivery_mode=1)
                )


class RabbitMQListening:
    """Implements Listening."""

    def __init__(self, exchange: str, kinds: Collection[HintKind], on_hint: OnHint, link: Link) -> None:
        """Begin as soon as the link is up."""
        self._exchange, self._kinds, self._on_hint, self._link = exchange, frozenset(kinds), on_hint, link
        self.heard_since: int | None = None
        self._times = 0
        self._running = asyncio.create_task(self._run())

    async def cancel(self) -> None:
        """End it, and the queue with it."""
        await end(self._running)

    async def _run(self) -> None:
        while True:
            connection = await self._link.up()
            try:
                await self._listen(connection)
            except BrokerUnavailable as error:
                log.info("no hints arrive", reason=str(error))
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self, connection: AbstractConnection) -> None:
        """Take hints until that ends. Raises BrokerUnavailable with the reason."""
        with failures():
            async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
                channel = await _open(connection, self._exchange)
        try:
            with failures():
                await self._listen_on(channel)
        finally:
            self.heard_since = None
            await disconnect(channel)

    async def _listen_on(self, channel: AbstractChannel) -> None:
        lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def lose(why: str) -> None:
            if not lost.done():
                lost.set_result(why)

        channel.close_callbacks.add(lambda _sender, error: lose(reason(error)))
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(lambda _frame: lose("cancelled by the broker"))
        async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
            queue = await channel.declare_queue(
                f"{self._exchange}.{uuid4().hex}",
                exclusive=True,
                auto_delete=True,
                arguments={"x-max-length": UNREAD_MAX},
            )
            await self._link.deliveries.consume(channel, queue.name, self._take, no_ack=True)
        while not lost.done():
            async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
                for kind in self._kinds:
                    await queue.bind(self._exchange, kind)
            if self.heard_since is None:
                self._times += 1
                self.heard_since = self._times
            await asyncio.wait([lost], timeout=BIND_INTERVAL_SECONDS)
        raise BrokerUnavailable(lost.result())

    def _take(self, message: Delivered) -> None:
        for hint in _read(message.routing_key, message.body):
            if self.heard_since is not None:
                self._on_hint(hint)


async def _open(connection: AbstractConnection, exchange: str) -> AbstractChannel:
    """Open a channel, and make the exchange of hints if it is not there."""
    channel = await connection.channel(publisher_confirms=False)
    try:
        await channel.declare_exchange(exchange, ExchangeType.DIRECT, durable=True)
    except BaseException:
        await disconnect(channel)
        raise
    return channel


def _bodies(hints: Collection[Hint]) -> Iterator[tuple[HintKind, bytes]]:
    """Write hints as messages: each is a list of tasks, with their users if those are known."""
    by_kind: Mapping[HintKind, list[Sequence[str]]] = defaultdict(list)
    for hint in hints:
        by_kind[hint.kind].append([hint.task_id, hint.user_id] if hint.user_id else [hint.task_id])
    for kind, tasks in by_kind.items():
        for start in range(0, len(tasks), MESSAGE_HINTS_MAX):
            yield kind, json.dumps(tasks[start : start + MESSAGE_HINTS_MAX]).encode()


def _read(kind: str, body: bytes) -> Sequence[Hint]:
    """Read a message of hints; what is none says nothing, since anybody may be on the exchange."""
    with suppress(ValueError, TypeError):
        return [Hint(HintKind(kind), *map(str, [task_id, *user[:1]])) for task_id, *user in json.loads(body)]
    log.warning("no hint", kind=kind, size=len(body))
    return ()
