"""Services are killed, stopped and scaled in the middle of their work: each task has its one lesson, calls are few."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.conftest import QUIET, MakeHouse
from tests.faults.load import Load, Model, final, second_lessons
from tests.faults.record import LONG, MEMORY, RABBITMQ, Measured, fault, fault_in_each
from tests.house.asking import ask, ask_for_many, outcome, status
from tests.house.houses import House, Replicas, embedded
from tests.servers.loopback import free_port
from tests.waiting import until_true
from tests.yardstick import timed

GENERATOR_KILLS = 100 if LONG else 2
EMBEDDED_KILLS = 100 if LONG else 3
HEARTBEAT_SECONDS = 1
STOPPED_SECONDS = 3 * HEARTBEAT_SECONDS + 1
GRACE_SECONDS = 25
ALL_END_SECONDS = 240
ALL_TRIED_SECONDS = 900 if LONG else ALL_END_SECONDS
"""What is in hand at three of a hundred deaths is tried alone, one after another, each in two seconds."""

GENERATOR = "pathshala_generator" if LONG else "tests.house.brief_generator"
ONE_GENERATOR = Replicas(apis=2, stores=2, generator=GENERATOR)
"""All calls are in the hands of the one that dies."""

MakeEmbedded = Callable[[], House]


@pytest.fixture
def make_embedded(tmp_path: Path, wikipedia_url: str, model: Model) -> Iterator[MakeEmbedded]:
    made: list[House] = []

    def make() -> House:
        wanted = model.settings | QUIET | {"PATHSHALA_PORT": str(free_port())}
        house = embedded(tmp_path, wikipedia_url, **wanted)
        made.append(house)
        house.start()
        return house

    yield make
    for house in made:
        house.stop()


def assert_all_completed(house: House, accepted: dict[str, str]) -> None:
    ends = final(house.url, accepted, ALL_END_SECONDS)
    assert accepted.keys() == ends.keys()
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert second_lessons(house.url, accepted) == 0


@fault_in_each(4, slow=RABBITMQ)
def test_a_generator_that_dies_in_a_call_again_and_again_costs_a_call_a_death(
    deployment: str, request: pytest.FixtureRequest, model: Model, measured: Measured
) -> None:
    if deployment == RABBITMQ:
        make_house: MakeHouse = request.getfixturevalue("make_house")
        house, victim = make_house(ONE_GENERATOR), "generator-1"
    else:
        make: MakeEmbedded = request.getfixturevalue("make_embedded")
        house, victim = make(), "pathshala"
    name, accepted, dead = f"call {deployment}", dict[str, str](), 0
    for kill in range(GENERATOR_KILLS):
        topics = [f"{name} {kill} {number}" for number in range(3)]
        before = sum(model.calls(name).values())
        accepted |= dict(zip(topics, ask_for_many(house.url, topics), strict=True))
        until_true(lambda before=before: sum(model.calls(name).values()) > before)  # type: ignore[misc]
        house.services[victim].kill()
        dead += 1
        house.restart(victim)
        assert_all_completed(house, {topic: accepted[topic] for topic in topics})
    calls = model.calls(name)
    measured(kills=dead, tasks=len(accepted), calls=sum(calls.values()), most_calls_of_one_task=max(calls.values()))
    assert max(calls.values()) <= 2  # each task has seen one kill
    assert sum(calls.values()) <= len(accepted) + dead * 3
    assert second_lessons(house.url, accepted) == 0


@fault(5, RABBITMQ)
def test_what_a_stopped_generator_does_when_it_wakes_changes_nothing(
    make_house: MakeHouse, model: Model, measured: Measured
) -> None:
    house = make_house(replace(ONE_GENERATOR, generators=2), heartbeat_seconds=HEARTBEAT_SECONDS)
    zombie = house.services["generator-1"]
    topics = [f"zombie {number}" for number in range(12)]
    accepted = dict(zip(topics, ask_for_many(house.url, topics), strict=True))
    until_true(lambda: len(model.calls("zombie")) >= 8)
    zombie.freeze()
    try:
        awake_at = time.monotonic() + STOPPED_SECONDS
        ends = final(house.url, accepted, ALL_END_SECONDS)
        until_true(lambda: time.monotonic() >= awake_at, STOPPED_SECONDS + 1)
    finally:
        zombie.thaw()
    assert {end["status"] for end in ends.values()} == {"completed"}
    until_true(lambda: "delivery lost" in zombie.log_text or "no connection to the broker" in zombie.log_text)
    until_true(lambda: zombie.log_text.count("connected to the broker") >= 4)
    later = {
        f"zombie later {number}": ask(house.url, f"zombie later {number}", subject="faults") for number in range(8)
    }
    assert_all_completed(house, later)
    stale = sum(status(house.url, accepted[topic]) != ends[topic] for topic in topics)
    stale += second_lessons(house.url, {topic: accepted[topic] for topic in topics})
    calls = model.calls("zombie")
    measured(tasks=len(topics), stale_effects=stale, most_calls_of_one_task=max(calls.values()))
    assert stale == 0
    assert max(calls.values()) <= 2


@fault(16, MEMORY)
@pytest.mark.slow
def test_an_embedded_house_that_is_killed_again_and_again_loses_nothing(
    make_embedded: MakeEmbedded, measured: Measured
) -> None:
    house = make_embedded()
    with Load(house.url, name="killed", per_second=20) as load:
        for _ in range(EMBEDDED_KILLS):
            known = len(load.accepted)
            until_true(lambda known=known: len(load.accepted) >= known + 5)  # type: ignore[misc]
            house.services["pathshala"].kill()
            house.restart("pathshala")
    ends = final(house.url, load.accepted, ALL_TRIED_SECONDS)
    failed = sum(end["status"] == "failed" for end in ends.values())
    lost = len(load.accepted) - len(ends)
    measured(kills=EMBEDDED_KILLS, accepted=len(load.accepted), lost=lost, failed=failed)
    assert lost == failed == 0
    assert second_lessons(house.url, load.accepted) == 0


@fault(20, RABBITMQ)
@pytest.mark.slow
def test_generators_come_and_go_under_load_and_no_call_is_made_twice(
    make_house: MakeHouse, model: Model, measured: Measured
) -> None:
    first = "api api-2 enricher store store-2 generator-1"
    house = make_house(Replicas(apis=2, stores=2, generators=4), first=first, PATHSHALA_LOG_LEVEL="debug")
    more = [house.services[f"generator-{number}"] for number in (2, 3, 4)]
    with Load(house.url, name="scale", per_second=15) as load:
        for generator in more:
            generator.launch()
        for generator in more:
            generator.wait_for_log("handled")
        with timed() as leaving, ThreadPoolExecutor(len(more)) as threads:
            codes = list(threads.map(lambda generator: generator.terminate(), more))
        known = len(load.accepted)
        until_true(lambda: len(load.accepted) >= known + 10)
    assert_all_completed(house, load.accepted)
    calls = model.calls("scale")
    repeated = sum(calls.values()) - len(load.accepted)
    measured(accepted=len(load.accepted), lost=0, repeated_calls=repeated, exit_seconds=round(leaving.seconds, 2))
    assert codes == [0, 0, 0]
    assert repeated == 0
    assert leaving.seconds <= leaving.stretched(GRACE_SECONDS)
    assert all("handing back" not in generator.log_text for generator in more)
    assert outcome(house.url, ask(house.url, "scale after"))["status"] == "completed"
