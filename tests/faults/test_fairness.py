"""Fault 21: one user's flood is that user's wait, and hardly anybody else's."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.record import DEPLOYMENTS, LONG, MEMORY, RABBITMQ, Measured, fault, fault_in_each
from tests.house.asking import POLL_SECONDS, TIMEOUT_SECONDS, ask, counts, outcome, status
from tests.house.conftest import Stub
from tests.house.houses import House, distributed, embedded
from tests.waiting import until_true

FLOOD = 1_000 if LONG else 120
SMALL_FLOOD = 60
LESSON_SECONDS = 1.5
CONCURRENCY = 8
WINDOW = CONCURRENCY // 2
"""As by default: half of what one generator writes at once."""

START_SECONDS_MAX = 2 * LESSON_SECONDS
END_SECONDS = 60 + FLOOD * LESSON_SECONDS / CONCURRENCY * 4
NOT_STARTED = ("Waiting to be taken up", "Reading Wikipedia", "Read Wikipedia", "Going on without Wikipedia")

MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(request: pytest.FixtureRequest, tmp_path: Path, wikipedia_url: str, stub: Stub) -> Iterator[MakeHouse]:
    """Start a house of either deployment whose one generator writes few slow lessons at once, and its users' window."""
    made: list[House] = []

    def make(deployment: str, window: int = WINDOW) -> House:
        settings: dict[str, Any] = {
            "PATHSHALA_WRITER": "openai",
            "OPENAI_BASE_URL": stub("openai", "--delay", str(LESSON_SECONDS)),
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


@fault_in_each(21)
def test_who_asks_once_behind_another_s_flood_starts_within_two_lesson_times(
    deployment: str, make_house: MakeHouse, measured: Measured
) -> None:
    house = make_house(deployment)
    flooded = flood(house.url, FLOOD)
    until_true(lambda: counts(house.url)["in_progress"] >= CONCURRENCY)

    began = time.monotonic()
    task_id = ask(house.url, "asked once", user_id="ravi", include_wikipedia=False)
    seconds = seconds_until_started(house.url, task_id, began)
    unfinished = counts(house.url)["pending"] + counts(house.url)["in_progress"]
    ends = outcome(house.url, task_id)

    assert seconds <= START_SECONDS_MAX
    assert ends["status"] == "completed"
    assert unfinished > FLOOD / 2, "the flood has to be there still, or nothing was shown"
    until_true(lambda: counts(house.url)["completed"] == len(flooded) + 1, END_SECONDS)
    measured(
        flood=FLOOD,
        lesson_times_to_start=round(seconds / LESSON_SECONDS, 2),
        still_unfinished=unfinished,
        drained_seconds=round(time.monotonic() - began, 1),
        drained_seconds_at_best=FLOOD * LESSON_SECONDS / CONCURRENCY,
    )


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_without_a_window_who_asks_once_waits_for_the_flood_so_the_test_above_can_fail(
    deployment: str, make_house: MakeHouse
) -> None:
    house = make_house(deployment, window=FLOOD)
    flood(house.url, SMALL_FLOOD)
    until_true(lambda: counts(house.url)["in_progress"] >= CONCURRENCY)

    began = time.monotonic()
    task_id = ask(house.url, "asked once", user_id="ravi", include_wikipedia=False)
    until_true(lambda: time.monotonic() - began > START_SECONDS_MAX)
    assert status(house.url, task_id)["progress_message"].startswith(NOT_STARTED)


@fault(21, MEMORY)
def test_a_house_killed_in_a_flood_ends_all_of_it_and_still_lets_others_start(
    make_house: MakeHouse, measured: Measured
) -> None:
    house = make_house(MEMORY)
    flooded = flood(house.url, SMALL_FLOOD)
    until_true(lambda: counts(house.url)["completed"])
    house.services["pathshala"].kill()
    house.restart("pathshala")

    task_id = ask(house.url, "asked once", user_id="ravi", include_wikipedia=False)
    seconds = seconds_until_started(house.url, task_id, time.monotonic())

    measured(lesson_times_to_start_after_a_kill=round(seconds / LESSON_SECONDS, 2))
    assert seconds <= START_SECONDS_MAX
    until_true(lambda: counts(house.url)["completed"] == len(flooded) + 1, END_SECONDS)


def flood(url: str, count: int) -> list[str]:
    """Post as fast as sixteen connections can, for one user."""

    def some(numbers: range) -> list[str]:
        with requests.Session() as session:
            return [_post(session, url, number) for number in numbers]

    with ThreadPoolExecutor(16) as threads:
        parts = threads.map(some, (range(first, count, 16) for first in range(16)))
        return [task_id for part in parts for task_id in part]


def _post(session: requests.Session, url: str, number: int) -> str:
    order = {"subject": "english", "topic": f"topic {number}", "user_id": "asha", "include_wikipedia": False}
    answer = session.post(f"{url}/lessons", json=order, timeout=TIMEOUT_SECONDS)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


def seconds_until_started(url: str, task_id: str, began: float) -> float:
    """Poll until a generator has begun to write."""
    while status(url, task_id)["progress_message"].startswith(NOT_STARTED):
        assert time.monotonic() - began < END_SECONDS
        time.sleep(POLL_SECONDS)
    return time.monotonic() - began
