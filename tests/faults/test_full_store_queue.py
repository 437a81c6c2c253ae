"""The store's queue is full: what it refuses waits, nothing comes to another queue twice, and no call is repeated."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest

from libs.common.tests.broker.places import ENRICHED, GENERATED, hands, message, taken, until_well
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.broker.rabbitmq.link import disconnect
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Broker, Message, left_after
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.clock import SystemClock
from tests.faults.conftest import MakeHouse
from tests.faults.load import Model
from tests.faults.record import DEPLOYMENTS, LONG, MEMORY, RABBITMQ, Measured, fault, without_guard
from tests.faults.test_paid_calls import asked, assert_all_completed
from tests.house.houses import House, embedded
from tests.servers.choice import BrokerServer
from tests.waiting import until, until_so, until_true

LIMIT = 5
FEW = {"PATHSHALA_QUEUE_LENGTH_MAX": str(LIMIT)}
ROOM_FOR_ALL = {"PATHSHALA_GENERATOR_CONCURRENCY": "200"}
"""Generators take whatever comes, so that no queue but the store's is full."""

TASKS = 100 if LONG else 20
REFUSALS = 6
TRIES = 3
WITHOUT_STORES = "api api-2 enricher generator-1 generator-2 generator-3"
REFUSED = "refused; a queue is full"
TRACE = "amq.rabbitmq.trace"


@pytest.fixture
def trace(broker_server: BrokerServer) -> Iterator[str]:
    """The name of a queue that gets a copy of whatever the broker delivers."""
    name = f"trace-{uuid4().hex}"
    broker_server.ctl("trace_on")

    async def begin() -> None:
        async with await aio_pika.connect(broker_server.url) as connection:
            queue = await (await connection.channel()).declare_queue(name, durable=True)
            await queue.bind(TRACE, "deliver.#")

    async def end() -> None:
        async with await aio_pika.connect(broker_server.url) as connection:
            await (await connection.channel()).queue_delete(name)

    asyncio.run(begin())
    yield name
    broker_server.ctl("trace_off")
    asyncio.run(end())


async def copies(url: str, trace: str, namespace: str) -> Counter[tuple[str, str]]:
    """How many copies of each message were delivered from each queue of a house, by queue and id. Hints are none."""
    hints, found = Topology(namespace).hints_exchange, Counter[tuple[str, str]]()
    async with await aio_pika.connect(url) as connection:
        queue = await (await connection.channel()).get_queue(trace)
        while (got := await queue.get(no_ack=True, fail=False)) is not None:
            name = str(got.routing_key).removeprefix("deliver.")
            if name.startswith(namespace) and not name.startswith(hints) and not got.headers["redelivered"]:
                found[name, _id(got.headers["properties"])] += 1
    return found


def _id(properties: object) -> str:
    assert isinstance(properties, dict)
    return str(properties["message_id"])


def limit(server: BrokerServer, queue: str) -> None:
    """Have a queue take no more than a few, by a policy, which the house does not know."""
    policy = json.dumps({"max-length": LIMIT})
    server.ctl("set_policy", "--apply-to", "queues", queue, f"^{queue.replace('.', '[.]')}$", policy)


def refusals(house: House, kind: str) -> int:
    """How often one kind of service was told that a queue is full."""
    return sum(service.log_text.count(REFUSED) for service in house.named(kind))


@fault(31, RABBITMQ)
def test_what_a_full_queue_refuses_is_in_the_others_once_and_paid_for_once(
    make_house: MakeHouse, model: Model, broker_server: BrokerServer, trace: str, measured: Measured
) -> None:
    house = make_house(first=WITHOUT_STORES, **FEW, **ROOM_FOR_ALL)
    namespace = house.services["api"].settings["PATHSHALA_NAMESPACE"]
    begun = House({name: house.services[name] for name in WITHOUT_STORES.split()}, "api")
    accepted = asked(begun, "full", TASKS)
    until_true(lambda: all(refusals(house, kind) >= REFUSALS for kind in ("api", "enricher", "generator")))
    told = sum(refusals(house, kind) for kind in ("api", "enricher", "generator"))
    for store in house.named("store"):
        store.start()
    assert_all_completed(house, accepted)
    delivered = asyncio.run(copies(broker_server.url, trace, namespace))
    calls = sum(model.calls("full").values())
    measured(tasks=TASKS, calls=calls, refusals=told, messages=len(delivered), most_copies=max(delivered.values()))
    assert {name for name, _ in delivered} == {f"{namespace}.{kind}" for kind in ("enricher", "generator", "store")}
    assert max(delivered.values()) == 1
    assert calls == TASKS


