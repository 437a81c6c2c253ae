"""Nothing accepted is lost: services and the broker die under load, and every task ends with its lesson."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.load import Model
from tests.house.asking import ask, ask_for_many, counts, outcome, outcomes, status
from tests.house.conftest import Stub
from tests.house.houses import House, Replicas, distributed, embedded
from tests.servers.choice import BrokerServer, start_rabbitmq
from tests.waiting import until_true

SLOW_MODEL_SECONDS = 0.5

MakeHouse = Callable[..., House]


@pytest.fixture(scope="module")
def slow_model(stub: Stub) -> dict[str, str]:
    """Settings of a model that takes its time, so that lessons are under way when something dies."""
    url = stub("openai", "--delay", str(SLOW_MODEL_SECONDS))
    return {"OPENAI_BASE_URL": url, "PATHSHALA_WRITER": "openai", "PATHSHALA_GENERATOR_CONCURRENCY": "4"}


@pytest.fixture
def make_distributed(
    tmp_path: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str, slow_model: dict[str, str]
) -> Iterator[MakeHouse]:
    made: list[House] = []

    def make(*, generators: int = 1, amqp: str = amqp_url, **settings: str) -> House:
        replicas = Replicas(generators=generators, generator="tests.house.brief_generator")
        house = distributed(tmp_path, wikipedia_url, amqp, mongodb_url, replicas, **(slow_model | settings))
        made.append(house)
        house.start()
        return house

    yield make
    for house in made:
        house.stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[BrokerServer]:
    """A broker that the test may end."""
    _, server = start_rabbitmq(tmp_path)
    yield server
    server.stop()


def topics(count: int) -> list[str]:
    return [f"topic {number}" for number in range(count)]


def assert_all_completed(house: House, task_ids: list[str]) -> None:
    ends = outcomes(house.url, task_ids)
    assert Counter(end["status"] for end in ends) == {"completed": len(task_ids)}
    assert all(end["lesson_data"]["version"] == "1.0" for end in ends)


def test_an_embedded_house_that_is_killed_keeps_its_tasks(
    tmp_path: Path, wikipedia_url: str, slow_model: dict[str, str]
) -> None:
    house = embedded(tmp_path, wikipedia_url, **slow_model)
    try:
        house.start()
        task_ids = ask_for_many(house.url, topics(20))
        for _ in range(3):
            wanted = min(counts(house.url)["completed"] + 1, len(task_ids))
            until_true(lambda wanted=wanted: counts(house.url)["completed"] >= wanted)  # type: ignore[misc]
            house.services["pathshala"].kill()
            house.restart("pathshala")
        assert_all_completed(house, task_ids)
    finally:
        house.stop()


def test_an_embedded_house_that_is_stopped_during_calls_logs_what_they_cost(
    tmp_path: Path, wikipedia_url: str, slow_model: dict[str, str]
) -> None:
    house, model = embedded(tmp_path, wikipedia_url, **slow_model), Model(slow_model["OPENAI_BASE_URL"])
    names = [f"stopped {number}" for number in range(12)]
    try:
        house.start()
        task_ids = ask_for_many(house.url, names)
        for calls in (3, 7):
            until_true(lambda calls=calls: sum(model.calls("stopped").values()) >= calls)  # type: ignore[misc]
            house.services["pathshala"].terminate()
            house.restart("pathshala")
        assert_all_completed(house, task_ids)
        assert set(model.calls("stopped").values()) == {1}
    finally:
        house.stop()


SLOW = pytest.mark.slow
"""The chaos of the build kills them too, and the broker."""


@pytest.mark.parametrize(
    "victim", [pytest.param("api", marks=SLOW), pytest.param("enricher", marks=SLOW), "generator-1", "store"]
)
def test_a_service_that_is_killed_and_started_again_loses_no_lesson(make_distributed: MakeHouse, victim: str) -> None:
    house = make_distributed()
    task_ids = ask_for_many(house.url, topics(20))
    until_true(lambda: counts(house.url)["in_progress"])
    house.services[victim].kill()
    house.restart(victim)
    assert_all_completed(house, task_ids)


def test_three_generators_share_sixty_requests(make_distributed: MakeHouse) -> None:
    once = {"PATHSHALA_OUTBOX_RETRY_SECONDS": "3600"}  # a slow machine would have requests published again
    house = make_distributed(generators=3, PATHSHALA_LOG_LEVEL="debug", **once)
    task_ids = ask_for_many(house.url, topics(60))
    assert_all_completed(house, task_ids)
    written = {name: _handled(house, name) for name in house.services if name.startswith("generator")}
    assert sum(written.values()) == 60
    assert min(written.values()) >= 10, written


def _handled(house: House, name: str) -> int:
    return sum(line.get("event") == "handled" for line in house.services[name].log_lines())


@SLOW
def test_requests_are_accepted_while_the_broker_is_down_and_complete_once_it_is_back(
    make_distributed: MakeHouse, own_broker: BrokerServer
) -> None:
    house = make_distributed(amqp=own_broker.url)
    assert outcome(house.url, ask(house.url, "before"))["status"] == "completed"
    own_broker.kill()
    task_ids = [ask(house.url, topic) for topic in topics(5)]
    assert [status(house.url, task_id)["status"] for task_id in task_ids] == ["pending"] * 5
    assert requests.get(f"{house.url}/health/ready", timeout=10).status_code == 200
    own_broker.start()
    assert_all_completed(house, task_ids)


def test_a_house_that_starts_before_its_broker_accepts_and_completes_later(
    make_distributed: MakeHouse, own_broker: BrokerServer
) -> None:
    own_broker.kill()
    house = make_distributed(amqp=own_broker.url)
    task_ids = [ask(house.url, topic) for topic in topics(3)]
    own_broker.start()
    assert_all_completed(house, task_ids)


def test_a_generator_that_is_told_to_stop_finishes_what_it_has_in_hand(make_distributed: MakeHouse) -> None:
    house = make_distributed(generators=2)
    task_ids = ask_for_many(house.url, topics(20))
    until_true(lambda: counts(house.url)["in_progress"])
    assert house.services["generator-1"].terminate() == 0
    assert_all_completed(house, task_ids)
    assert "handing back" not in house.services["generator-1"].log_text
