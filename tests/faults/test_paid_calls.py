"""No call to the model is paid for twice without a death, whatever is away, frozen, doubled or restarted."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pathshala_common.runtime.leases import LAPSED
from tests.faults.conftest import MakeHouse
from tests.faults.load import Model, final, second_lessons
from tests.faults.record import LONG, RABBITMQ, Measured, fault, without_guard
from tests.house.asking import ask
from tests.house.conftest import Stub
from tests.house.houses import SEVERAL, House, Replicas
from tests.servers.choice import BrokerServer
from tests.waiting import DEADLINE_SECONDS, until_true

TASKS = 300 if LONG else 40
OUTBOX_RETRY_SECONDS = 2
INTERVALS = 3
OUTAGES_MAX = 5
"""A copy is paid for where it comes before the first is logged, which no single outage promises."""
STALLED_SECONDS = 3
SLOW_SECONDS = 5 if LONG else 4
LESSONS_AT_ONCE = 6
IMPATIENT = {"PATHSHALA_OUTBOX_RETRY_SECONDS": str(OUTBOX_RETRY_SECONDS)}
UNCLAIMED = Replicas(apis=2, stores=2, generators=3, generator="tests.faults.unclaimed_generator")
LEFTOVERS = "publishing leftovers of the outbox"


@pytest.fixture(scope="module")
def slow_model(stub: Stub) -> Model:
    """A model whose calls outlast the time after which a silent task is stalled, and whose first answer is flawed."""
    return Model(stub("openai", "--delay", str(SLOW_SECONDS), "--flawed", "1"))


def asked(house: House, name: str, count: int) -> dict[str, str]:
    """Ask for so many lessons, of both APIs in turn. Returns the task ids by topic."""
    topics = [f"{name} {number}" for number in range(count)]
    with ThreadPoolExecutor(8) as threads:
        urls = [house.urls[number % len(house.urls)] for number in range(count)]
        ids = threads.map(lambda url, topic: ask(url, topic, subject="faults", user_id=topic), urls, topics)
        return dict(zip(topics, ids, strict=True))


def assert_all_completed(house: House, accepted: dict[str, str]) -> None:
    ends = final(house.url, accepted, DEADLINE_SECONDS)
    assert accepted.keys() == ends.keys()
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert second_lessons(house.url, accepted) == 0


def let_pass(seconds: float) -> None:
    """Wait until so much time has passed: what is away is away for so long."""
    over = time.monotonic() + seconds
    until_true(lambda: time.monotonic() >= over, seconds + DEADLINE_SECONDS)


def published_again(house: House) -> int:
    """How many requests both relays took for lost, each time."""
    lines = [line for api in house.named("api") for line in api.log_lines() if line.get("event") == LEFTOVERS]
    return sum(int(line["count"]) for line in lines)


@fault(27, RABBITMQ)
def test_while_the_stores_are_away_no_call_is_made_twice(
    make_house: MakeHouse, model: Model, measured: Measured
) -> None:
    house = make_house(**IMPATIENT)
    for store in house.named("store"):
        store.freeze()
    try:
        accepted = asked(house, "unlogged", TASKS)
        let_pass((INTERVALS + 1) * OUTBOX_RETRY_SECONDS)
    finally:
        for store in house.named("store"):
            store.thaw()
    assert_all_completed(house, accepted)
    calls, again = sum(model.calls("unlogged").values()), published_again(house)
    measured(tasks=TASKS, calls=calls, requests_published_again=again)
    assert calls == TASKS
    assert again <= TASKS * INTERVALS


@without_guard(28)
@fault(28, RABBITMQ)
@pytest.mark.parametrize(
    "replicas",
    [pytest.param(SEVERAL, id="claimed"), pytest.param(UNCLAIMED, id="unclaimed", marks=pytest.mark.slow)],
)
def test_what_two_relays_publish_after_an_outage_is_paid_for_once(
    make_house: MakeHouse,
    model: Model,
    broker_server: BrokerServer,
    measured: Measured,
    replicas: Replicas,
) -> None:
    """Without the claims it is paid for more often, at one of a few outages: that is what they are for."""
    claimed = replicas is not UNCLAIMED
    house, calls = make_house(replicas, **IMPATIENT), 0
    for number in range(1 if claimed else OUTAGES_MAX):
        name = f"twice {claimed} {number}"
        broker_server.freeze()
        try:
            accepted = asked(house, name, TASKS)
            let_pass((INTERVALS + 1) * OUTBOX_RETRY_SECONDS)
        finally:
            broker_server.thaw()
        assert_all_completed(house, accepted)
        calls = sum(model.calls(name).values())
        if calls != TASKS:
            break
    assert (calls == TASKS) == claimed
    if claimed:
        measured(tasks=TASKS, calls=calls)


@fault(29, RABBITMQ)
@pytest.mark.slow
def test_a_model_slower_than_the_stall_time_is_not_asked_again(
    make_house: MakeHouse, slow_model: Model, measured: Measured
) -> None:
    house = make_house(PATHSHALA_STALLED_SECONDS=str(STALLED_SECONDS), **slow_model.settings)
    accepted = asked(house, "slow", 6)
    assert_all_completed(house, accepted)
    calls, at_once = sum(slow_model.calls("slow").values()), slow_model.most_at_once()
    lapsed = sum(generator.log_text.count(LAPSED) for generator in house.named("generator"))
    measured(tasks=len(accepted), calls=calls, leases_lapsed=lapsed, most_at_once=max(at_once.values()))
    # Each lesson, and its one flawed field anew; and again, where the machine stood still for as long as a lease.
    assert 0 <= calls - 2 * len(accepted) <= 2 * lapsed
    assert max(at_once[topic] for topic in accepted) == 1
    assert not [store.name for store in house.named("store") if "driving stalled tasks on" in store.log_text]


@without_guard(30)
@fault(30, RABBITMQ)
@pytest.mark.parametrize("grace_seconds", [None, 1], ids=["as long as calls take", "too short"])
@pytest.mark.slow
def test_generators_are_restarted_one_by_one_during_their_calls(
    make_house: MakeHouse, slow_model: Model, measured: Measured, grace_seconds: int | None
) -> None:
    """With a grace period that is shorter than a call, calls are made again: that is what it is for."""
    grace = {"PATHSHALA_GRACE_SECONDS": str(grace_seconds)} if grace_seconds else {}
    house, name = make_house(**slow_model.settings, **grace), f"restart {grace_seconds}"
    accepted, codes, aborted_before = dict[str, str](), list[int](), slow_model.aborted()
    for generator in house.named("generator")[: 1 if grace_seconds else None]:
        accepted |= asked(house, f"{name} {generator.name}", LESSONS_AT_ONCE)
        until_true(lambda: slow_model.calls(name).keys() == accepted.keys())  # noqa: B023 - it is over before the next
        codes.append(generator.terminate())
        generator.start()
    assert_all_completed(house, accepted)
    cut_off = slow_model.aborted() - aborted_before
    assert set(codes) == {0}
    if grace_seconds:
        assert cut_off > 0
        return
    repeated = sum(slow_model.calls(name).values()) - 2 * len(accepted)
    handed_back = sum("handing back" in generator.log_text for generator in house.named("generator"))
    measured(accepted=len(accepted), lost=0, repeated_calls=repeated, restarts=len(codes), handed_back=handed_back)
    assert repeated == cut_off == handed_back == 0
