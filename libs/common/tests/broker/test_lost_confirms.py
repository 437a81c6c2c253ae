"""A broker that never confirms what it was sent, on a connection that is well: the message is sent again."""

from uuid import uuid4

import pytest

from libs.common.tests.broker.places import GENERATED, hands, message, until_well
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.topology import Topology
from tests.servers.amqp_way import CONFIRM, amqp_way
from tests.waiting import until


async def test_what_was_not_confirmed_in_time_is_sent_again_on_the_same_connection(amqp_url: str) -> None:
    topology = Topology(f"lost-{uuid4().hex[:12]}")
    async with amqp_way(amqp_url) as way:
        broker = RabbitMQBroker(way.url, topology, publish_timeout_seconds=1)
        await broker.start()
        await until_well(broker)
        store = await hands(broker, topology.queue("store"))
        sent = message(topology.exchange, GENERATED, "again")
        way.swallows = CONFIRM
        with pytest.raises(BrokerUnavailable, match="no answer in time"):
            await broker.publish([sent])
        assert way.swallowed
        way.swallows = None
        await broker.publish([sent])
        await broker.publish([sent])
        await until(lambda: store.ids == ["again"] * 3)
        await broker.close()
