"""RabbitMQ, where several processes meet: what is declared there, and what becomes of it when somebody removes it."""

from dataclasses import replace

import aio_pika
import pytest
import structlog
from structlog.testing import capture_logs

from libs.common.tests.broker.places import (
    GENERATED,
    REQUESTED,
    STORED,
    Place,
    hands,
    message,
    published_within,
    until_well,
)
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.broker.rabbitmq.own_events import OwnEvents
from pathshala_common.broker.rabbitmq.variants import names
from pathshala_common.contract.errors import BrokerUnavailable, SettingsError
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.topology import Topology
from tests.servers.loopback import free_port
from tests.stories.events import requested
from tests.waiting import until, until_so, within


async def test_two_brokers_of_one_namespace_meet(rabbitmq: Place) -> None:
    broker, topology = rabbitmq.broker()
    other = RabbitMQBroker(rabbitmq.address, topology)
    rabbitmq.made.insert(0, (other, topology))
    await broker.start()
    await other.start()
    await until_well(broker)
    await until_well(other)
    store = await hands(other, topology.queue("store"))

    await broker.publish([message(topology.exchange, GENERATED, "a")])
    await store.hold(1)

    assert store.ids == ["a"]


async def test_starting_twice_changes_nothing(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    await broker.start()

    await broker.publish([message(topology.exchange, GENERATED)])


async def test_a_deleted_queue_is_back_with_its_consumer_within_5_seconds(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    store = await hands(broker, topology.queue("store"))
    await broker.publish([message(topology.exchange, GENERATED, "before")])
    await store.hold(1)

    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        await channel.queue_delete(topology.queue("store"))
    await published_within(5, broker, message(topology.exchange, GENERATED, "after"))

    async def consumed() -> bool:
        return store.ids[-1] == "after"

    await within(5, consumed)


async def test_a_queue_that_we_make_anew_at_once_has_its_consumer_again(rabbitmq: Place) -> None:
    topology = Topology("test-made-anew")
    broker = RabbitMQBroker(rabbitmq.address, topology, declare_interval_seconds=0.001)
    rabbitmq.made.append((broker, topology))
    await broker.start()
    await until_well(broker)
    store = await hands(broker, topology.queue("store"))
    await broker.publish([message(topology.exchange, GENERATED, "before")])
    await store.hold(1)

    # RabbitMQ 3 may then forget to tell the consumer.
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        await channel.queue_delete(topology.queue("store"))
    await published_within(5, broker, message(topology.exchange, GENERATED, "after"))

    async def consumed() -> bool:
        return store.ids[-1] == "after"

    await within(5, consumed)


async def test_a_lost_binding_is_back_after_the_first_message_that_missed_it(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        queue = await channel.get_queue(topology.queue("store"))

        async def missed() -> bool:
            """Take the binding away and publish. Bindings are made again now and then, which may come in between."""
            await queue.unbind(topology.exchange, GENERATED)
            try:
                await broker.publish([message(topology.exchange, GENERATED)])
            except BrokerUnavailable as error:
                return GENERATED in str(error)
            return False

        await until_so(missed)

    await published_within(5, broker, message(topology.exchange, GENERATED))


async def test_a_binding_that_an_earlier_version_made_is_taken_away_by_the_next_who_declares(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        queue = await channel.get_queue(topology.queue("store"))
        await queue.bind(topology.exchange, STORED)
    await broker.publish([message(topology.exchange, STORED)])

    upgraded = await rabbitmq.another(topology)

    store = await hands(upgraded, topology.queue("store"))
    told = [message(topology.exchange, STORED, "by no binding"), message(topology.exchange, GENERATED, "by another")]
    await upgraded.publish(told)
    await store.hold(2)

    assert store.ids[1] == "by another"


async def test_a_lost_exchange_is_back_after_the_first_message_that_missed_it(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        await channel.exchange_delete(topology.exchange)

    with pytest.raises(BrokerUnavailable):
        await broker.publish([message(topology.exchange, GENERATED)])

    await published_within(5, broker, message(topology.exchange, GENERATED))


@pytest.mark.slow
async def test_what_was_removed_unseen_is_declared_again_after_a_while(rabbitmq: Place) -> None:
    topology = Topology("test-declared-again")
    broker = RabbitMQBroker(rabbitmq.address, topology, declare_interval_seconds=0.2)
    rabbitmq.made.append((broker, topology))
    await broker.start()
    await until_well(broker)
    enricher = await hands(broker, topology.queue("enricher"))
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        queue = await channel.get_queue(topology.queue("enricher"))
        await queue.unbind(topology.exchange, REQUESTED)

    # The store has a binding for it too, so no publish fails.
    async def arrived() -> bool:
        await broker.publish([message(topology.exchange, REQUESTED)])
        return bool(enricher.taken)

    await until_so(arrived)


async def test_a_queue_with_other_arguments_in_every_variant_is_a_fault_that_names_it(rabbitmq: Place) -> None:
    broker, topology = rabbitmq.broker()
    name = topology.queue("store")
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        for variant in names(name):
            await channel.declare_queue(variant, durable=True, arguments={"x-queue-type": "quorum"})

    with capture_logs() as logs:
        await broker.start()
        await until(lambda: any(name in entry.get("reason", "") for entry in logs))

    fault = await broker.fault()
    assert fault is not None
    assert f"queue '{name}' exists with other arguments" in fault
    assert (await broker.misfit() or "") in fault
    assert await broker.misfit() is not None
    with pytest.raises(BrokerUnavailable, match=name):
        await broker.publish([message(topology.exchange, GENERATED)])


async def test_once_the_wrong_queue_is_gone_the_broker_is_well(rabbitmq: Place) -> None:
    broker, topology = rabbitmq.broker()
    name = topology.queue("store")
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        for variant in names(name):
            await channel.declare_queue(variant, durable=True, arguments={"x-queue-type": "quorum"})
        with capture_logs() as logs:
            await broker.start()
            await until(lambda: any(name in entry.get("reason", "") for entry in logs))
        for variant in names(name):
            await channel.queue_delete(variant)

    await until_well(broker)
    assert await broker.misfit() is None
    await broker.publish([message(topology.exchange, GENERATED)])


async def test_headers_that_the_broker_or_others_add_are_not_passed_on(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    store = await hands(broker, topology.queue("store"))
    foreign = aio_pika.Message(b"{}", headers={"x-death": "forged", "list": [1], "ours": 1})
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        await channel.default_exchange.publish(foreign, topology.queue("store"))

    [delivery] = await store.hold(1)

    assert delivery.message.headers == {"ours": 1}


@pytest.mark.parametrize("query", ["", "?heartbeat=3"])
async def test_no_fault_and_no_log_tells_the_password(query: str) -> None:
    port = free_port()
    with capture_logs() as logs:
        structlog.get_logger().info("a log that is captured")
        broker = RabbitMQBroker(f"amqp://user:s3cret@127.0.0.1:{port}/{query}", Topology())
        await broker.start()
        await until(lambda: len(logs) > 2)
        fault = await broker.fault()
        await broker.close()

    assert fault is not None
    assert "s3cret" not in f"{fault} {logs}"


async def test_a_refused_password_is_a_fault_that_does_not_tell_it(rabbitmq: Place) -> None:
    refused = rabbitmq.address.replace("guest:guest@", "guest:s3cret@")
    broker = RabbitMQBroker(refused, Topology())
    await broker.start()

    async def refused_clearly() -> bool:
        return "ACCESS_REFUSED" in (await broker.fault() or "")

    await until_so(refused_clearly)
    assert "s3cret" not in (await broker.fault() or "")
    await broker.close()


@pytest.mark.parametrize("url", ["amqp://user:s3cret@host:port/", "amqp://user:s3cret@host:99999/"])
def test_a_url_that_is_none_is_a_setting_error_without_the_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        RabbitMQBroker(url, Topology())

    assert "s3cret" not in str(caught.value)


async def test_an_event_is_not_read_again_by_the_process_that_wrote_it(rabbitmq: Place) -> None:
    """Unless it came otherwise than it was written: then the bytes count, as they do for every other process."""
    broker, topology = await rabbitmq.started()
    other = await rabbitmq.another(topology)
    store = await hands(broker, topology.queue("store"))
    event = event_message(requested(), topology.exchange)

    await broker.publish([event])
    await other.publish([replace(event, body=event.body + b" ")])

    given = {delivery.message.body: delivery.message.envelope for delivery in await store.hold(2)}
    assert given == {event.body: event.envelope, event.body + b" ": None}


async def test_the_events_that_a_broker_knows_are_forgotten_with_those_who_hold_them() -> None:
    own, event = OwnEvents(), event_message(requested(), "any")
    own.note(event)
    assert event.envelope is not None
    assert own.envelope(event.message_id, bytes(bytearray(event.body))) is event.envelope
    identity, body = event.message_id, event.body

    del event

    assert own.envelope(identity, body) is None
