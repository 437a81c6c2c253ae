"""Sending to a house's exchange or queues on RabbitMQ over a connection of one's own, for an operator."""

import asyncio
from collections.abc import Sequence

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import ChannelNotFoundEntity, PublishError

from pathshala_common.broker.rabbitmq.address import addresses
from pathshala_common.broker.rabbitmq.link import connect, disconnect, failures
from pathshala_common.broker.rabbitmq.messages import outgoing
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Message

CHANNEL_TIMEOUT_SECONDS = 10.0
PUBLISH_TIMEOUT_SECONDS = 10.0


class RabbitMQSender:
    """Implements Sender."""

    def __init__(self, url: str, *, publish_timeout_seconds: float = PUBLISH_TIMEOUT_SECONDS) -> None:
        """Raise SettingsError for a URL that is none."""
        self._hosts, self._publish_timeout_seconds = addresses(url, "sending"), publish_timeout_seconds
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._exchanges: dict[str, AbstractExchange] = {}

    async def open(self) -> None:
        """Connect."""
        self._connection = await connect(self._hosts)
        with failures():
            async with asyncio.timeout(CHANNEL_TIMEOUT_SECONDS):
                self._channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        self._exchanges = {"": self._channel.default_exchange}

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send all, then wait for all confirms. Of one id there may be only one among them."""
        with failures():
            async with asyncio.timeout(self._publish_timeout_seconds):
                for name in {message.exchange for message in messages} - self._exchanges.keys():
                    self._exchanges[name] = await self._exchange(name)
                await asyncio.gather(*map(self._send, messages))

    async def close(self) -> None:
        """Disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await disconnect(connection)

    async def _exchange(self, name: str) -> AbstractExchange:
        """Find an exchange; a missing one would fail everything on the channel, so it is looked for on another."""
        assert self._connection is not None, "not open"
        assert self._channel is not None, "not open"
        looking = await self._connection.channel(publisher_confirms=False)
        try:
            await looking.get_exchange(name, ensure=True)
        except ChannelNotFoundEntity:
            raise BrokerUnavailable(f"there is no exchange {name!r}: no house has run by this namespace") from None
        await disconnect(looking)
        return await self._channel.get_exchange(name, ensure=False)

    async def _send(self, message: Message) -> None:
        try:
            exchange = self._exchanges[message.exchange]
            await exchange.publish(outgoing(message), message.routing_key, mandatory=message.mandatory)
        except PublishError:
            place = f"exchange {message.exchange!r}" if message.exchange else "the broker"
            raise BrokerUnavailable(f"no queue takes {message.routing_key!r} from {place}") from None
