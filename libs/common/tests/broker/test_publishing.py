"""Every broker brings a message to all of its queues, intact, or says that it could not."""

import asyncio
from dataclasses import replace

import pytest

from libs.common.tests.broker.places import ENRICHED, GENERATED, REQUESTED, UNHEARD, Place, hands, message, taken
from pathshala_common.contract.errors import BrokerUnavailable


async def test_an_event_reaches_every_queue_that_subscribes_and_no_other(place: Place) -> None:
    broker, topology = await place.started()
    enricher = await hands(broker, topology.queue("enricher"))
    generator = await hands(broker, topology.queue("generator"))
    store = await hands(broker, topology.queue("store"))

    await broker.publish([message(topology.exchange, REQUESTED, "a"), message(topology.exchange, ENRICHED, "b")])
    await store.hold(2)
    await enricher.hold(1)
    await generator.hold(1)

    assert (enricher.ids, generator.ids, sorted(store.ids)) == (["a"], ["b"], ["a", "b"])


async def test_a_message_arrives_as_it_was_sent(place: Place) -> None:
    broker, topology = await place.started()
    headers = {
        "text": "विद्या",
        "empty": "",
        "none": None,
        "yes": True,
        "moment": 1_795_471_200_123,
        **{f"n{number}": number for number in (0, -1, 127, 200, -40_000, 65_535, 3_000_000_000, 2**40, -(2**62))},
    }
    sent = message(topology.exchange, GENERATED, "नमस्ते-1", body="पाठशाला ✓".encode(), headers=headers)
    store = await hands(broker, topology.queue("store"))

    await broker.publish([sent])
    [delivery] = await store.hold(1)

    assert (delivery.message, delivery.returns) == (sent, 0)


@pytest.mark.parametrize("size", [0, 1, 131_064, 1_048_576])
async def test_a_body_of_any_size_up_to_the_limit_arrives_whole(place: Place, size: int) -> None:
    broker, topology = await place.started()
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    store = await hands(broker, topology.queue("store"))

    await broker.publish([message(topology.exchange, GENERATED, body=body)])
    [delivery] = await store.hold(1)

    assert delivery.message.body == body


async def test_a_message_can_be_sent_to_one_queue_alone(place: Place) -> None:
    broker, topology = await place.started()
    dead = await hands(broker, topology.dead_queue("store"))

    await broker.publish([message("", topology.dead_queue("store"), "a")])
    await dead.hold(1)

    assert dead.ids == ["a"]


async def test_many_published_at_once_all_arrive_once(place: Place) -> None:
    broker, topology = await place.started()
    store = await hands(broker, topology.queue("store"))
    expected = {f"{batch}-{number}" for batch in range(40) for number in range(10)}

    await asyncio.gather(
        *(
            broker.publish([message(topology.exchange, GENERATED, f"{batch}-{number}") for number in range(10)])
            for batch in range(40)
        )
    )
    await store.hold(400)

    assert set(store.ids) == expected


async def test_one_consumer_gets_messages_in_the_order_of_their_publishing(place: Place) -> None:
    broker, topology = await place.started()
    store = await hands(broker, topology.queue("store"), prefetch=1)
    expected = [str(number) for number in range(50)]

    await broker.publish([message(topology.exchange, GENERATED, identity) for identity in expected])
    await store.hold(50)

    assert store.ids == expected


async def test_nothing_to_publish_is_published_at_once(place: Place) -> None:
    broker, _ = await place.started()

    await broker.publish([])


@pytest.mark.parametrize(
    ("exchange", "routing_key"),
    [
        ("{namespace}.events", "lesson.nobody-subscribes"),
        ("{namespace}.no-such-exchange", GENERATED),
        ("", "{namespace}.no-such-queue"),
        ("{namespace}.delay.1s", "{namespace}.no-such-queue"),
    ],
)
async def test_what_no_queue_takes_is_refused_and_harms_nothing_beside_it(
    place: Place, exchange: str, routing_key: str
) -> None:
    broker, topology = await place.started()
    store = await hands(broker, topology.queue("store"))
    lost = message(exchange.format(namespace=topology.namespace), routing_key.format(namespace=topology.namespace))
    innocents = [broker.publish([message(topology.exchange, GENERATED)]) for _ in range(20)]

    with pytest.raises(BrokerUnavailable):
        await broker.publish([lost])
    await asyncio.gather(*innocents)

    await store.hold(20)


async def test_what_nobody_need_take_goes_to_those_who_do_or_nowhere(place: Place) -> None:
    broker, topology = await place.started()
    store = await hands(broker, topology.queue("store"))

    await broker.publish([replace(message(topology.exchange, UNHEARD), mandatory=False)])
    await broker.publish([replace(message(topology.exchange, GENERATED, "a"), mandatory=False)])
    with pytest.raises(BrokerUnavailable):
        await broker.publish([message(topology.exchange, UNHEARD)])
    with pytest.raises(BrokerUnavailable):
        await broker.publish([replace(message(f"{topology.namespace}.no-such-exchange", UNHEARD), mandatory=False)])
    await store.hold(1)

    assert store.ids == ["a"]


async def test_of_two_with_one_id_the_unroutable_one_is_refused(place: Place) -> None:
    broker, topology = await place.started()
    good = message(topology.exchange, GENERATED, "same")
    lost = message("", f"{topology.namespace}.no-such-queue", "same")

    outcomes = await asyncio.gather(
        broker.publish([lost]), broker.publish([good]), broker.publish([lost]), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes] == [BrokerUnavailable, type(None), BrokerUnavailable]


async def test_a_full_queue_refuses_and_keeps_what_it_confirmed(place: Place) -> None:
    broker, topology = await place.started(queue_length_max=5)
    confirmed: list[str] = []
    while await taken(broker, message(topology.exchange, GENERATED, str(len(confirmed)))):
        confirmed.append(str(len(confirmed)))

    store = await hands(broker, topology.queue("store"))
    await store.hold(len(confirmed))

    assert len(confirmed) >= 5
    assert store.ids == confirmed


async def test_a_message_refused_by_one_of_its_queues_is_in_all_the_others_or_in_none(place: Place) -> None:
    broker, topology = await place.started(queue_length_max=1)
    while await taken(broker, message(topology.exchange, GENERATED)):
        pass

    with pytest.raises(BrokerUnavailable):
        await broker.publish([message(topology.exchange, ENRICHED, "refused")])
    await broker.publish([message("", topology.queue("generator"), "last")])
    generator = await hands(broker, topology.queue("generator"))

    await generator.hold(1 if place.kind.refuses_wholly else 2)


async def test_a_broker_that_was_not_started_publishes_nothing(place: Place) -> None:
    broker, topology = place.broker()

    with pytest.raises(BrokerUnavailable):
        await broker.publish([message(topology.exchange, GENERATED)])
    assert await broker.fault() is not None


async def test_a_closed_broker_publishes_and_consumes_nothing(place: Place) -> None:
    broker, topology = await place.started()
    await broker.close()
    await broker.close()

    with pytest.raises(BrokerUnavailable):
        await broker.publish([message(topology.exchange, GENERATED)])
    with pytest.raises(BrokerUnavailable):
        await hands(broker, topology.queue("store"))
    assert await broker.fault() is not None


async def test_a_broker_says_whether_messages_outlive_the_process(place: Place) -> None:
    broker, _ = place.broker()

    assert broker.durable is place.kind.durable
