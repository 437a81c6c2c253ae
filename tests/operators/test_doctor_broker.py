"""The doctor at RabbitMQ: what it finds over AMQP, and that it shows no password."""

import asyncio
from uuid import uuid4

import aio_pika
import pytest

from tests.operators.command import examined, pathshala
from tests.operators.conftest import Deaths
from tests.servers.choice import start_rabbitmq
from tests.waiting import until_true


async def test_a_broker_with_the_house_s_queues_is_well_and_dead_letters_are_counted(
    settings: dict[str, str], deaths: Deaths
) -> None:
    await deaths.of_event("verbs")
    code, found = await examined(settings | dict(deaths.settings))
    assert code == 0
    assert [found[about][0] for about in ("broker", "broker alarms", "queues", "dead letters")] == [
        *("ok", "ok", "ok"),
        "warning",
    ]
    assert "RabbitMQ" in found["broker"][1]
    assert found["dead letters"][1] == "generator 1"


async def test_before_the_first_start_there_are_no_queues(settings: dict[str, str], amqp_url: str) -> None:
    name = f"test-{uuid4().hex}"
    code, found = await examined(settings | {"PATHSHALA_BROKER_URL": amqp_url, "PATHSHALA_NAMESPACE": name})
    assert code == 0
    assert found["queues"][:2] == ("warning", "none is there yet")


async def test_a_queue_that_differs_is_named_with_both_values_and_what_becomes_of_it(
    settings: dict[str, str], deaths: Deaths
) -> None:
    other = {"PATHSHALA_ENRICHMENT_WAIT_SECONDS": "7"}
    code, found = await examined(settings | dict(deaths.settings) | other)
    assert code == 0
    state, said, remedy = found["queues"]
    assert state == "warning"
    assert f"{deaths.topology.namespace}.enricher" in said
    assert "x-message-ttl is '30000'" in said
    assert "7000" in said
    assert "rabbitmqctl delete_queue" in remedy


async def test_a_lost_queue_is_named(settings: dict[str, str], deaths: Deaths) -> None:
    await deaths.broker.close()
    lost = deaths.topology.queue("store")
    async with await aio_pika.connect(deaths.settings["PATHSHALA_BROKER_URL"]) as connection:
        await (await connection.channel()).queue_delete(lost)
    code, found = await examined(settings | dict(deaths.settings))
    assert code == 0
    assert found["queues"][:2] == ("warning", f"missing: {lost}")


async def test_a_broker_that_is_away_is_wrong_and_nothing_shows_its_password(settings: dict[str, str]) -> None:
    ended = await pathshala("doctor", **settings | {"PATHSHALA_BROKER_URL": "amqp://user:canary@127.0.0.1:1/"})
    assert ended.code == 1
    assert "wrong   broker: " in ended.out
    assert "ok      disk: " in ended.out
    assert "canary" not in ended.text


@pytest.mark.slow
async def test_an_alarm_is_wrong(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    _, server = await asyncio.to_thread(start_rabbitmq, tmp_path_factory.mktemp("alarm"))
    try:
        await asyncio.to_thread(server.ctl, "set_vm_memory_high_watermark", "0.0001")
        await asyncio.to_thread(until_true, lambda: "memory" in server.ctl("eval", "rabbit_alarm:get_alarms()."), 20)
        code, found = await examined(settings | {"PATHSHALA_BROKER_URL": server.url})
    finally:
        await asyncio.to_thread(server.stop)
    assert code == 1
    assert found["broker alarms"][0] == "wrong"
    assert "alarm" in found["broker alarms"][2]
