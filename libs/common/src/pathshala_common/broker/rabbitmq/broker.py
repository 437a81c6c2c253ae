"""The broker on RabbitMQ 3.10 or later: quorum queues, confirms, and a topology that is declared again and again."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress

from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import PublishError

from pathshala_common.broker.rabbitmq.address import HEARTBEAT_SECONDS, addresses
from pathshala_common.broker.rabbitmq.hints import HintSending, RabbitMQListening
from pathshala_common.broker.rabbitmq.link import Link, Prepare, end, failures, reason
from pathshala_common.broker.rabbitmq.moving import move_on
from pathshala_common.broker.rabbitmq.own_events import OwnEvents
from pathshala_common.broker.rabbitmq.publishing import Publishing, outcomes
from pathshala_common.broker.rabbitmq.refusals import left_of, refused
from pathshala_common.broker.rabbitmq.subscription import RabbitMQSubscription
from pathshala_common.broker.rabbitmq.topology import bind, declare, waiting
from pathshala_common.broker.rabbitmq.variants import MisfitError, Variants
from pathshala_common.contract.backoff import OWN
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Message, OnDelivery, Subscription, not_published
from pathshala_common.contract.ports.hints import Hint, HintKind, Listening, OnHint
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import Topology
from pathshala_common.logs import get_logger

log = get_logger()

PUBLISH_TIMEOUT_SECONDS = 10.0
DECLARE_TIMEOUT_SECONDS = 30.0
DECLARE_INTERVAL_SECONDS = 60.0
"""The topology is declared again at this interval, in case somebody removed a part of it."""

BIND_INTERVAL_SECONDS = 5.0
"""Bindings are made again at this interval, since no publisher is told of a lost one."""

MOVE_INTERVAL_SECONDS = 5.0
START_SECONDS = 5.0
"""A start waits at most so long for the first connection, to be told at once what cannot be."""

DECLARE_DELAY_SECONDS = 1.0
"""A queue that was deleted is not made again before its consumers were told: RabbitMQ 3 then forgets to tell them."""


class RabbitMQBroker:
    """Implements Broker. Publishing and consuming have a connection each: an alarm blocks only those that publish."""

    durable = True

    def __init__(
        self,
        url: str,
        topology: Topology,
        *,
        publish_timeout_seconds: float = PUBLISH_TIMEOUT_SECONDS,
        heartbeat_seconds: int = HEARTBEAT_SECONDS,
        reconnect_delay_seconds_max: float = OWN.max_seconds,
        declare_interval_seconds: float = DECLARE_INTERVAL_SECONDS,
        move_interval_seconds: float = MOVE_INTERVAL_SECONDS,
    ) -> None:
        """Raise SettingsError for a URL that is none. A heartbeat that the URL itself asks for wins."""
        self._topology = topology
        self._publish_timeout_seconds = publish_timeout_seconds
        self._declare_interval_seconds, self._move_interval_seconds = declare_interval_seconds, move_interval_seconds
        self._queues = frozenset(queue.name for queue in topology.queues())
        self._delays = frozenset(delay.name for delay in topology.delays())

        def link(purpose: str, prepare: Prepare) -> Link:
            hosts = addresses(url, purpose, heartbeat_seconds=heartbeat_seconds)
            return Link(purpose, hosts, prepare, delay_seconds_max=reconnect_delay_seconds_max)

        self._publishing = link("publishing", self._prepare_publishing)
        self._consuming = link("consuming", self._prepare_consuming)
        self._hints = HintSending(topology.hints_exchange, self._publishing)
        self._listening: list[RabbitMQListening] = []
        self._variants, self._own = Variants(), OwnEvents()
        self._channel: Publishing
        self._declaring, self._declare_soon = asyncio.Lock(), asyncio.Event()
        self._declare_fault: str | None = None
        self._misfit: str | None = None
        self._housekeeping: list[asyncio.Task[None]] = []
        self._subscriptions: set[RabbitMQSubscription] = set()
        self._closed = False

    async def start(self) -> None:
        """Begin to connect."""
        if self._closed:
            return
        self._publishing.start()
        self._consuming.start()
        if not self._housekeeping:
            self._housekeeping = [asyncio.create_task(part()) for part in (self._declare_again, self._move_on)]
        with suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                await self._publishing.tried.wait()

    async def fault(self) -> str | None:
        """Say what of the topology cannot be had, or why there is no connection."""
        return self._fault()

    async def misfit(self) -> str | None:
        """Say what of the topology exists otherwise, if no variant of it can be had."""
        return self._misfit

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send all, then wait for all confirms."""
        for message in messages:
            self._check_address(message)
        if not self._publishing.is_up:
            raise BrokerUnavailable(self._fault() or "not connected")
        known = await outcomes(list(map(self._send, messages)), self._publish_timeout_seconds)
        failed = [pair for pair in zip(messages, known, strict=True) if pair[1] is not None]
        for message, outcome in failed:
            if isinstance(outcome, PublishError):
                self._declare_fault = f"no queue takes {message.routing_key!r} from exchange {message.exchange!r}"
                self._declare_soon.set()
                raise not_published(self._declare_fault, messages, await self._left(failed))
            if isinstance(outcome, ValueError | TypeError):
                raise outcome
            raise not_published(reason(outcome), messages, await self._left(failed)) from outcome

    async def consume(self, queue: str, *, prefetch: int, on_delivery: OnDelivery) -> Subscription:
        """Consume from now on, whenever the broker is there. Raises ValueError if the topology has no such queue."""
        if queue not in self._queues:
            raise ValueError(f"the topology has no queue {queue!r}")
        if self._closed:
            raise BrokerUnavailable("closed")
        subscription = RabbitMQSubscription(
            queue,
            prefetch,
            on_delivery,
            link=self._consuming,
            declare=self._declare,
            name=self._name_in_use,
            own=self._own,
        )
        self._subscriptions.add(subscription)
        return subscription

    def left_in_hand(self, *_services: Service) -> frozenset[str]:
        """Nothing: RabbitMQ counts by itself what comes back."""
        return frozenset()

    async def waiting(self, *services: Service) -> int:
        """Ask every queue that they consume. Raises BrokerUnavailable if it cannot be known."""
        if not self._consuming.is_up:
            raise BrokerUnavailable(self._fault() or "not connected")
        with failures():
            async with asyncio.timeout(DECLARE_TIMEOUT_SECONDS):
                return await waiting(await self._consuming.up(), self._topology.consumed(*services), self._variants)

    def hint(self, *hints: Hint) -> None:
        """Send them over the publishing connection, behind what was published before."""
        self._hints.hint(*hints)

    async def listen(self, kinds: Collection[HintKind], on_hint: OnHint) -> Listening:
        """Listen whenever the broker is there, over the consuming connection."""
        if self._closed:
            raise BrokerUnavailable("closed")
        listening = RabbitMQListening(self._topology.hints_exchange, kinds, on_hint, self._consuming)
        self._listening.append(listening)
        return listening

    async def close(self) -> None:
        """Cancel the consumers and whatever still handles a delivery, then disconnect."""
        self._closed = True
        await asyncio.gather(*(subscription.close() for subscription in self._subscriptions))
        await asyncio.gather(self._hints.close(), *(listening.cancel() for listening in self._listening))
        await end(*self._housekeeping)
        await asyncio.gather(self._publishing.close(), self._consuming.close())

    def _fault(self) -> str | None:
        reasons = (self._declare_fault, self._publishing.fault, self._consuming.fault)
        distinct = dict.fromkeys(why for why in reasons if why is not None)
        return f"RabbitMQ: {'; '.join(distinct)}" if distinct else None

    # publishing

    def _check_address(self, message: Message) -> None:
        """Refuse what cannot arrive. A missing exchange would fail everybody's publishes on the channel."""
        exchange, routing_key = message.exchange, message.routing_key
        if exchange in self._delays:
            if routing_key not in self._queues:
                raise BrokerUnavailable(f"no queue {routing_key!r} to return to from {exchange!r}")
        elif exchange not in ("", self._topology.exchange):
            raise BrokerUnavailable(f"no exchange {exchange!r}")

    def _send(self, message: Message) -> asyncio.Future[object]:
        self._own.note(message)
        name, routing_key = message.exchange, message.routing_key
        if name != self._topology.exchange:
            name, routing_key = self._variants.name(name), self._variants.name(routing_key)
        return self._channel.send(message, name, routing_key)

    async def _left(self, failed: Sequence[tuple[Message, BaseException | None]]) -> Sequence[Message]:
        """Find what to publish again of what was not confirmed; all of it, if the queues cannot be asked for long."""
        asked = [message for message, outcome in failed if refused(outcome)]
        left = [message for message, outcome in failed if not refused(outcome)]
        if asked:
            with suppress(BrokerUnavailable), failures():
                async with asyncio.timeout(DECLARE_TIMEOUT_SECONDS):
                    connection = await self._consuming.up()
                    asked = await left_of(connection, asked, self._topology, self._variants)
        return left + asked

    async def _prepare_publishing(self, connection: AbstractConnection) -> AbstractChannel:
        await self._declare(connection)
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        publishing = self._channel = Publishing(await channel.get_underlay_channel())
        for closing in (channel, connection):
            closing.close_callbacks.add(lambda _sender, _error: publishing.close())
        return channel

    # consuming

    async def _prepare_consuming(self, connection: AbstractConnection) -> AbstractChannel:
        await self._declare(connection)
        return await connection.channel(publisher_confirms=False)

    # the topology

    def _name_in_use(self, own: str) -> str:
        return self._variants.name(own)

    async def _declare(self, connection: AbstractConnection) -> None:
        """Declare the topology. Raises BrokerUnavailable, and says the same in fault() until it succeeds."""
        async with self._declaring:
            consuming = [subscription for subscription in self._subscriptions if subscription.consuming]
            try:
                with failures():
                    async with asyncio.timeout(DECLARE_TIMEOUT_SECONDS):
                        variants = await declare(connection, self._topology)
            except BrokerUnavailable as error:
                self._declare_fault = str(error)
                self._misfit = self._declare_fault if isinstance(error, MisfitError) else self._misfit
                log.warning("the topology cannot be declared", reason=self._declare_fault)
                raise
            self._declare_fault = self._misfit = None
            self._variants = variants
            for subscription in consuming:
                found = variants.found[subscription.queue]
                if subscription.consumed != found.name or not found.consumers:
                    subscription.lose("the queue knows of no consumer; it was made anew")

    async def _declare_again(self) -> None:
        """Bind often, declare now and then, and declare soon after something turned out unroutable."""
        clock = asyncio.get_running_loop().time
        due = clock() + self._declare_interval_seconds
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(BIND_INTERVAL_SECONDS, self._declare_interval_seconds)):
                    await self._declare_soon.wait()
            connection = await self._consuming.up()
            if not self._declare_soon.is_set() and clock() < due and await self._bound(connection):
                continue
            await asyncio.sleep(DECLARE_DELAY_SECONDS)
            with suppress(BrokerUnavailable):
                await self._declare(await self._consuming.up())
            self._declare_soon.clear()
            due = clock() + self._declare_interval_seconds

    async def _bound(self, connection: AbstractConnection) -> bool:
        """Bind the events to their queues; False if a part of the topology is not there."""
        try:
            with failures():
                async with asyncio.timeout(DECLARE_TIMEOUT_SECONDS):
                    await bind(connection, self._topology, self._variants)
        except BrokerUnavailable:
            return False
        return True

    async def _move_on(self) -> None:
        """Move on what nobody consumes any more of what is consumed here."""
        while True:
            await asyncio.sleep(self._move_interval_seconds)
            connection = await self._publishing.up()
            consumed = {subscription.queue for subscription in self._subscriptions if subscription.consuming}
            try:
                with failures():
                    await move_on(connection, self._topology, self._variants, consumed)
            except BrokerUnavailable as error:
                log.warning("not moved on yet", reason=str(error))
