"""MongoDB elects, or its answers get lost: nothing is told that is not so, and no lesson is made twice."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.faults.conftest import MakeHouse
from tests.faults.load import Load, Model, final, second_lessons
from tests.faults.record import LONG, RABBITMQ, Measured, fault
from tests.house import calling
from tests.house.asking import counts, outcome
from tests.servers.mongodb import SET_NAME
from tests.servers.mongodb_proxy import MongoDBProxy
from tests.waiting import until_true
from tests.yardstick import timed

ELECTION_SECONDS = 15 if LONG else 5
REFUSED_SECONDS = 5
WAIT_SECONDS = 60
TIMEOUT_SECONDS = 10

MakeProxy = Callable[..., MongoDBProxy]


@pytest.fixture
def make_proxy(mongodb_url: str) -> Iterator[MakeProxy]:
    """Stand before the database as a replica set, or as a server by itself."""
    made: list[MongoDBProxy] = []

    def make(*, members: int, set_name: str | None) -> MongoDBProxy:
        made.append(MongoDBProxy(mongodb_url, members=members, set_name=set_name))
        made[-1].start()
        return made[-1]

    yield make
    for proxy in made:
        proxy.stop()


@fault(37, RABBITMQ)
@pytest.mark.slow
def test_an_election_costs_no_accepted_lesson_and_no_second_call(
    make_house: MakeHouse, make_proxy: MakeProxy, model: Model, measured: Measured
) -> None:
    proxy = make_proxy(members=3, set_name=SET_NAME)
    house = make_house(PATHSHALA_STORE_URL=proxy.url(f"election-{uuid4().hex[:8]}"))
    with timed() as meanwhile, Load(house.url, name="election", per_second=10, threads=8) as load:
        until_true(lambda: counts(house.url)["completed"] >= 5, WAIT_SECONDS)
        with proxy.election():
            over_at = time.monotonic() + ELECTION_SECONDS
            until_true(lambda: load.refused[503] and time.monotonic() >= over_at, WAIT_SECONDS)
        began, known = time.monotonic(), len(load.accepted)
        until_true(lambda: len(load.accepted) >= known + 10, WAIT_SECONDS)
    ends = final(house.url, load.accepted, WAIT_SECONDS)
    calls = model.calls("election")

    measured(
        election_seconds=ELECTION_SECONDS,
        acknowledged=len(load.accepted),
        lost=len(load.accepted) - len(ends),
        refused=load.refused[503],
        slowest_answer_seconds=round(load.slowest_seconds, 2),
        most_calls_of_one_task=max(calls.values()),
        lag_0_after_seconds=round(time.monotonic() - began, 2),
    )
    assert load.refused.keys() == {503}
    assert load.slowest_seconds <= meanwhile.stretched(REFUSED_SECONDS)
    assert load.accepted.keys() == ends.keys()
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert max(calls.values()) == 1
    assert second_lessons(house.url, load.accepted) == 0


@fault(38, RABBITMQ)
def test_a_write_of_which_nobody_knows_is_told_as_such_and_its_repeat_finds_the_one_task(
    make_house: MakeHouse, make_proxy: MakeProxy, model: Model, measured: Measured
) -> None:
    proxy = make_proxy(members=1, set_name=None)
    # What nobody said was kept waits for the relay to look for what is overdue.
    store_url = proxy.url(f"unknown-{uuid4().hex[:8]}")
    house = make_house(PATHSHALA_STORE_URL=store_url, PATHSHALA_OUTBOX_RETRY_SECONDS="5")
    orders = [{"subject": "faults", "topic": f"unknown {name}", "user_id": "tester"} for name in "ab"]

    with proxy.cutting("insert", "tasks"):
        told = [post(house.url, order, key) for order, key in zip(orders, (None, "my-key"), strict=True)]
    keys = [answer.json()["idempotency_key"] for answer in told]
    again = [post(house.url, order, key) for order, key in zip(orders, keys, strict=True)]
    ends = [outcome(house.url, answer.json()["task_id"]) for answer in again]

    calls = sum(model.calls("unknown").values())
    second_tasks = sum(counts(house.url).values()) - len(orders)
    measured(unknown=len(told), second_tasks=second_tasks, calls=calls)
    assert [(answer.status_code, answer.json()["code"]) for answer in told] == [(503, "maybe_accepted")] * 2
    assert keys[1] == "my-key"
    assert [answer.status_code for answer in again] == [202, 202]
    assert {end["status"] for end in ends} == {"completed"}
    assert second_tasks == 0
    assert calls == len(orders)


def post(url: str, order: dict[str, Any], key: str | None) -> requests.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return calling.post(f"{url}/lessons", json=order, headers=headers, timeout=TIMEOUT_SECONDS)
