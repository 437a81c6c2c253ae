"""A claim costs an embedded lesson hardly a commit: it joins a write of its neighbours, or one that happens anyway."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.slow_disk import take_time
from tests.stubs.openai import StubOpenAI
from tests.waiting import until_so
from tests.yardstick import timed

LESSONS = 100
COMMITS_MAX = LESSONS // 4
"""On a machine whose processors are free: the disk takes as long on a busy one, on which a burst lasts longer."""

COMMITS_MAX_EVER = LESSONS // 2
WRITE = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+(\w+)", re.IGNORECASE)
CLAIMS = "claims"


@dataclass(slots=True)
class Commits:
    """The tables that each transaction wrote to."""

    tables: list[list[str]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def note(self, statement: str) -> None:
        """Note a statement that SQLite ran, on a slow disk."""
        take_time(statement)
        if statement == "COMMIT" and self._open:
            self.tables.append(self._open)
        if statement == "COMMIT" or statement.startswith("BEGIN"):
            self._open = []
        elif written := WRITE.match(statement):
            self._open.append(written[1])

    @property
    def claimed(self) -> int:
        """How many claims were written."""
        return sum(tables.count(CLAIMS) for tables in self.tables)

    @property
    def for_claims_alone(self) -> int:
        """How many commits nothing but claims had need of."""
        return sum(set(tables) == {CLAIMS} for tables in self.tables)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[SQLiteStore, httpx2.AsyncClient]]:
    """The house in this process, with a model."""
    async with StubOpenAI() as model:
        settings, clock = HouseSettings(writer="openai", openai_base_url=model.url, port=0), SystemClock()
        store = SQLiteStore(folder / "house.db")
        process = embedded.house(settings, MemoryBroker(settings.topology, clock=clock), store, clock)
        async with running(process) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
            yield store, client


@pytest.fixture
def _at_the_pace_of_a_house() -> Iterator[None]:
    """Print nothing: a test prints each step of each lesson by default, so that one begins when the last has ended."""
    with capture_logs():
        yield


@pytest.mark.usefixtures("_at_the_pace_of_a_house")
async def test_the_claims_of_a_burst_take_few_commits(tmp_path: Path) -> None:
    commits = Commits()
    async with house(tmp_path) as (store, client):
        await store._writer.run(lambda connection: connection.set_trace_callback(commits.note))
        orders = [
            {"subject": "english", "topic": f"verbs {n}", "user_id": f"user {n}", "include_wikipedia": False}
            for n in range(LESSONS)
        ]

        async def all_ended() -> bool:
            return not await store.unfinished(limit=1, after="")

        with timed() as burst:
            answers = await asyncio.gather(*(client.post("/lessons", json=order) for order in orders))
            await until_so(all_ended)
    assert {answer.status_code for answer in answers} == {202}
    assert commits.claimed >= LESSONS
    assert commits.for_claims_alone <= min(burst.stretched(COMMITS_MAX), COMMITS_MAX_EVER)
