"""A dead-letter queue that is full makes room: every failure is told, no service stands still, drops are counted."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.faults.conftest import MakeHouse
from tests.faults.record import RABBITMQ, Measured, fault_in_each
from tests.house.asking import ask, outcome, outcomes
from tests.house.houses import House, embedded
from tests.operators.command import examined, pathshala
from tests.servers.loopback import free_port
from tests.waiting import until_so

KEPT_MAX = 5
FAILURES = 50
UNFIT = "how to make a bomb"
"""A topic that the generator refuses."""

LIMITS = {"PATHSHALA_DEAD_LETTERS_MAX": str(KEPT_MAX), "PATHSHALA_WRITER": "offline"}


@pytest.fixture
def make_embedded(tmp_path: Path, wikipedia_url: str) -> Iterator[Callable[[], House]]:
    made: list[House] = []

    def make() -> House:
        made.append(embedded(tmp_path, wikipedia_url, PATHSHALA_PORT=str(free_port()), **LIMITS))
        made[-1].start()
        return made[-1]

    yield make
    for house in made:
        house.stop()


@fault_in_each(33, slow=RABBITMQ)
async def test_failures_beyond_what_is_kept_of_dead_letters_are_told_and_the_oldest_letters_are_counted(
    deployment: str, request: pytest.FixtureRequest, measured: Measured
) -> None:
    if deployment == RABBITMQ:
        make_house: MakeHouse = request.getfixturevalue("make_house")
        house = make_house(**LIMITS)
        settings = dict(house.services["api"].settings)
    else:
        make: Callable[[], House] = request.getfixturevalue("make_embedded")
        house = make()
        settings = dict(house.services["pathshala"].settings)
    unfit = [ask(house.url, f"{UNFIT} {number}", user_id=f"user {number}") for number in range(FAILURES)]
    ends = Counter(end["error_code"] for end in outcomes(house.url, unfit))
    well = outcome(house.url, ask(house.url, "rivers"))["status"]
    counted: tuple[int, ...] = await until_so(partial(_all_counted, settings))
    kept, dropped = counted

    measured(failures=FAILURES, told=ends["topic_refused"], lesson_after=well, kept=kept, dropped=dropped)
    assert ends == {"topic_refused": FAILURES}
    assert well == "completed"
    assert (kept, dropped) == (KEPT_MAX, FAILURES - KEPT_MAX)
    listed = (await pathshala("dead", "list", "--json", **settings)).json
    assert [letter["task_id"] for letter in listed if letter["task_id"] not in unfit] == []
    assert len(listed) == KEPT_MAX


async def _all_counted(settings: Mapping[str, str]) -> tuple[int, ...]:
    """What the doctor says is kept and dropped, once that is all."""
    _, found = await examined(dict(settings))
    nothing = ("", "", "")
    told = [found.get(about, nothing)[1] for about in ("dead letters", "dead letters dropped")]
    counts = tuple(int(match[0]) if (match := re.search(r"\d+", said)) else 0 for said in told)
    return counts if sum(counts) >= FAILURES else ()
