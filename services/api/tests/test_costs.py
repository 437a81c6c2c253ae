"""An accept and a poll have a budget of validations, dumps, parses, reads and commits; no busy machine changes it."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pathshala_common.contract.lesson import NumberedTask
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import Api, MovableClock, an_api, an_order

TIMES = 20
BURST = 100
ORDER = json.dumps(an_order()).encode()
HEADERS = {"Content-Type": "application/json"}

KINDS = {
    "validate_json": "validations",
    "validate_python": "validations",
    "to_json": "dumps",
    "to_python": "dumps",
    "from_json": "parses",
}
"""The calls into pydantic-core that are counted, and for what."""

IN_PYTHON = {json.JSONEncoder.encode.__code__: "dumps", json.JSONDecoder.decode.__code__: "parses"}


class CountedStore(SQLiteStore):
    """A SQLite file that counts the reads of tasks, and the commits of its writer."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads = self.commits = 0

    async def open(self) -> None:
        await super().open()
        await self._writer.run(lambda connection: connection.set_trace_callback(self._note))

    async def numbered(self, task_ids: Collection[str]) -> Mapping[str, NumberedTask]:
        self.reads += 1
        return await super().numbered(task_ids)

    def _note(self, statement: str) -> None:
        self.commits += statement == "COMMIT"


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[tuple[Api, CountedStore]]:
    store = CountedStore(tmp_path / "pathshala.db")
    # At a slow pace, so that no lesson is measured meanwhile.
    clock = MovableClock(pace=1)
    async with an_api(tmp_path, store=store, clock=clock, user_tasks_max=10_000, user_in_flight_max=10_000) as api:
        await api.ask()  # what is made at the first request is no part of the next
        yield api, store


@contextmanager
def calls() -> Iterator[Counter[str]]:
    """Count validations, dumps and parses in this thread."""
    found: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and argument.__name__ in KINDS:
            found[KINDS[argument.__name__]] += 1
        elif event == "call" and frame.f_code in IN_PYTHON:
            found[IN_PYTHON[frame.f_code]] += 1

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)


async def post(api: Api) -> None:
    assert (await api.client.post("/lessons", content=ORDER, headers=HEADERS)).status_code == 202


async def test_an_accept_is_validated_once_and_dumped_for_the_store_the_log_and_the_answer(
    counted: tuple[Api, CountedStore],
) -> None:
    api, store = counted
    with calls() as found:
        for _ in range(TIMES):
            await post(api)

    order, task, event = 1, 1, 1
    assert found["validations"] == (order + task + event) * TIMES
    document, data, source, answer, name = 1, 1, 1, 1, 1
    assert found["dumps"] == (document + data + source + answer + name) * TIMES
    assert found["parses"] == 0
    assert store.reads == 0


async def test_a_poll_of_a_finished_task_costs_nothing_of_it(counted: tuple[Api, CountedStore]) -> None:
    api, store = counted
    path = f"/lessons/status/{await api.a_lesson('english', 'verbs')}"
    tag = (await api.client.get(path)).headers["ETag"]
    store.reads = 0

    with calls() as found:
        for _ in range(TIMES):
            assert (await api.client.get(path)).status_code == 200
            assert (await api.client.get(path, headers={"If-None-Match": tag})).status_code == 304

    assert found == {}
    assert store.reads == 0


async def test_a_poll_of_a_task_that_goes_on_is_one_read_one_validation_and_one_dump(
    counted: tuple[Api, CountedStore],
) -> None:
    api, store = counted
    path = f"/lessons/status/{await api.ask()}"

    with calls() as found:
        for _ in range(TIMES):
            assert (await api.client.get(path)).status_code == 200

    assert found == {"validations": TIMES, "dumps": TIMES}
    assert store.reads == TIMES


async def test_a_burst_is_few_commits(counted: tuple[Api, CountedStore]) -> None:
    api, store = counted
    await asyncio.gather(*(post(api) for _ in range(BURST)))  # so that there is a connection for each
    store.commits = 0

    await asyncio.gather(*(post(api) for _ in range(BURST)))

    assert 1 <= store.commits <= BURST / 2
