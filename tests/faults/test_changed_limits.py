"""Limits that are changed on a broker that has the queues of a house already."""

import asyncio

import aio_pika
import pytest

from pathshala_common.broker.rabbitmq.variants import names
from pathshala_common.contract.topology import Topology
from tests.faults.conftest import MakeHouse
from tests.faults.load import Model, final
from tests.faults.record import LONG, RABBITMQ, Measured, fault
from tests.house.asking import ask
from tests.house.houses import House
from tests.servers.choice import BrokerServer

TASKS = 3
END_SECONDS = 60
OUTBOX_RETRY_SECONDS = "15"
"""What an API had in hand when it was stopped is published by the next one, or by its neighbour, after this."""

SETTINGS_EXIT_CODE = 2

CHANGES = {
    "down": {"PATHSHALA_ENRICHMENT_WAIT_SECONDS": "10", "PATHSHALA_QUEUE_LENGTH_MAX": "1000"},
    "up": {"PATHSHALA_ENRICHMENT_WAIT_SECONDS": "90", "PATHSHALA_QUEUE_LENGTH_MAX": "2000000"},
}
"""Each limit by itself is changed in the tests of the adapter."""


def ask_some(house: House, name: str) -> dict[str, str]:
    """Ask for lessons. Returns task ids by topic."""
    topics = [f"{name} {number}" for number in range(TASKS)]
    return {topic: ask(house.url, topic, subject="faults") for topic in topics}


@fault(35, RABBITMQ)
@pytest.mark.parametrize("direction", CHANGES if LONG else ["down"])
def test_services_whose_limits_are_changed_one_by_one_lose_nothing_and_pay_for_nothing_twice(
    direction: str, make_house: MakeHouse, model: Model, measured: Measured
) -> None:
    name = f"limits {direction}"
    house = make_house(first="api enricher store", PATHSHALA_OUTBOX_RETRY_SECONDS=OUTBOX_RETRY_SECONDS)
    asked = ask_some(house, f"{name} before")
    for service, process in house.services.items():
        process.settings = {**process.settings, **CHANGES[direction]}
        if service != "generator-1":
            process.terminate()
        house.restart(service)
        asked |= ask_some(house, f"{name} {service}")
    ends = final(house.url, asked, END_SECONDS)
    calls = sum(model.calls(name).values())
    measured(tasks=len(asked), completed=sum(end["status"] == "completed" for end in ends.values()), calls=calls)
    assert ends.keys() == asked.keys()
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert calls == len(asked)


@fault(35, RABBITMQ)
async def test_a_service_that_can_have_no_queue_of_its_limits_refuses_to_start_in_one_line(
    make_house: MakeHouse, broker_server: BrokerServer
) -> None:
    house = make_house()
    await asyncio.to_thread(house.stop)
    api = house.services["api"]
    queue = Topology(api.settings["PATHSHALA_NAMESPACE"]).queue("generator")
    async with await aio_pika.connect(broker_server.url) as connection, connection.channel() as channel:
        for variant in names(queue):
            await channel.queue_delete(variant)
            await channel.declare_queue(variant, durable=True)

    await asyncio.to_thread(api.launch)
    code = await asyncio.to_thread(api.wait)

    [line] = [line for line in api.log_text.splitlines() if line.startswith("pathshala: ")]
    assert code == SETTINGS_EXIT_CODE
    assert f"queue {queue!r} exists with other arguments" in line
    assert "Delete those that are empty" in line
    assert "started" not in {entry["event"] for entry in api.log_lines()}
