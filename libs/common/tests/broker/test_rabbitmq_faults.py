"""RabbitMQ killed, frozen or not there yet. These tests start a node of their own, whatever node the others share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from libs.common.tests.broker.places import GENERATED, hands, message, published_within, remove, taken, until_well
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.topology import Topology
from tests.servers.choice import BrokerServer, start_rabbitmq
from tests.waiting import until
from tests.yardstick import timed


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerServer]:
    _, server = start_rabbitmq(tmp_path_factory.mktemp("rabbitmq-faults"))
    yield server
    server.stop()


@asynccontextmanager
async def broker_on(node: BrokerServer, name: str, **limits: float) -> AsyncIterator[tuple[RabbitMQBroker, Topology]]:
    topology = Topology(name)
    broker = RabbitMQBroker(node.url, topology, publish_timeout_seconds=limits.get("publish_timeout_seconds", 10))
    await broker.start()
    try:
        yield broker, topology
    finally:
        await broker.close()
    await remove(node.url, topology)


@pytest.mark.slow
async def test_a_broker_that_comes_later_is_found(node: BrokerServer) -> None:
    await asyncio.to_thread(node.kill)
    async with AsyncExitStack() as stack:
        with timed() as took:
            broker, topology = await stack.enter_async_context(broker_on(node, "late"))
        assert took.seconds < took.stretched(0.5)
        store = await hands(broker, topology.queue("store"))
        with pytest.raises(BrokerUnavailable):
            await broker.publish([message(topology.exchange, GENERATED)])

        await asyncio.to_thread(node.start)
        await published_within(10, broker, message(topology.exchange, GENERATED, "a"))
        await store.hold(1)
        await until_well(broker)


async def test_what_was_confirmed_survives_the_death_of_the_broker(node: BrokerServer) -> None:
    async with broker_on(node, "killed") as (broker, topology):
        await until_well(broker)
        confirmed: set[str] = set()

        async def publish_until_refused(writer: int) -> None:
            number = 0
            while await taken(broker, message(topology.exchange, GENERATED, f"{writer}-{number}")):
                confirmed.add(f"{writer}-{number}")
                number += 1

        store = await hands(broker, topology.queue("store"), prefetch=20)
        writers = [asyncio.create_task(publish_until_refused(writer)) for writer in range(8)]
        await until(lambda: len(confirmed) > 200)
        await asyncio.to_thread(node.kill)
        await asyncio.gather(*writers)
        assert await broker.fault() is not None

        await asyncio.to_thread(node.start)
        await published_within(10, broker, message(topology.exchange, GENERATED, "after"))
        await until(lambda: confirmed | {"after"} <= set(store.ids))
        assert len(store.ids) - len(set(store.ids)) <= 20
        await until_well(broker)


async def test_a_frozen_broker_costs_a_publisher_its_timeout_and_no_more(node: BrokerServer) -> None:
    async with broker_on(node, "frozen", publish_timeout_seconds=1) as (broker, topology):
        await until_well(broker)
        store = await hands(broker, topology.queue("store"), ack=False)
        await broker.publish([message(topology.exchange, GENERATED, "before")])
        [delivery] = await store.hold(1)
        node.freeze()
        try:
            with timed() as took:
                publishes = [broker.publish([message(topology.exchange, GENERATED)] * 3) for _ in range(20)]
                outcomes = await asyncio.gather(*publishes, return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} == {BrokerUnavailable}
            assert took.seconds < took.stretched(3)
        finally:
            node.thaw()
        await published_within(10, broker, message(topology.exchange, GENERATED, "after"))
        await delivery.ack()
        await until(lambda: "after" in store.ids)


@pytest.mark.slow
async def test_a_broker_given_up_for_its_silence_leaks_no_cancellation(node: BrokerServer) -> None:
    topology = Topology("silent")
    broker = RabbitMQBroker(node.url, topology, publish_timeout_seconds=30, heartbeat_seconds=1)
    await broker.start()
    await until_well(broker)
    store = await hands(broker, topology.queue("store"), ack=False)
    await broker.publish([message(topology.exchange, GENERATED, "before")])
    [delivery] = await store.hold(1)
    node.freeze()
    try:
        # Three silent heartbeats and aio-pika cancels whoever waits on the connection.
        with pytest.raises(BrokerUnavailable, match="closed"):
            await broker.publish([message(topology.exchange, GENERATED)])
        await until(lambda: not broker._consuming.is_up)
        with pytest.raises(BrokerUnavailable):
            await delivery.ack()
    finally:
        node.thaw()
    await published_within(15, broker, message(topology.exchange, GENERATED, "after"))
    await until(lambda: "after" in store.ids)
    await broker.close()
    await remove(node.url, topology)


@pytest.mark.slow
async def test_our_own_cancellation_of_a_publish_stays_a_cancellation(node: BrokerServer) -> None:
    async with broker_on(node, "cancelled") as (broker, topology):
        await until_well(broker)
        node.freeze()
        try:
            publishing = asyncio.create_task(broker.publish([message(topology.exchange, GENERATED)]))
            await until(lambda: broker._channel._in_flight)
            publishing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await publishing
        finally:
            node.thaw()
        await published_within(10, broker, message(topology.exchange, GENERATED))


async def test_closing_while_the_broker_is_frozen_ends(node: BrokerServer) -> None:
    topology = Topology("closed-frozen")
    broker = RabbitMQBroker(node.url, topology)
    await broker.start()
    await until_well(broker)
    await hands(broker, topology.queue("store"))
    node.freeze()
    try:
        with timed() as took:
            await broker.close()
        assert took.seconds < took.stretched(20)
    finally:
        node.thaw()
    await remove(node.url, topology)
