"""Fault 21: one user's flood is that user's wait, and hardly anybody else's."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.load import Model
from tests.faults.record import LONG, MEMORY, RABBITMQ, Measured, fault, fault_in_each
from tests.house.asking import answered, ask, counts, outcome, posting, status
from tests.house.calling import Client
from tests.house.conftest import Stub
from tests.house.houses import House, distributed, embedded
from tests.waiting import until_true
from tests.yardstick import Timed, timed

FLOOD = 1_000 if LONG else 80
SMALL_FLOOD = 60
LESSON_SECONDS = 1.5
CONCURRENCY = 8
WINDOW = CONCURRENCY // 2
"""As by default: half of what one generator writes at once."""

START_SECONDS_MAX = 2 * LESSON_SECONDS
BEGUN_BEFORE_MAX = 2 * CONCURRENCY
"""Two lesson times, in lessons: so many does the generator begin meanwhile, however slow the machine is."""

END_SECONDS = 120 + FLOOD * LESSON_SECONDS / CONCURRENCY * 4
ONCE = "asked once"
NOT_STARTED = ("Waiting to be taken up", "Reading Wikipedia", "Read Wikipedia", "Going on without Wikipedia")

MakeHouse = Callable[..., House]


@pytest.fixture
def model(stub: Stub) -> Model:
    """A model that writes slowly, and knows in which order it was asked."""
    return Model(stub("openai", "--delay", str(LESSON_SECONDS)))


@pytest.fixture
def make_house(request: pytest.FixtureRequest, tmp_path: Path, wikipedia_url: str, model: Model) -> Iterator[MakeHouse]:
    """Start a house of either deployment whose one generator writes few slow lessons at once, and its users' window."""
    made: list[House] = []

    def make(deployment: str, window: int = WINDOW) -> House:
        settings: dict[str, Any] = model.settings | {
            "PATHSHALA_GENERATOR_CONCURRENCY": str(CONCURRENCY),
            "PATHSHALA_USER_IN_FLIGHT_MAX": str(window),
        }
        if deployment == RABBITMQ:
            amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
            house = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, **settings)
        else:
            house = embedded(tmp_path, wikipedia_url, **settings)
        made.append(house)
        house.start()
        return house

    yield make
    for house in made:
        house.stop()


@fault_in_each(21, slow=RABBITMQ)
def test_who_asks_once_behind_another_s_flood_starts_within_two_lesson_times(
    deployment: str, make_house: MakeHouse, model: Model, measured: Measured
) -> None:
    house = make_house(deployment)
    flooded = flood(house.url, FLOOD)
    until_true(lambda: counts(house.url)["in_progress"] >= CONCURRENCY)

    asked = ask_once(house.url, model)
    unfinished = counts(house.url)["pending"] + counts(house.url)["in_progress"]
    ends = outcome(house.url, asked.task_id)

    assert asked.begun_before <= BEGUN_BEFORE_MAX
    assert asked.waited.seconds <= asked.waited.stretched(START_SECONDS_MAX)
    assert ends["status"] == "completed"
    assert unfinished > FLOOD / 2, "the flood has to be there still, or nothing was shown"
    until_true(lambda: counts(house.url)["completed"] == len(flooded) + 1, END_SECONDS)
    measured(
        flood=FLOOD,
        lesson_times_to_start=round(asked.waited.seconds / LESSON_SECONDS, 2),
        lessons_begun_before=asked.begun_before,
        still_unfinished=unfinished,
        drained_seconds=round(time.monotonic() - asked.waited.began, 1),
        drained_seconds_at_best=FLOOD * LESSON_SECONDS / CONCURRENCY,
    )


@pytest.mark.parametrize("deployment", [MEMORY, pytest.param(RABBITMQ, marks=pytest.mark.slow)])
def test_without_a_window_who_asks_once_waits_for_the_flood_so_the_test_above_can_fail(
    deployment: str, make_house: MakeHouse, model: Model
) -> None:
    house = make_house(deployment, window=FLOOD)
    flood(house.url, SMALL_FLOOD)
    until_true(lambda: counts(house.url)["in_progress"] >= CONCURRENCY)

    begun = len(model.topics())
    ask(house.url, ONCE, user_id="ravi", include_wikipedia=False)
    until_true(lambda: len(model.topics()) > begun + BEGUN_BEFORE_MAX)
    assert ONCE not in model.topics()[: begun + BEGUN_BEFORE_MAX + 1]


@fault(21, MEMORY)
@pytest.mark.slow
def test_a_house_killed_in_a_flood_ends_all_of_it_and_still_lets_others_start(
    make_house: MakeHouse, model: Model, measured: Measured
) -> None:
    house = make_house(MEMORY)
    flooded = flood(house.url, SMALL_FLOOD)
    until_true(lambda: counts(house.url)["completed"])
    house.services["pathshala"].kill()
    house.restart("pathshala")

    asked = ask_once(house.url, model)

    measured(lesson_times_to_start_after_a_kill=round(asked.waited.seconds / LESSON_SECONDS, 2))
    assert asked.begun_before <= BEGUN_BEFORE_MAX
    assert asked.waited.seconds <= asked.waited.stretched(START_SECONDS_MAX)
    until_true(lambda: counts(house.url)["completed"] == len(flooded) + 1, END_SECONDS)


def flood(url: str, count: int) -> list[str]:
    """Post as fast as sixteen connections can, for one user."""

    def some(numbers: range) -> list[str]:
        with Client() as session:
            return [_post(session, url, number) for number in numbers]

    with ThreadPoolExecutor(16) as threads:
        parts = threads.map(some, (range(first, count, 16) for first in range(16)))
        return [task_id for part in parts for task_id in part]


def _post(session: requests.Session, url: str, number: int) -> str:
    order = {"subject": "english", "topic": f"topic {number}", "user_id": "asha", "include_wikipedia": False}
    answer = answered(posting(session.post, url, order))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A request behind a flood: how long it waited for its writing to begin, and how many lessons began before it."""

    task_id: str
    waited: Timed
    begun_before: int


def ask_once(url: str, model: Model) -> Asked:
    """Ask as another user, and wait until a generator has begun to write."""
    begun = len(model.topics())
    with timed() as waited:
        task_id = ask(url, ONCE, user_id="ravi", include_wikipedia=False)
        until_true(lambda: not status(url, task_id)["progress_message"].startswith(NOT_STARTED), END_SECONDS)
    until_true(lambda: ONCE in model.topics())
    return Asked(task_id, waited, model.topics().index(ONCE) - begun)
