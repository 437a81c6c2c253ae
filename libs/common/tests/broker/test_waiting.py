"""How much waits in the queues: what is ready counts; what somebody has in hand, or is dead, does not."""

import pytest

from libs.common.tests.broker.places import ENRICHED, Place, hands, message
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Broker
from tests.waiting import until_so


async def until_waiting(broker: Broker, count: int) -> None:
    async def so() -> bool:
        return await broker.waiting() == count

    await until_so(so)


async def test_what_nobody_has_in_hand_waits(place: Place) -> None:
    broker, topology = await place.started()
    assert await broker.waiting() == 0
    await broker.publish([message(topology.exchange, ENRICHED) for _ in range(3)])
    await until_waiting(broker, 6)  # the generator's queue and the store's
    store = await hands(broker, topology.queue("store"), ack=False)
    await store.hold(3)
    await until_waiting(broker, 3)


async def test_dead_letters_do_not_wait_for_anybody(place: Place) -> None:
    broker, topology = await place.started()
    await broker.publish([message("", topology.dead_queue("store"))])
    assert await broker.waiting() == 0


async def test_it_is_not_known_without_a_connection(place: Place) -> None:
    broker, _ = place.broker()
    with pytest.raises(BrokerUnavailable):
        await broker.waiting()
