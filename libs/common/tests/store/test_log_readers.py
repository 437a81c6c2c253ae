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

from libs.common.tests.store.examples import HOUR, NOON, change, enriching, in_status, new_task, requested, stored
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.lesson import LessonKey, Status, Task, lesson_key
from pathshala_common.contract.ports.store import Change, Logged, Store
from pathshala_common.store.mongodb.event_log import rounds
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.records import EPOCH, MILLISECOND, milliseconds
from pathshala_common.store.sqlite.store import SQLiteStore

VERBS: LessonKey = lesson_key("english", "verbs")


@dataclass(frozen=True)
class Step:
    """What somebody tries to log on one of three tasks, who saw the log `behind` events ago; or a cut of all."""

    task: int
    behind: int
    events: int
    revision: int | None
    cut: bool = False


@dataclass
class Logs:
    """The rule, in memory."""

    tasks: list[Task] = field(default_factory=lambda: [new_task() for _ in range(3)])
    logs: dict[str, list[Envelope]] = field(default_factory=dict)
    kept: dict[str, set[str]] = field(default_factory=dict)
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
            self.kept.setdefault(task.task_id, set()).update(envelope.id for envelope in told)
            if step.revision is not None:
                self.revisions[step.revision] = task.task_id
        done = task.task_id in self.revisions.values()
        return change(position, told, in_status(task, Status.COMPLETED) if done else task), applies

    def cut(self) -> None:
        """Keep of each task that has a lesson its lesson alone."""
        for task_id in self.revisions.values():
            lessons = [envelope.id for envelope in self.logs[task_id] if isinstance(envelope.event, LessonStored)]
            self.kept[task_id] = set(lessons)

    def expected(self, task: Task) -> list[Logged]:
        kept = self.kept.get(task.task_id, set())
        log = enumerate(self.logs.get(task.task_id, []), 1)
        return [Logged(position, envelope) for position, envelope in log if envelope.id in kept]


steps = st.builds(
    Step, st.integers(0, 2), st.sampled_from([0, 0, 0, 1, 2]), st.integers(0, 3), st.none() | st.integers(1, 4)
) | st.just(Step(0, 0, 0, None, cut=True))


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
        if step.cut:
            rule.cut()
            await store.cut_logs(NOON + HOUR, limit=10)
            continue
        attempted, applies = rule.attempt(step)
        assert await store.append([attempted]) == [applies]
    streams = await store.streams([requested(task) for task in rule.tasks])
    for task in rule.tasks:
        expected = rule.expected(task)
        assert await store.logged(task.task_id, after=0, limit=100) == expected
        assert await store.events(task.task_id) == [one.envelope for one in expected]
        assert streams[task.task_id].position == len(rule.logs.get(task.task_id, []))
    assert await store.event_count() == sum(len(rule.expected(task)) for task in rule.tasks)
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
