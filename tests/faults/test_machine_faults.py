"""The whole machine dies three times with tasks in hand: no message is to blame, and no task fails for it."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.poisoned_generator import WRITING
from tests.faults.record import MEMORY, RABBITMQ, Measured, fault_in_each, without_guard
from tests.house.asking import ask_for_many, logged, outcomes
from tests.house.houses import House, Replicas, distributed, embedded
from tests.house.processes import ServiceProcess
from tests.servers.loopback import free_port
from tests.waiting import until_true

DEATHS = 3
TASKS = 3
ENDLESS_SECONDS = "3600"
SLOW = "generator-1"


@pytest.fixture
def make(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, wikipedia_url: str
) -> Iterator[Callable[..., House]]:
    """A house whose generator takes so long that nothing ends before the machine does; yet to start."""
    made: list[House] = []

    def make(**more: str) -> House:
        settings = {"PATHSHALA_PORT": str(free_port()), "LESSON_SECONDS": ENDLESS_SECONDS, "POISON_IN": "nobody"} | more
        if deployment == RABBITMQ:
            amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
            replicas = Replicas(generator="tests.faults.poisoned_generator")
            made.append(distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, replicas, **settings))
        else:
            plain = embedded(tmp_path, wikipedia_url, **settings).services["pathshala"].settings
            slow_house = ServiceProcess("tests.faults.poisoned_house", dict(plain), tmp_path, SLOW)
            made.append(House({SLOW: slow_house}, SLOW))
        return made[-1]

    yield make
    for house in made:
        house.stop()


def after_three_deaths(house: House) -> Counter[str]:
    """Let the machine die with all tasks in hand until they are suspects, and again; then let it live."""
    slow = house.services[SLOW]
    house.start()
    asked = ask_for_many(house.url, [f"innocent {number}" for number in range(TASKS)])
    # A death counts against what the log says was in hand: the enricher's, until the store has come to the rest.
    until_true(lambda: all("LessonEnriched" in logged(house.url, task_id) for task_id in asked))
    for death in range(DEATHS):
        if death:
            house.start()
        in_hand = TASKS if death < DEATHS - 1 else 1
        until_true(lambda in_hand=in_hand: _writing(slow) >= in_hand)  # type: ignore[misc]
        house.stop()
    slow.settings = {**slow.settings, "LESSON_SECONDS": "0.01"}
    house.start()
    return Counter(end["error_code"] or end["status"] for end in outcomes(house.url, asked))


def _writing(slow: ServiceProcess) -> int:
    """How many lessons are being written in this life."""
    return sum(line["event"] == WRITING for line in slow.log_lines())


@fault_in_each(40, slow=RABBITMQ)
def test_tasks_in_hand_at_three_deaths_of_the_machine_are_completed(
    make: Callable[..., House], measured: Measured
) -> None:
    house = make()
    ends = after_three_deaths(house)
    measured(deaths=DEATHS, tasks=TASKS, failed_as_crashed=ends["crashed"])
    assert ends == {"completed": TASKS}


@without_guard(40)
@pytest.mark.parametrize("deployment", [MEMORY, pytest.param(RABBITMQ, marks=pytest.mark.slow)])
def test_without_trials_in_processes_of_their_own_the_innocent_fails(make: Callable[..., House]) -> None:
    assert after_three_deaths(make(UNTRIED="yes"))["crashed"] >= 1
