"""The broker dies, freezes, blocks and forgets: what was accepted is done all the same, and nobody who asks notices."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aio_pika
import pytest
from aio_pika.exceptions import AMQPException

from tests.faults.conftest import MakeHouse
from tests.faults.load import Load, Model, final, second_lessons
from tests.faults.record import LONG, RABBITMQ, Measured, fault
from tests.house import calling
from tests.house.asking import ask, ask_for_many, lesson, outcome, reasons_of_503, status
from tests.house.houses import House, Replicas
from tests.servers.choice import BrokerServer
from tests.waiting import DEADLINE_SECONDS, until_true
from tests.yardstick import timed

FROZEN_SECONDS = 30 if LONG else 4
PER_SECOND = 20 if LONG else 5
"""Orders. How many there are in the end depends on how long a broker takes to start."""
PREFETCH, GENERATORS = 4, 2
PUBLISHING_AGAIN_SECONDS = 10
CONSUMING_AGAIN_SECONDS = 5
CONSUMING_AGAIN = ("connected to the broker", "consuming")
STALLED_SECONDS = 8
ALL_END_SECONDS = 240


@pytest.fixture(scope="module")
def house(house_maker: MakeHouse) -> Iterator[House]:
    """A house whose outbox publishes nothing twice, however long the broker takes to come back: no loss is mended."""
    settings = {
        "PATHSHALA_PUBLISH_TIMEOUT_SECONDS": "2",
        "PATHSHALA_ENRICHER_CONCURRENCY": str(PREFETCH),
    }
    made = house_maker(Replicas(apis=2, stores=2, generators=GENERATORS), heartbeat_seconds=2, **settings)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def impatient_house(house_maker: MakeHouse) -> Iterator[House]:
    """A house that drives its tasks on soon."""
    times = {"PATHSHALA_STALLED_SECONDS": str(STALLED_SECONDS), "PATHSHALA_HOUSEKEEPING_SECONDS": "0.5"}
    made = house_maker(Replicas(apis=2, stores=2, generators=GENERATORS), **times)
    yield made
    made.stop()


def queue_of(house: House, service: str) -> str:
    return f"{house.services['api'].settings['PATHSHALA_NAMESPACE']}.{service}"


def unbind(url: str, house: House, *services: str) -> None:
    """Take the request for a lesson away from the queues of these services."""

    async def go() -> None:
        async with await aio_pika.connect(url) as connection:
            channel = await connection.channel()
            for service in services:
                queue = await channel.get_queue(queue_of(house, service), ensure=False)
                await queue.unbind(queue_of(house, "events"), "lesson.requested")

    asyncio.run(go())


def delete(url: str, queue: str) -> None:
    async def go() -> None:
        async with await aio_pika.connect(url) as connection:
            await (await connection.channel()).queue_delete(queue)

    asyncio.run(go())


def consumers(url: str, queue: str) -> int:
    """How many consumers a queue has; none if there is no such queue."""

    async def go() -> int:
        async with await aio_pika.connect(url) as connection:
            try:
                found = await (await connection.channel()).declare_queue(queue, passive=True)
            except AMQPException:
                return 0
            return found.declaration_result.consumer_count or 0

    return asyncio.run(go())


def assert_all_completed(house: House, accepted: dict[str, str]) -> None:
    ends = final(house.url, accepted, ALL_END_SECONDS)
    assert accepted.keys() == ends.keys()
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert second_lessons(house.url, accepted) == 0


def losses(house: House) -> int:
    """How often a consumer of those that lead to a call of the model lost its connection, with all it had in hand."""
    names = ["enricher", *(f"generator-{number}" for number in range(1, GENERATORS + 1))]
    lines = [line for name in names for line in house.services[name].log_lines()]
    up = [line for line in lines if (line.get("event"), line.get("purpose")) == CONSUMING_AGAIN]
    return len(up) - len(names)


def assert_not_refused_for_the_broker(house: House, load: Load) -> None:
    """A database that is slower than its limit is another matter: on a machine that is busy enough, it is."""
    assert load.refused.keys() <= {503}
    reasons = set[str]().union(*(reasons_of_503(api) for api in house.named("api")))
    assert {reason.partition(":")[0] for reason in reasons} <= {"MongoDB"}


@contextmanager
def hindered(house: House, name: str, relieve: Callable[[], None]) -> Iterator[Load]:
    """Ask steadily while inside, where a publish must fail; every request is accepted, and soon, and reads work."""
    done = ask(house.url, f"{name} before")
    outcome(house.url, done)
    with timed() as meanwhile, Load(house.url, name=name, per_second=PER_SECOND) as load:
        try:
            yield load
            house.services["api"].wait_for_log("requests wait in the outbox")
            assert status(house.url, done)["status"] == "completed"
            assert lesson(house.url, f"{name} before")["task_id"] == done
            assert calling.get(f"{house.url}/health/ready", timeout=DEADLINE_SECONDS).status_code == 200
        finally:
            relieve()
    assert_not_refused_for_the_broker(house, load)
    assert load.slowest_seconds < meanwhile.stretched(2)


@fault(1, RABBITMQ)
@pytest.mark.slow
def test_a_broker_that_dies_under_load_loses_nothing(
    house: House, broker_server: BrokerServer, model: Model, measured: Measured
) -> None:
    lost_before = losses(house)
    with Load(house.url, name="dies", per_second=PER_SECOND) as load:
        until_true(lambda: len(model.calls("dies")) >= 10)
        broker_server.kill()
        asked = len(load.accepted)
        until_true(lambda: len(load.accepted) >= asked + 10)
        broker_server.start()
        held = list(load.accepted.values())[asked]
        with timed() as back:
            until_true(lambda: status(house.url, held)["status"] != "pending")
    assert_all_completed(house, load.accepted)
    repeats = sum(model.calls("dies").values()) - len(load.accepted)
    measured(confirmed=len(load.accepted), lost=0, duplicates=repeats, back_seconds=round(back.seconds, 2))
    assert_not_refused_for_the_broker(house, load)
    assert not [api.name for api in house.named("api") if "publishing leftovers" in api.log_text]
    # A busy machine misses heartbeats, which loses a connection more, and what was in hand then comes again too.
    lost = losses(house) - lost_before
    assert lost >= 1 + GENERATORS
    assert repeats <= PREFETCH * lost
    assert back.seconds <= back.stretched(PUBLISHING_AGAIN_SECONDS)


@fault(2, RABBITMQ)
def test_a_frozen_broker_hinders_nobody_who_asks_or_reads(
    house: House, broker_server: BrokerServer, measured: Measured
) -> None:
    with hindered(house, "frozen", broker_server.thaw) as load:
        broker_server.freeze()
        thaw_at = time.monotonic() + FROZEN_SECONDS
        until_true(lambda: time.monotonic() >= thaw_at)
    began = time.monotonic()
    assert_all_completed(house, load.accepted)
    measured(
        frozen_seconds=FROZEN_SECONDS,
        accepted=len(load.accepted),
        slowest_post_seconds=round(load.slowest_seconds, 2),
        drained_seconds=round(time.monotonic() - began, 2),
    )


@fault(3, RABBITMQ)
@pytest.mark.slow
def test_a_broker_without_memory_hinders_nobody_and_what_arrives_late_makes_no_second_task(
    house: House, broker_server: BrokerServer, model: Model, measured: Measured
) -> None:
    api = house.services["api"]
    waited = api.log_text.count("requests wait in the outbox")

    def relieve() -> None:
        broker_server.ctl("set_vm_memory_high_watermark", "0.4")

    with hindered(house, "alarm", relieve) as load:
        broker_server.ctl("set_vm_memory_high_watermark", "0.0001")
        until_true(lambda: api.log_text.count("requests wait in the outbox") > waited)
    began = time.monotonic()
    assert_all_completed(house, load.accepted)
    measured(
        accepted=len(load.accepted),
        slowest_post_seconds=round(load.slowest_seconds, 2),
        drained_seconds=round(time.monotonic() - began, 2),
        second_tasks=0,
        calls_repeated=sum(model.calls("alarm").values()) - len(load.accepted) - 1,
    )


@fault(9, RABBITMQ)
def test_a_request_that_no_queue_takes_waits_in_the_outbox_and_health_says_so(
    house: House, broker_server: BrokerServer, measured: Measured
) -> None:
    task_ids: list[str] = []

    def lost_and_said() -> bool:
        unbind(broker_server.url, house, "enricher", "store")
        task_ids.append(ask(house.url, f"unroutable {len(task_ids)}"))
        faults = calling.get(f"{house.url}/health/ready", timeout=5).json()["faults"]
        return "no queue takes" in faults.get("broker", "")

    until_true(lost_and_said)
    began = time.monotonic()
    assert all(outcome(house.url, task_id)["status"] == "completed" for task_id in task_ids)
    measured(tasks=len(task_ids), completed_seconds=round(time.monotonic() - began, 2))


@fault(9, RABBITMQ)
@pytest.mark.slow
def test_a_request_that_only_the_enricher_missed_is_driven_on(
    impatient_house: House, broker_server: BrokerServer, model: Model, measured: Measured
) -> None:
    house = impatient_house
    task_ids: list[str] = []
    # Somebody binds again every second or so; of five rounds most are quicker.
    for number in range(5):
        unbind(broker_server.url, house, "enricher")
        task_ids += ask_for_many(house.url, [f"missed {number} {topic}" for topic in "ab"])
    until_true(lambda: any("driving stalled tasks on" in store.log_text for store in house.named("store")))
    began = time.monotonic()
    assert all(outcome(house.url, task_id)["status"] == "completed" for task_id in task_ids)
    calls = model.calls("missed")
    measured(tasks=len(task_ids), completed_seconds=round(time.monotonic() - began, 2), calls=sum(calls.values()))
    assert max(calls.values()) == 1


@fault(10, RABBITMQ)
@pytest.mark.slow
def test_the_consumers_of_a_deleted_queue_are_back_and_what_was_in_it_is_driven_on(
    impatient_house: House, broker_server: BrokerServer, measured: Measured
) -> None:
    house, queue = impatient_house, queue_of(impatient_house, "generator")
    with Load(house.url, name="deleted", per_second=40) as load:
        until_true(lambda: len(load.accepted) >= 40)
        delete(broker_server.url, queue)
        with timed() as back:
            until_true(lambda: consumers(broker_server.url, queue) == GENERATORS)
    assert_all_completed(house, load.accepted)
    measured(back_seconds=round(back.seconds, 2), accepted=len(load.accepted), lost=0)
    assert back.seconds <= back.stretched(CONSUMING_AGAIN_SECONDS)
