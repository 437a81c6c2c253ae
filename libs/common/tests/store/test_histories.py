"""Any history of appends, on every store, gives what a log in memory gives."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.tests.store.examples import change, enriching, new_task, requested, stored
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.lesson import LessonKey, Task, lesson_key
from pathshala_common.contract.ports import Change, Store
from pathshala_common.store.mongodb import MongoStore
from pathshala_common.store.mongodb_documents import rounds
from pathshala_common.store.records import EPOCH, MILLISECOND, milliseconds
from pathshala_common.store.sqlite import SQLiteStore

VERBS: LessonKey = lesson_key("english", "verbs")


@dataclass(frozen=True)
class Step:
    """What somebody tries to log on one of three tasks, who saw the log `behind` events ago."""

    task: int
    behind: int
    events: int
    revision: int | None


@dataclass
class Logs:
    """The rule, in memory."""

    tasks: list[Task] = field(default_factory=lambda: [new_task() for _ in range(3)])
    logs: dict[str, list[Envelope]] = field(default_factory=dict)
    revisions: dict[int, str] = field(default_factory=dict)

    def attempt(self, step: Step) -> tuple[Change, bool]:
        """Make the change, and say whether it must be applied."""
        task = self.tasks[step.task]
        log = self.logs.setdefault(task.task_id, [])
        position = max(0, len(log) - step.behind)
        if step.revision is None:
            told = [enriching(task, len(log) + 1 + index) for index in range(step.events)]
            free = True
        else:
            told = [stored(task, step.revision)]
            free = step.revision not in self.revisions and task.task_id not in self.revisions.values()
        applies = free and position == len(log)
        if applies:
            log += told
            if step.revision is not None:
                self.revisions[step.revision] = task.task_id
        return change(position, told, task), applies


steps = st.builds(
    Step, st.integers(0, 2), st.sampled_from([0, 0, 0, 1, 2]), st.integers(0, 3), st.none() | st.integers(1, 4)
)


@pytest.mark.parametrize("kind", ["sqlite", "mongodb"])
@settings(max_examples=25, deadline=None)
@given(history=st.lists(steps, max_size=12))
def test_any_history_leaves_the_log_that_the_rule_says(mongodb_url: str, kind: str, history: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"{mongodb_url}/test_{uuid4().hex}"
        store: Store = MongoStore(url) if kind == "mongodb" else SQLiteStore(Path(folder) / "pathshala.db")
        asyncio.run(live(store, history))


async def live(store: Store, history: list[Step]) -> None:
    rule = Logs()
    await store.open()
    for step in history:
        attempted, applies = rule.attempt(step)
        assert await store.append([attempted]) == [applies]
    streams = await store.streams([requested(task) for task in rule.tasks])
    for task in rule.tasks:
        expected = rule.logs.get(task.task_id, [])
        assert await store.events(task.task_id) == expected
        assert streams[task.task_id].position == len(expected)
    latest = await store.latest_revisions([VERBS])
    assert latest == ({VERBS: max(rule.revisions)} if rule.revisions else {})
    await store.close()


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda moment: moment.replace(tzinfo=UTC)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_milliseconds_are_whole_and_never_ahead(moment: datetime) -> None:
    assert timedelta() <= moment - (EPOCH + milliseconds(moment) * MILLISECOND) < MILLISECOND


@given(st.lists(st.sampled_from("abc")))
def test_each_round_has_a_task_once_and_keeps_the_order(tasks: list[str]) -> None:
    parted = list(rounds([Change(task, 0, [], None) for task in tasks]))

    assert sorted(index for indexes in parted for index in indexes) == list(range(len(tasks)))
    for indexes in parted:
        assert len({tasks[index] for index in indexes}) == len(indexes)
    for task in set(tasks):
        assert [i for indexes in parted for i in indexes if tasks[i] == task] == [
            i for i, other in enumerate(tasks) if other == task
        ]