@fault(31, MEMORY)
def test_in_one_process_a_full_queue_refuses_wholly(
    tmp_path: Path, wikipedia_url: str, model: Model, measured: Measured
) -> None:
    house = embedded(tmp_path, wikipedia_url, **FEW, **model.settings)
    house.start()
    try:
        accepted = asked(house, "full embedded", TASKS)
        assert_all_completed(house, accepted)
        told = refusals(house, "pathshala")
    finally:
        house.stop()
    calls = sum(model.calls("full embedded").values())
    measured(tasks=TASKS, calls=calls, refusals=told)
    assert calls == TASKS


@asynccontextmanager
async def full(deployment: str, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Broker, Topology]]:
    """A broker whose store's queue has taken as many as it takes."""
    topology = Topology(f"full-{uuid4().hex[:12]}", queue_length_max=LIMIT)
    if deployment == RABBITMQ:
        server: BrokerServer = request.getfixturevalue("broker_server")
        broker: Broker = RabbitMQBroker(server.url, topology)
    else:
        broker = MemoryBroker(topology, clock=SystemClock())
    await broker.start()
    await until_well(broker)
    while await taken(broker, message(topology.exchange, GENERATED)):
        pass
    yield broker, topology
    await broker.close()


async def copies_after_refusals(deployment: str, request: pytest.FixtureRequest, *, remembers: bool) -> Counter[str]:
    """What comes to the generator's queue of two messages, one of which the store's queue refuses a few times."""
    async with full(deployment, request) as (broker, topology):
        sent = [message("", topology.queue("generator"), "safe"), message(topology.exchange, ENRICHED, "refused")]
        left: Sequence[Message] = sent
        generator = await hands(broker, topology.queue("generator"))
        for _ in range(TRIES):
            with pytest.raises(BrokerUnavailable) as refusal:
                await broker.publish(left)
            left = left_after(refusal.value, left) if remembers else sent
        await hands(broker, topology.queue("store"))
        await until_so(partial(taken_now, broker, left))
        await until(lambda: {"safe", "refused"} <= set(generator.ids))
        return Counter(generator.ids)


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
async def test_a_repeat_of_what_is_left_makes_no_copy(deployment: str, request: pytest.FixtureRequest) -> None:
    assert await copies_after_refusals(deployment, request, remembers=True) == {"safe": 1, "refused": 1}


async def test_a_house_that_has_not_yet_all_of_its_connections_finds_out_which_queue_refused(
    request: pytest.FixtureRequest,
) -> None:
    """Queues are asked over the connection that consumes: to go on without it made a copy at every try."""
    async with full(RABBITMQ, request) as (broker, topology):
        assert isinstance(broker, RabbitMQBroker)
        await disconnect(await broker._consuming.up())
        await until(lambda: not broker._consuming.is_up)
        with pytest.raises(BrokerUnavailable) as refusal:
            await broker.publish([message(topology.exchange, ENRICHED, "refused")])
        assert [one.routing_key for one in left_after(refusal.value, [])] == [topology.queue("store")]


@without_guard(31)
@pytest.mark.parametrize("deployment", DEPLOYMENTS)
async def test_a_repeat_of_all_that_was_sent_makes_a_copy_each_time(
    deployment: str, request: pytest.FixtureRequest
) -> None:
    assert (await copies_after_refusals(deployment, request, remembers=False))["safe"] > TRIES


async def taken_now(broker: Broker, left: Sequence[Message]) -> bool:
    """Publish what is left. Tells whether there was room for it."""
    try:
        await broker.publish(left)
    except BrokerUnavailable:
        return False
    return True


async def test_what_none_of_its_queues_is_known_to_have_refused_is_offered_to_each(broker_server: BrokerServer) -> None:
    """A queue without a leader refuses and seems empty; one that a policy limits does the same."""
    topology = Topology(f"hidden-{uuid4().hex[:12]}")
    broker, generator = RabbitMQBroker(broker_server.url, topology), topology.queue("generator")
    limit(broker_server, generator)
    await broker.start()
    await until_well(broker)
    while await taken(broker, message("", generator)):
        pass
    with pytest.raises(BrokerUnavailable) as refusal:
        await broker.publish([message(topology.exchange, ENRICHED, "refused")])
    left = left_after(refusal.value, [])
    assert {one.routing_key for one in left} == {generator, topology.queue("store")}
    got = await hands(broker, generator)
    await until_so(partial(taken_now, broker, left))
    await until(lambda: "refused" in got.ids)
    await broker.close()
