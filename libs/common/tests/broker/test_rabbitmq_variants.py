"""Limits that are changed on a broker that has the queues already: nothing is lost, whoever runs meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aio_pika
import pytest

from libs.common.tests.broker.places import (
    ENRICHED,
    GENERATED,
    REQUESTED,
    STORED,
    Place,
    hands,
    message,
    until_well,
)
from pathshala_common.broker.rabbitmq import inspection
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.broker.rabbitmq.dead_letters import RabbitMQDeadLetters
from pathshala_common.broker.rabbitmq.variants import Channels, names, peek
from pathshala_common.contract.finding import State
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.operator import DeadLetter, Verdict
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import Topology
from tests.waiting import until, until_so

Start = Callable[..., Any]

LOWER: list[dict[str, Any]] = [
    {"enrichment_wait_seconds": 5},
    {"queue_length_max": 50},
    {"delivery_limit": 5},
    {"dead_letters_max": 5},
]
HIGHER: list[dict[str, Any]] = [
    {"enrichment_wait_seconds": 60},
    {"queue_length_max": 2_000_000},
    {"delivery_limit": 20},
    {"dead_letters_max": 2_000},
]
EACH_LIMIT = pytest.mark.parametrize(
    "limits",
    [*LOWER, *(pytest.param(limits, marks=pytest.mark.slow) for limits in HIGHER)],
    ids=lambda limits: "-".join(f"{k}={v}" for k, v in limits.items()),
)


@pytest.fixture
def start(rabbitmq: Place) -> Start:
    """Start a broker on a topology, with limits of its own."""

    async def begin(topology: Topology, **limits: Any) -> tuple[RabbitMQBroker, Topology]:
        changed = replace(topology, **limits)
        broker = RabbitMQBroker(rabbitmq.address, changed, declare_interval_seconds=0.5, move_interval_seconds=0.2)
        rabbitmq.made.insert(0, (broker, changed))
        await broker.start()
        await until_well(broker)
        return broker, changed

    return begin


async def count(url: str, queue: str) -> int:
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        asked = await channel.declare_queue(queue, passive=True)
        return asked.declaration_result.message_count or 0


async def consumed(url: str, queue: str) -> bool:
    """Whether it is there and has consumers."""
    async with await aio_pika.connect(url) as connection, Channels(connection) as channels:
        found = await peek(channels, queue)
        return found is not None and bool(found.declaration_result.consumer_count)


@EACH_LIMIT
async def test_with_another_limit_a_service_starts_and_gets_what_lay_in_the_queues(
    rabbitmq: Place, start: Start, limits: dict[str, Any]
) -> None:
    before, topology = await rabbitmq.started()
    for number in range(3):
        await before.publish([message(topology.exchange, REQUESTED, f"old-{number}")])
    await before.close()

    after, changed = await start(topology, **limits)
    enricher, store = [await hands(after, changed.queue(service)) for service in ("enricher", "store")]
    await after.publish([message(changed.exchange, REQUESTED, "new")])

    everything = {"old-0", "old-1", "old-2", "new"}
    await until(lambda: set(enricher.ids) == everything and set(store.ids) == everything)
    assert await after.misfit() is None
    await until_nothing_waits(after)


async def test_without_the_move_what_lay_in_the_queues_would_stay_there(rabbitmq: Place) -> None:
    before, topology = await rabbitmq.started()
    await before.publish([message(topology.exchange, GENERATED, "old")])
    await before.close()

    changed = replace(topology, queue_length_max=50)
    after = RabbitMQBroker(rabbitmq.address, changed, move_interval_seconds=86_400)
    rabbitmq.made.insert(0, (after, changed))
    await after.start()
    await until_well(after)
    store = await hands(after, changed.queue("store"))
    await after.publish([message(changed.exchange, GENERATED, "new")])

    await until(lambda: store.taken)
    assert store.ids == ["new"]
    assert await count(rabbitmq.address, topology.queue("store")) == 2


async def until_nothing_waits(broker: RabbitMQBroker, *services: Service) -> None:
    async def empty() -> bool:
        return await broker.waiting(*services) == 0

    await until_so(empty)


async def test_while_services_have_different_limits_each_event_reaches_both_kinds(
    rabbitmq: Place, start: Start
) -> None:
    old, topology = await rabbitmq.started()
    new, changed = await start(topology, queue_length_max=50)
    old_store, new_store = await hands(old, topology.queue("store")), await hands(new, changed.queue("store"))

    for broker, name in ((old, "by the old"), (new, "by the new")):
        await broker.publish([message(topology.exchange, GENERATED, name)])

    await until(lambda: set(old_store.ids) == set(new_store.ids) == {"by the old", "by the new"})


@pytest.mark.slow
async def test_back_at_the_former_limit_the_former_queue_is_used_and_the_other_emptied(
    rabbitmq: Place, start: Start
) -> None:
    first, topology = await rabbitmq.started()
    await first.close()
    second, _ = await start(topology, queue_length_max=50)
    await second.publish([message(topology.exchange, GENERATED, "meanwhile")])
    await second.close()

    third, _ = await start(topology)
    store = await hands(third, topology.queue("store"))

    await until(lambda: "meanwhile" in store.ids)


async def test_when_the_old_queue_is_deleted_a_running_service_makes_it_anew_and_moves_back_into_it(
    rabbitmq: Place, start: Start
) -> None:
    before, topology = await rabbitmq.started()
    await before.close()
    after, changed = await start(topology, queue_length_max=50)
    own = changed.queue("store")
    store = await hands(after, own)

    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        await channel.queue_delete(own)
        await after.publish([message(changed.exchange, GENERATED, "before")])
        await until_so(lambda: consumed(rabbitmq.address, own))
        await after.publish([message(changed.exchange, GENERATED, "after")])

    await until(lambda: set(store.ids) == {"before", "after"})


@pytest.mark.slow
async def test_what_waits_in_a_delay_comes_back_to_the_queue_in_use(rabbitmq: Place, start: Start) -> None:
    before, topology = await rabbitmq.started()
    delay, queue = topology.delay(2), topology.queue("generator")
    await before.publish([message(delay.name, queue, "waits")])
    await before.close()

    after, changed = await start(topology, queue_length_max=50)
    generator = await hands(after, queue)
    await after.publish([message(changed.delay(1).name, queue, "waits in the new")])

    await until(lambda: set(generator.ids) == {"waits", "waits in the new"})
    assert {delivery.message.routing_key for delivery in generator.taken} == {queue}


async def test_what_nobody_enriches_falls_through_to_the_generator_whatever_its_limit(
    rabbitmq: Place, start: Start
) -> None:
    before, topology = await rabbitmq.started(enrichment_wait_seconds=0.5)
    await before.close()
    after, changed = await start(topology, queue_length_max=50)
    generator = await hands(after, changed.queue("generator"))

    await after.publish([message(changed.exchange, REQUESTED, "a")])

    await until(lambda: "a" in generator.ids)


@pytest.mark.slow
async def test_suspects_and_dead_letters_are_moved_on_and_keep_why_the_broker_moved_them(
    rabbitmq: Place, start: Start
) -> None:
    before, topology = await rabbitmq.started(delivery_limit=1)
    dead, suspects = topology.dead_queue("store"), topology.suspects_queue("store")
    await before.publish([Message(b"{}", "", suspects, "suspect"), Message(b"{}", "", dead, "dead")])
    store = await hands(before, topology.queue("store"), ack=False)
    await before.publish([message(topology.exchange, GENERATED, "comes back")])
    await until(lambda: store.taken)
    while await count(rabbitmq.address, dead) < 2:
        for delivery in store.taken:
            await delivery.requeue()
        store.taken.clear()
    await before.close()

    after, changed = await start(topology, queue_length_max=50, dead_letters_max=50)
    await hands(after, changed.queue("store"))
    alone = await hands(after, changed.suspects_queue("store"))

    await until(lambda: alone.ids == ["suspect"])
    moved = names(dead)[1]

    async def all_moved() -> bool:
        return (await count(rabbitmq.address, dead), await count(rabbitmq.address, moved)) == (0, 2)

    await until_so(all_moved)
    seen: dict[str, str | None] = {}

    def look(letter: DeadLetter) -> Verdict:
        seen[letter.message.message_id] = letter.moved
        return Verdict.LEAVE

    await RabbitMQDeadLetters(rabbitmq.address, changed).walk(["store"], look)
    assert seen == {"dead": None, "comes back": "delivery_limit"}


@pytest.mark.slow
async def test_no_more_is_moved_on_than_there_is_room_for(rabbitmq: Place, start: Start) -> None:
    before, topology = await rabbitmq.started()
    wanted = [str(number) for number in range(6)]
    for number in wanted:
        await before.publish([message(topology.exchange, GENERATED, number)])
    await before.close()

    after, changed = await start(topology, queue_length_max=3)
    store = await hands(after, changed.queue("store"), prefetch=1, ack=False)
    seen: list[str] = []

    async def all_seen() -> bool:
        if len(store.taken) > len(seen):
            seen.append(store.ids[-1])
            await store.taken[-1].ack()
        return len(seen) >= len(wanted)

    await until_so(all_seen)
    assert seen == wanted
    assert {delivery.returns for delivery in store.taken} == {0}


@pytest.mark.slow
async def test_what_came_by_a_retired_binding_is_not_moved_on(rabbitmq: Place, start: Start) -> None:
    before, topology = await rabbitmq.started()
    async with await aio_pika.connect(rabbitmq.address) as connection, connection.channel() as channel:
        await (await channel.get_queue(topology.queue("store"))).bind(topology.exchange, STORED)
    await before.publish([message(topology.exchange, STORED, "told"), message(topology.exchange, ENRICHED, "kept")])
    await before.close()

    after, changed = await start(topology, queue_length_max=50)
    store = await hands(after, changed.queue("store"))

    await until(lambda: store.taken)
    await until_nothing_waits(after, "store")
    assert store.ids == ["kept"]


@pytest.mark.slow
async def test_a_queue_that_only_the_others_consume_is_left_to_them(rabbitmq: Place, start: Start) -> None:
    old, topology = await rabbitmq.started()
    store = await hands(old, topology.queue("store"), prefetch=1, ack=False)
    for number in range(3):
        await old.publish([message(topology.exchange, GENERATED, str(number))])
    await until(lambda: store.taken)

    new, changed = await start(topology, queue_length_max=50, dead_letters_max=50)
    other = await hands(new, changed.queue("store"))
    await new.publish([message(topology.exchange, GENERATED, "both")])
    await until(lambda: other.taken)
    # Two looks at least have passed when a dead letter, which nobody consumes, has been moved on twice.
    for letter in ("first", "second"):
        await old.publish([Message(b"{}", "", topology.dead_queue("store"), letter)])
        await until_moved(rabbitmq.address, topology.dead_queue("store"))

    assert other.ids == ["both"]


async def until_moved(url: str, queue: str) -> None:
    async def moved() -> bool:
        return await count(url, queue) == 0

    await until_so(moved)


async def test_the_doctor_tells_of_a_changed_limit_before_and_after(rabbitmq: Place, start: Start) -> None:
    before, topology = await rabbitmq.started()
    await before.publish([message(topology.exchange, GENERATED)])
    await before.close()
    changed = replace(topology, queue_length_max=50)

    [found] = await inspection.checks(rabbitmq.address, changed)["queues"]()
    assert found.state is State.WARNING
    assert "x-max-length is 1000000, by these settings 50" in found.found.replace("'", "")
    assert topology.queue("store") in found.found

    after, _ = await start(topology, queue_length_max=50)
    await hands(after, changed.queue("store"))
    await until_nothing_waits(after, "store")
    findings = await inspection.checks(rabbitmq.address, changed)["queues"]()
    assert {finding.state for finding in findings} == {State.OK}
    assert topology.queue("store") in " ".join(finding.found for finding in findings)
