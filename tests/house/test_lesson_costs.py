"""What a lesson costs on its way through the house in one process, in a burst: each count has its bound."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.memory.in_flight import InFlightJournal
from pathshala_common.contract.envelope import decode, wrap
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.counting import Calls, calls_of, tasks_created
from tests.slow_disk import slow_disk
from tests.stories.events import requested
from tests.stories.lessons import a_request
from tests.waiting import until_so

LESSONS = 100


class PublishesCounted(MemoryBroker):
    """Counts what is published, and how often anything is."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.publishes, self.messages = 0, 0

    async def publish(self, messages: Sequence[Message]) -> None:
        self.publishes, self.messages = self.publishes + 1, self.messages + len(messages)
        await super().publish(messages)


@dataclass(slots=True)
class Costs:
    """The costs of so many lessons that are asked for at once."""

    calls: Calls
    tasks: Counter[str] = field(default_factory=Counter)
    publishes: int = 0


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Costs:
    return asyncio.run(_measured(tmp_path_factory.mktemp("costs")))


async def _measured(folder: Path) -> Costs:
    clock = SystemClock()
    # All are written at once: a lesson that waits for another's place is told of whenever that one has ended.
    settings = HouseSettings(writer="offline", port=0, generator_concurrency=LESSONS)
    store = SQLiteStore(folder / "house.db")
    broker = PublishesCounted(settings.topology, clock=clock, hands=InFlightJournal(folder / "hands"))
    async with running(embedded.house(settings, broker, store, clock)):
        await slow_disk(store)
        asked = orders(settings.topology, clock)
        with calls_of(decode, wrap, InFlightJournal._end_turn) as calls, tasks_created() as tasks:
            await broker.publish(asked)

            async def completed() -> bool:
                return broker.messages == 5 * LESSONS and completed_lessons(folder / "house.db") == LESSONS

            await until_so(completed)
    return Costs(calls, tasks, broker.publishes)


def orders(topology: Topology, clock: SystemClock) -> list[Message]:
    """Ask for so many lessons, by the messages that an API publishes."""
    asked = [a_request(topic=f"verbs {number}", at=clock.now(), include_wikipedia=False) for number in range(LESSONS)]
    events = [requested(f"task-{number}", request) for number, request in enumerate(asked)]
    return [event_message(envelope, topology.exchange) for envelope in events]


def completed_lessons(path: Path) -> int:
    """Count the tasks in a house's file that are completed."""
    with sqlite3.connect(path) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM tasks WHERE status = 'completed'").fetchall()
    return int(count)


def test_nothing_that_never_left_the_process_is_read_back(costs: Costs) -> None:
    assert not costs.calls.get("decode")


def test_an_event_is_wrapped_once_for_each_that_tells_of_it(costs: Costs) -> None:
    assert len(costs.calls["wrap"]) == 5 * LESSONS


def test_what_happens_at_once_is_published_at_once(costs: Costs) -> None:
    assert costs.publishes <= LESSONS / 4


def test_what_is_in_hand_is_noted_for_many_at_once(costs: Costs) -> None:
    assert 0 < len(costs.calls["_end_turn"]) <= LESSONS / 2


def test_a_task_is_made_for_what_may_wait_and_for_nothing_else(costs: Costs) -> None:
    assert costs.tasks["Consumer._on_delivery"] == 2 * LESSONS
    assert costs.tasks.total() <= 3.5 * LESSONS, costs.tasks.most_common()
