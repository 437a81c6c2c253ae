"""The database is away: nobody is told that a request was accepted which was not, and what was, goes on."""

import time

import pytest

from tests.faults.conftest import MakeHouse
from tests.faults.load import Load, final, second_lessons
from tests.faults.record import LONG, RABBITMQ, Measured, fault
from tests.house import calling
from tests.house.asking import counts
from tests.servers.choice import Server
from tests.waiting import DEADLINE_SECONDS, until_true
from tests.yardstick import timed

DOWN_SECONDS = 60 if LONG else 6
REFUSED_SECONDS = 5
LAG_SECONDS = 30


@fault(13, RABBITMQ)
@pytest.mark.slow
def test_without_its_database_the_house_accepts_nothing_and_afterwards_catches_up(
    make_house: MakeHouse, database_server: Server, measured: Measured
) -> None:
    house = make_house(database_url=database_server.url)
    with timed() as meanwhile, Load(house.url, name="database", per_second=10, threads=8) as load:
        until_true(lambda: counts(house.url)["completed"] >= 5)
        database_server.kill()
        back_at = time.monotonic() + DOWN_SECONDS
        try:
            until_true(lambda: load.refused[503] and time.monotonic() >= back_at)
            ready = calling.get(f"{house.url}/health/ready", timeout=10)
        finally:
            database_server.start()
        known = len(load.accepted)
        with timed() as accepting:
            until_true(lambda: len(load.accepted) >= known + 10)
    with timed() as catching_up:
        ends = final(house.url, load.accepted, DEADLINE_SECONDS)
    lag_seconds = accepting.seconds + catching_up.seconds
    measured(
        down_seconds=DOWN_SECONDS,
        acknowledged=len(load.accepted),
        lost=len(load.accepted) - len(ends),
        refused=load.refused[503],
        slowest_answer_seconds=round(load.slowest_seconds, 2),
        lag_0_after_seconds=round(lag_seconds, 2),
    )
    assert ready.status_code == 503
    assert load.refused.keys() == {503}
    assert load.slowest_seconds <= meanwhile.stretched(REFUSED_SECONDS)
    assert load.accepted.keys() == ends.keys()
    assert {end["status"] for end in ends.values()} == {"completed"}
    assert second_lessons(house.url, load.accepted) == 0
    assert lag_seconds <= min(accepting.stretched(LAG_SECONDS), catching_up.stretched(LAG_SECONDS))
