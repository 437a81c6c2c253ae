"""Teachers change a lesson at two APIs, and a class set is written, while stores and APIs die: nothing is lost."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.record import LONG, RABBITMQ, Measured, fault
from tests.faults.teachers import Teachers
from tests.house.asking import ask, outcome, outcomes
from tests.house.houses import House, Replicas, distributed
from tests.house.teaching import finished, order_table, rebuilt
from tests.servers.loopback import free_port
from tests.waiting import until_true

ROUNDS = 10 if LONG else 1
ROWS = 60 if LONG else 6
TABLE = "subject,topic,include_wikipedia\n" + "".join(f"faults,row {row},false\n" for row in range(ROWS))
VICTIMS = ("store", "api-2", "store-2", "api")


@pytest.fixture
def house(tmp_path: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str) -> Iterator[House]:
    """A house of two APIs and two stores, whose APIs come back at their addresses."""
    made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, Replicas(apis=2, stores=2))
    for api in made.named("api"):
        api.settings["PATHSHALA_PORT"] = str(free_port())
    try:
        made.start()
        yield made
    finally:
        made.stop()


@fault(26, RABBITMQ)
@pytest.mark.slow
def test_what_teachers_do_and_order_is_kept_while_stores_and_apis_die(
    house: House, tmp_path: Path, measured: Measured
) -> None:
    assert outcome(house.url, ask(house.url, "edited", "faults", include_wikipedia=False))["status"] == "completed"
    path = order_table(house.url, TABLE, user_id="mira").json()["set_url"]
    with Teachers(*house.urls, topic="edited") as teachers:
        for victim in VICTIMS * ROUNDS:
            before = len(teachers.made)
            house.services[victim].kill()
            house.restart(victim)
            until_true(lambda before=before: len(teachers.made) > before + 1)  # type: ignore[misc]

    rewrites = outcomes(house.url, teachers.rewrites)
    ended = finished(house.url + path)
    missing = teachers.missing(house.url)
    beside = rebuilt(house, tmp_path)

    measured(kills=len(VICTIMS) * ROUNDS, edits=len(teachers.made), overtaken=len(teachers.overtaken))
    assert missing == {}
    assert {one["status"] for one in rewrites} <= {"completed"}
    assert ended["counts"]["completed"] == ROWS
    assert beside.returncode == 0, beside.stdout + beside.stderr
    assert json.loads(beside.stdout)["wrong"] == {}
