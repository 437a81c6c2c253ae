"""Two notifiers over RabbitMQ and MongoDB, of which one is killed: each end is told, and no more often than needed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import requests

from tests.house.asking import ask, logged, outcomes
from tests.house.houses import House, Replicas, distributed
from tests.house.test_webhooks import SECRETS
from tests.operators.command import pathshala
from tests.stubs.receiver import HANGS, WELL, Receiver
from tests.waiting import DEADLINE_SECONDS, until, until_true

LESSONS = 20
KILLS = 1


@pytest.fixture
def house(tmp_path: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str) -> Iterator[House]:
    """One whose second notifier is not started yet."""
    made = distributed(
        tmp_path,
        wikipedia_url,
        amqp_url,
        mongodb_url,
        Replicas(notifiers=2),
        PATHSHALA_WEBHOOK_SECRETS=",".join(SECRETS),
        PATHSHALA_WEBHOOK_NETWORKS="127.0.0.1/32",
    )
    second = made.services.pop("notifier-2")
    try:
        made.start()
        made.services[second.name] = second
        yield made
    finally:
        made.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as here:
        yield here


async def test_of_two_notifiers_one_is_killed_and_each_end_is_told(house: House, receiver: Receiver) -> None:
    receiver.answers["/held"] = [(HANGS, {}), WELL]
    held = await asyncio.to_thread(order, house, "held", receiver.url("/held"))
    await until(lambda: receiver.at("/held"))
    await asyncio.to_thread(house.services["notifier-2"].start)
    others = [await asyncio.to_thread(order, house, f"verbs {n}", receiver.url("/hook")) for n in range(LESSONS)]
    await asyncio.to_thread(outcomes, house.url, [held, *others])
    await asyncio.to_thread(until_true, lambda: all(is_told(house, task) for task in others))
    await asyncio.to_thread(house.services["notifier"].kill)
    await asyncio.to_thread(until_true, lambda: is_told(house, held))

    told = Counter(one.identity for one in receiver.received)
    assert {one.json["task_id"] for one in receiver.received} == {held, *others}
    assert len(told) == LESSONS + 1
    # A machine that is busy enough lets the one that hangs run out of time before the kill; the log says so.
    tried_again = await asyncio.to_thread(retries, house, held)
    assert told.total() - len(told) <= KILLS + tried_again

    receiver.received.clear()
    again = await pathshala("webhooks", "redeliver", others[0], **house.services["api"].settings)
    assert again.code == 0, again.text
    await until(lambda: receiver.received)
    assert receiver.received[0].identity in told
    assert receiver.received[0].json["task_id"] == others[0]


def order(house: House, topic: str, url: str) -> str:
    return ask(house.url, topic, include_wikipedia=False, callback_url=url)


def is_told(house: House, task_id: str) -> bool:
    return "WebhookDelivered" in logged(house.url, task_id)


def retries(house: House, task_id: str) -> int:
    """Count the attempts that the log says are made again."""
    url = f"{house.url}/lessons/status/{task_id}/events"
    events = requests.get(url, timeout=DEADLINE_SECONDS).json()
    return sum(event["event"] == "RetryScheduled" for event in events)
