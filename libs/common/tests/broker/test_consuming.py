"""Every broker keeps a message until it is acknowledged, and hands on what nobody can consume."""

import asyncio
from datetime import UTC, datetime

import pytest

from libs.common.tests.broker.places import GENERATED, REQUESTED, Hands, Place, hands, message
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Delivery
from tests.waiting import until


async def test_a_queue_keeps_messages_until_somebody_consumes(place: Place) -> None:
    broker, topology = await place.started()
    await broker.publish([message(topology.exchange, GENERATED, "a")])

    store = await hands(broker, topology.queue("store"))
    await store.hold(1)

    assert store.ids == ["a"]


async def test_a_consumer_never_has_more_than_its_prefetch_in_hand(place: Place) -> None:
    broker, topology = await place.started()
    held = await hands(broker, topology.queue("store"), prefetch=3, ack=False)
    await broker.publish([message(topology.exchange, GENERATED, str(number)) for number in range(10)])
    await held.hold(3)

    for number in range(4, 11):
        await held.taken[number - 4].ack()
        await held.hold(number)

    assert held.ids == [str(number) for number in range(10)]


async def test_two_consumers_share_a_queue(place: Place) -> None:
    broker, topology = await place.started()
    one = await hands(broker, topology.queue("store"), prefetch=1, ack=False)
    other = await hands(broker, topology.queue("store"), prefetch=1, ack=False)

    await broker.publish([message(topology.exchange, GENERATED, identity) for identity in "ab"])
    await one.hold(1)
    await other.hold(1)

    assert sorted(one.ids + other.ids) == ["a", "b"]


async def test_each_delivery_is_handled_in_a_task_of_its_own(place: Place) -> None:
    broker, topology = await place.started()
    met = asyncio.Barrier(3)
    done: list[str] = []

    async def meet(delivery: Delivery) -> None:
        await met.wait()
        done.append(delivery.message.message_id)
        await delivery.ack()

    await broker.consume(topology.queue("store"), prefetch=3, on_delivery=meet)
    await broker.publish([message(topology.exchange, GENERATED, identity) for identity in "abc"])

    await until(lambda: sorted(done) == ["a", "b", "c"])


async def test_what_is_acknowledged_is_gone(place: Place) -> None:
    broker, topology = await place.started()
    first = Hands()
    subscription = await broker.consume(topology.queue("store"), prefetch=1, on_delivery=first.take)
    await broker.publish([message(topology.exchange, GENERATED, "a")])
    await first.hold(1)
    await subscription.cancel()

    second = await hands(broker, topology.queue("store"))
    await broker.publish([message(topology.exchange, GENERATED, "b")])
    await second.hold(1)

    assert second.ids == ["b"]


async def test_what_is_given_back_is_delivered_again_and_counted(place: Place) -> None:
    broker, topology = await place.started()
    held = await hands(broker, topology.queue("store"), prefetch=1, ack=False)
    sent = message(topology.exchange, GENERATED, "a", headers={"kept": "1.5"})
    await broker.publish([sent])

    for count in (1, 2, 3):
        await held.hold(count)
        await held.taken[-1].requeue()
    await held.hold(4)

    assert [delivery.returns for delivery in held.taken] == [0, 1, 2, 3]
    assert held.taken[-1].message == sent


async def test_what_failed_without_an_answer_is_given_back(place: Place) -> None:
    broker, topology = await place.started()
    seen: list[int] = []

    async def fail_once(delivery: Delivery) -> None:
        seen.append(delivery.returns)
        if delivery.returns == 0:
            raise LookupError("a fault of the caller's")
        await delivery.ack()

    await broker.consume(topology.queue("store"), prefetch=1, on_delivery=fail_once)
    await broker.publish([message(topology.exchange, GENERATED)])

    await until(lambda: seen == [0, 1])


async def test_what_comes_back_too_often_goes_to_the_dead_letter_queue(place: Place) -> None:
    broker, topology = await place.started(delivery_limit=2)
    held = await hands(broker, topology.queue("store"), prefetch=1, ack=False)
    dead = await hands(broker, topology.dead_queue("store"))
    await broker.publish([message(topology.exchange, GENERATED, "a", body=b"poison", headers={"kept": "1.5"})])

    for count in (1, 2, 3):
        await held.hold(count)
        await held.taken[-1].requeue()
    [delivery] = await dead.hold(1)

    assert [delivery.returns for delivery in held.taken] == [0, 1, 2]
    assert (delivery.message.body, delivery.message.headers) == (b"poison", {"kept": "1.5"})
    assert delivery.returns == 0


async def test_a_dead_letter_queue_keeps_what_comes_back_however_often(place: Place) -> None:
    broker, topology = await place.started(delivery_limit=1)
    dead = await hands(broker, topology.dead_queue("store"), prefetch=1, ack=False)
    await broker.publish([message("", topology.dead_queue("store"))])

    for count in range(1, 26):
        await dead.hold(count)
        await dead.taken[-1].requeue()
    await dead.hold(26)


async def test_a_delivery_is_settled_once(place: Place) -> None:
    broker, topology = await place.started()
    held = await hands(broker, topology.queue("store"), ack=False)
    await broker.publish([message(topology.exchange, GENERATED)])
    [delivery] = await held.hold(1)
    await delivery.ack()

    with pytest.raises(BrokerUnavailable):
        await delivery.ack()
    with pytest.raises(BrokerUnavailable):
        await delivery.requeue()


