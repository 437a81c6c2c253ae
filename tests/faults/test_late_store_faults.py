"""Lessons that were written in time wait for a store that is away past their deadline: none is thrown away."""

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.conftest import MakeHouse
from tests.faults.record import LONG, RABBITMQ, Measured, fault, without_guard
from tests.house.asking import ask, outcomes
from tests.house.houses import House, Replicas
from tests.house.processes import ServiceProcess
from tests.waiting import until_true

TASKS = 300 if LONG else 60
DEADLINE_SECONDS = 60 if LONG else 8
ONE_GENERATOR = Replicas(apis=2, stores=2)
WITHOUT_STORE = "api enricher generator-1"


def written_past_the_deadline(make_house: MakeHouse, name: str, tasks: int) -> tuple[House, list[str], int]:
    """A house whose store has not run yet, the tasks whose deadline has passed, and how many were written in time."""
    limits = {
        "PATHSHALA_WRITER": "offline",
        "PATHSHALA_TASK_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
        "PATHSHALA_LOG_LEVEL": "debug",
    }
    house = make_house(ONE_GENERATOR, first=WITHOUT_STORE, **limits)
    asked = [ask(house.url, f"{name} {number}", user_id=f"user {number}") for number in range(tasks)]
    passed_at = time.monotonic() + DEADLINE_SECONDS
    generator = house.services["generator-1"]
    until_true(lambda: _count(generator, "handled") + _count(generator, "dead-lettered") >= tasks)
    until_true(lambda: time.monotonic() > passed_at, DEADLINE_SECONDS + 1)
    return house, asked, _count(generator, "handled")


def _count(process: ServiceProcess, event: str) -> int:
    return sum(line["event"] == event for line in process.log_lines())


@fault(32, RABBITMQ)
@pytest.mark.slow
def test_lessons_that_wait_for_the_store_past_their_deadline_are_completed(
    make_house: MakeHouse, measured: Measured
) -> None:
    house, asked, written = written_past_the_deadline(make_house, "late", TASKS)
    house.services["store"].start()
    ends = Counter(end["status"] for end in outcomes(house.url, asked))
    measured(tasks=TASKS, written_in_time=written, of_these_completed=ends["completed"])
    assert written > 0
    assert ends["completed"] == written


@without_guard(32)
@pytest.mark.slow
def test_a_store_that_does_not_ask_what_is_on_its_way_throws_them_away(make_house: MakeHouse, tmp_path: Path) -> None:
    house, asked, written = written_past_the_deadline(make_house, "hasty", 10)
    hasty = ServiceProcess("tests.faults.hasty_store", house.services["store"].settings, tmp_path, "hasty")
    try:
        hasty.start()
        ends = Counter(end["status"] for end in outcomes(house.url, asked))
    finally:
        hasty.kill()
    assert written > 0
    assert ends == {"failed": len(asked)}
