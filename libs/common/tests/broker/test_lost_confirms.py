"""A broker that never confirms what it was sent, on a connection that is well: the message is sent again."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from yarl import URL

from libs.common.tests.broker.places import FAILED, hands, message, until_well
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.topology import Topology
from tests.waiting import until

FRAME_HEAD_BYTES, FRAME_END_BYTES = 7, 1
METHOD = 1
ACK = (60).to_bytes(2) + (80).to_bytes(2)


class Swallowing:
    """A way to a RabbitMQ on which confirms get lost while `deaf` is set."""

    def __init__(self, broker: URL) -> None:
        self._broker = broker
        self.deaf, self.swallowed = False, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on both ways until either side hangs up."""
        assert self._broker.host is not None
        answers, asked = await asyncio.open_connection(self._broker.host, self._broker.port)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._hand_on(reader, asked))
            both.create_task(self._answer(answers, writer))

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            writer.write(part)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on frame by frame; of the broker's, those of a method that acknowledges are confirms."""
        try:
            while True:
                head = await reader.readexactly(FRAME_HEAD_BYTES)
                rest = await reader.readexactly(int.from_bytes(head[3:7]) + FRAME_END_BYTES)
                if self.deaf and head[0] == METHOD and rest.startswith(ACK):
                    self.swallowed += 1
                else:
                    writer.write(head + rest)
        except asyncio.IncompleteReadError:
            writer.close()


@pytest.fixture
async def way(amqp_url: str) -> AsyncIterator[tuple[Swallowing, str]]:
    """A way to the shared RabbitMQ, and its URL."""
    url = URL(amqp_url)
    swallowing = Swallowing(url)
    server = await asyncio.start_server(swallowing.serve, "127.0.0.1", 0)
    yield swallowing, str(url.with_host("127.0.0.1").with_port(server.sockets[0].getsockname()[1]))
    server.close()


async def test_what_was_not_confirmed_in_time_is_sent_again_on_the_same_connection(
    way: tuple[Swallowing, str],
) -> None:
    swallowing, url = way
    topology = Topology(f"lost-{uuid4().hex[:12]}")
    broker = RabbitMQBroker(url, topology, publish_timeout_seconds=1)
    await broker.start()
    await until_well(broker)
    store = await hands(broker, topology.queue("store"))
    sent = message(topology.exchange, FAILED, "again")
    swallowing.deaf = True
    with pytest.raises(BrokerUnavailable, match="no answer in time"):
        await broker.publish([sent])
    assert swallowing.swallowed
    swallowing.deaf = False
    await broker.publish([sent])
    await broker.publish([sent])
    await until(lambda: store.ids == ["again"] * 3)
    await broker.close()