async def test_what_is_settled_at_once_has_each_its_own_fate(place: Place) -> None:
    broker, topology = await place.started()
    held = Hands(ack=False)
    subscription = await broker.consume(topology.queue("store"), prefetch=6, on_delivery=held.take)
    await broker.publish([message(topology.exchange, GENERATED, identity) for identity in "abcdef"])
    a, b, c, d, _e, f = await held.hold(6)
    await subscription.cancel()

    await a.requeue()
    for delivery in (d, b, f):
        await delivery.ack()
    rest = await hands(broker, topology.queue("store"), ack=False)
    await rest.hold(1)
    await c.requeue()
    await rest.hold(2)

    assert rest.ids == ["a", "c"]
    with pytest.raises(BrokerUnavailable):
        await b.ack()


async def test_a_cancelled_consumer_gets_nothing_more_and_may_settle_what_it_has(place: Place) -> None:
    broker, topology = await place.started()
    held = Hands(ack=False)
    subscription = await broker.consume(topology.queue("store"), prefetch=2, on_delivery=held.take)
    await broker.publish([message(topology.exchange, GENERATED, identity) for identity in "abc"])
    await held.hold(2)

    await subscription.cancel()
    await held.taken[0].ack()
    await held.taken[1].requeue()
    rest = await hands(broker, topology.queue("store"))
    await rest.hold(2)

    assert held.ids == ["a", "b"]
    assert sorted(rest.ids) == ["b", "c"]


async def test_after_closing_a_delivery_can_not_be_settled(place: Place) -> None:
    broker, topology = await place.started()
    held = await hands(broker, topology.queue("store"), ack=False)
    await broker.publish([message(topology.exchange, GENERATED, identity) for identity in "ab"])
    await held.hold(2)
    await broker.close()

    with pytest.raises(BrokerUnavailable):
        await held.taken[0].ack()
    with pytest.raises(BrokerUnavailable):
        await held.taken[1].requeue()


async def test_only_queues_of_the_topology_can_be_consumed(place: Place) -> None:
    broker, topology = await place.started()

    with pytest.raises(ValueError, match="no-such-queue"):
        await hands(broker, f"{topology.namespace}.no-such-queue")


async def test_what_waits_in_a_delay_returns_to_its_queue_intact_and_not_early(place: Place) -> None:
    broker, topology = await place.started()
    generator = await hands(broker, topology.queue("generator"))
    store = await hands(broker, topology.queue("store"))
    headers = {"pathshala-attempt": 2, "pathshala-not-before": 1_795_471_200_123}
    sent = message(topology.delay(1).name, topology.queue("generator"), "a", body=b"kept", headers=headers)

    began = datetime.now(UTC)
    await broker.publish([sent])
    [delivery] = await generator.hold(1)

    arrived = delivery.message
    assert 0.99 < (datetime.now(UTC) - began).total_seconds() < 5
    assert (arrived.body, arrived.headers, arrived.message_id) == (b"kept", headers, "a")
    assert (arrived.type, arrived.correlation_id) == (sent.type, sent.correlation_id)
    assert (arrived.exchange, arrived.routing_key, delivery.returns) == ("", topology.queue("generator"), 0)
    assert store.ids == []


async def test_a_message_may_be_delayed_again_and_again(place: Place) -> None:
    broker, topology = await place.started()
    rounds: list[str] = []

    async def again(delivery: Delivery) -> None:
        rounds.append(delivery.message.message_id)
        if len(rounds) < 3:
            headers = delivery.message.headers
            queue = topology.queue("generator")
            await broker.publish([message(topology.delay(1).name, queue, "a", headers=headers)])
        await delivery.ack()

    await broker.consume(topology.queue("generator"), prefetch=1, on_delivery=again)
    await broker.publish([message("", topology.queue("generator"), "a")])

    await until(lambda: rounds == ["a", "a", "a"])


async def test_what_waits_for_the_enricher_too_long_falls_through_to_the_generator(place: Place) -> None:
    broker, topology = await place.started(enrichment_wait_seconds=0.3)
    generator = await hands(broker, topology.queue("generator"))
    sent = message(topology.exchange, REQUESTED, "a", body=b"kept", headers={"kept": "1.5"})

    began = datetime.now(UTC)
    await broker.publish([sent])
    [delivery] = await generator.hold(1)

    assert (datetime.now(UTC) - began).total_seconds() > 0.29
    assert (delivery.message.body, delivery.message.headers) == (b"kept", {"kept": "1.5"})
    assert (delivery.message.message_id, delivery.returns) == ("a", 0)


async def test_what_the_enricher_has_in_hand_outlives_the_time_limit(place: Place) -> None:
    broker, topology = await place.started(enrichment_wait_seconds=0.2)
    enricher = await hands(broker, topology.queue("enricher"), prefetch=1, ack=False)
    generator = await hands(broker, topology.queue("generator"))

    await broker.publish([message(topology.exchange, REQUESTED, identity) for identity in "ab"])
    await generator.hold(1)

    assert (enricher.ids, generator.ids) == (["a"], ["b"])
    await enricher.taken[0].ack()
