"""What a broker in memory had in hand when its process died is known to the next one."""

import os
from pathlib import Path

import pytest

from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.memory.in_flight import InFlightJournal
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.messages import returned
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology
from pathshala_common.runtime.clock import SystemClock
from tests.waiting import settled, until

TOPOLOGY = Topology()
QUEUE = TOPOLOGY.queue("generator")


def message(task_id: str) -> Message:
    return Message(b"{}", "", QUEUE, message_id=task_id, correlation_id=task_id)


async def started(path: Path) -> MemoryBroker:
    broker = MemoryBroker(TOPOLOGY, clock=SystemClock(), hands=InFlightJournal(path))
    await broker.start()
    return broker


async def taking(broker: MemoryBroker, count: int) -> list[Delivery]:
    """Take so many deliveries, and keep them."""
    held: list[Delivery] = []

    async def hold(delivery: Delivery) -> None:
        held.append(delivery)

    await broker.consume(QUEUE, prefetch=count, on_delivery=hold)
    await until(lambda: len(held) == count)
    return held


async def test_after_a_death_only_what_was_in_hand_is_known_and_once(tmp_path: Path) -> None:
    dying = await started(tmp_path / "hands")
    assert dying.left_in_hand() == frozenset()
    await dying.publish([message(f"task-{number}") for number in range(5)])
    held = await taking(dying, 3)
    await held[1].ack()
    await until(lambda: len(held) == 4)

    assert (await started(tmp_path / "hands")).left_in_hand() == {"task-0", "task-2", "task-3"}
    assert (await started(tmp_path / "hands")).left_in_hand() == frozenset()


async def test_after_a_stop_in_order_nothing_was_in_hand(tmp_path: Path) -> None:
    stopping = await started(tmp_path / "hands")
    await stopping.publish([message("task-1")])
    await taking(stopping, 1)
    await stopping.close()

    assert (await started(tmp_path / "hands")).left_in_hand() == frozenset()


async def test_ids_of_any_length_are_noted_without_touching_each_other(tmp_path: Path) -> None:
    dying = await started(tmp_path / "hands")
    longest = "x" * 64
    await dying.publish([message(longest), message("a"), message("é" * 200)])
    await taking(dying, 3)

    left = (await started(tmp_path / "hands")).left_in_hand()
    assert {longest, "a"} <= left
    assert len(left) == 3


async def test_a_message_that_is_put_in_as_one_that_came_back_is_delivered_as_such(tmp_path: Path) -> None:
    broker = await started(tmp_path / "hands")
    await broker.publish([returned(message("task-1"), QUEUE, 2, None), message("task-2")])
    assert [delivery.returns for delivery in await taking(broker, 2)] == [2, 0]


async def test_suspects_of_all_services_are_in_hand_one_at_a_time(tmp_path: Path) -> None:
    broker, held = await started(tmp_path / "hands"), list[Delivery]()

    async def hold(delivery: Delivery) -> None:
        held.append(delivery)

    for service in SUBSCRIPTIONS:
        queue = TOPOLOGY.suspects_queue(service)
        await broker.publish([returned(message(f"{service} {number}"), queue, 0, None) for number in range(2)])
        await broker.consume(queue, prefetch=1, on_delivery=hold)
    for count in range(1, 2 * len(SUBSCRIPTIONS) + 1):
        await until(lambda count=count: len(held) == count)  # type: ignore[misc]
        await settled()
        assert len(held) == count
        await held[-1].ack()
    assert len({delivery.message.correlation_id for delivery in held}) == len(held)


async def test_a_full_disk_costs_the_note_and_no_delivery() -> None:
    full = InFlightJournal(Path("/dev/full"))
    full._file = os.open("/dev/full", os.O_RDWR)
    broker = MemoryBroker(TOPOLOGY, clock=SystemClock(), hands=full)
    broker._fault = None
    await broker.publish([message("task-1")])
    for delivery in await taking(broker, 1):
        await delivery.ack()


async def test_a_folder_that_is_not_there_is_a_clear_refusal(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailable, match="cannot be used: No such file"):
        await started(tmp_path / "missing" / "hands")
