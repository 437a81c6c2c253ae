"""Any history of appends, on every store, gives what a log in memory gives."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    change,
    enriching,
    failed,
    in_status,
    new_task,
    request,
    requested,
    stored,
)
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.lesson import EditionKey, LessonKey, Status, Task, lesson_key
from pathshala_common.contract.ports.store import Change, EditionSearch, Logged, Store
from pathshala_common.store.mongodb.event_log import rounds
from pathshala_common.store.records import EPOCH, MILLISECOND, milliseconds
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database

VERBS: LessonKey = lesson_key("english", "verbs")
EVERYTHING = 1_000
EDITIONS: tuple[dict[str, Any], ...] = ({}, {"language": "hi"}, {}, {"language": "hi", "level": "primary"}, {})
"""The editions that the tasks ask for."""


@dataclass(frozen=True)
class Step:
    """What somebody tries to log on one of the tasks, who saw the log `behind` events ago; `ends` says how it ends.

    A pair ends it with a lesson whose revision and serial are so far from the next ones; FAILS is a failure.
    """

    task: int
    behind: int
    events: int
    ends: "tuple[int, int] | str | None"


FAILS = "fails"
CUT = "cut"
"""A cut of all that can be."""

History = list[list[Step] | str]
"""Appends, of several changes each, and cuts."""


@dataclass
class Logs:
    """The rule, in memory. A `whole` store leaves nothing of what it refuses, and knows a log that was cut."""

    whole: bool
    tasks: list[Task] = field(default_factory=lambda: [new_task(request(**more)) for more in EDITIONS])
    logs: dict[str, dict[int, Envelope]] = field(default_factory=dict)
    folded: dict[str, int] = field(default_factory=dict)
    revisions: list[str] = field(default_factory=list)
    """The tasks that have a lesson, in the order of their serials."""

    def end(self, task: Task) -> int:
        return max([self.folded.get(task.task_id, 0), *self.log(task)])

    def log(self, task: Task) -> dict[int, Envelope]:
        return self.logs.setdefault(task.task_id, {})

    def ended(self, task: Task) -> bool:
        return any(envelope.event.FINAL for envelope in self.log(task).values())

    def together(self, steps: dict[int, Step]) -> dict[int, Step]:
        """Leave out a second lesson of a task where others have their first: behind it, MongoDB refuses theirs too."""
        lessons = [step for step in steps.values() if isinstance(step.ends, tuple)]
        again = {step.task for step in lessons if self.tasks[step.task].task_id in self.revisions}
        left_out = again if not self.whole and len(lessons) > 1 else set()
        return {index: step for index, step in steps.items() if index not in left_out}

    def make(self, step: Step, serial: int) -> Change:
        """Say what somebody wants to log."""
        task = self.tasks[step.task]
        told = [enriching(task, 10 * serial + index) for index in range(step.events)]
        if isinstance(step.ends, tuple):
            latest = (len(self.of_edition(task.request.edition)), len(self.revisions))
            revision, serial = (max(1, one + 1 + off) for one, off in zip(latest, step.ends, strict=True))
            told.append(stored(task, revision, serial=serial))
        elif step.ends == FAILS:
            told.append(failed(task))
        done = step.ends is not None or self.ended(task)
        position = max(0, self.end(task) - step.behind)
        return change(position, told, in_status(task, Status.COMPLETED) if done else task)

    def attempt(self, wanted: Change, task: Task) -> bool:
        """Log what goes in, and say whether that is all."""
        log, told, lesson = self.log(task), wanted.envelopes, wanted.lesson
        ids = {envelope.id for envelope in log.values()}
        ends = [at for at, envelope in enumerate(told) if envelope.event.FINAL]
        allowed = wanted.position == self.end(task) and ids.isdisjoint(envelope.id for envelope in told)
        if lesson is not None:
            allowed &= lesson.serial == len(self.revisions) + 1 and task.task_id not in self.revisions
            allowed &= lesson.revision == len(self.of_edition(lesson.edition)) + 1
        applies = allowed or (not self.whole and bool(told) and not ends)
        tried = told if applies else [] if self.whole else told[: ends[0] if ends else 0]
        for at, envelope in enumerate(tried, wanted.position + 1):
            if at in log or envelope.id in ids:
                return False
            log[at] = envelope
        if applies:
            position = wanted.position + len(told)
            self.folded[task.task_id] = max(position, self.folded.get(task.task_id, 0))
            self.revisions += [task.task_id] if lesson else []
        return applies

    def of_edition(self, edition: EditionKey) -> list[str]:
        """The tasks that have a lesson of an edition, in the order of its revisions."""
        of = {task.task_id: task.request.edition for task in self.tasks}
        return [task_id for task_id in self.revisions if of[task_id] == edition]

    def cut(self) -> None:
        """Keep of each task that has ended, or of which there is no document, final events alone."""
        for task in self.tasks:
            if self.ended(task) or task.task_id not in self.folded:
                self.logs[task.task_id] = {at: one for at, one in self.log(task).items() if one.event.FINAL}

    def expected(self, task: Task) -> list[Logged]:
        return [Logged(position, envelope) for position, envelope in sorted(self.log(task).items())]


off = st.sampled_from([0, 0, 0, 0, 0, -1, 1])
steps = st.builds(
    Step,
    st.integers(0, len(EDITIONS) - 1),
    st.sampled_from([0, 0, 0, 1, 2]),
    st.integers(0, 3),
    st.none() | st.just(FAILS) | st.tuples(off, off),
)
histories = st.lists(st.lists(steps, min_size=1, max_size=3) | st.just(CUT), max_size=12)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("mongodb", marks=pytest.mark.slow)])
@settings(max_examples=25)
@example(history=[[Step(0, 0, 0, None), Step(1, 0, 0, (0, 0))], [Step(1, 0, 0, (0, 0)), Step(0, 0, 0, (0, 0))]])
@given(history=histories)
def test_any_history_leaves_the_log_that_the_rule_says(mongodb_url: str, kind: str, history: History) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = of_database(mongodb_url, f"test_{uuid4().hex}")
        store: Store = (
            MigratedMongoStore(url, timeout_seconds=PATIENT_SECONDS)
            if kind == "mongodb"
            else SQLiteStore(Path(folder) / "pathshala.db")
        )
        asyncio.run(live(store, history, Logs(whole=kind == "sqlite")))


async def live(store: Store, history: History, rule: Logs) -> None:
    await store.open()
    for number, steps in enumerate(history, 1):
        if isinstance(steps, str):
            rule.cut()
            await store.cut_logs(NOON + HOUR, limit=EVERYTHING)
            continue
        # Each task once: two changes of one task in one append follow each other, which another test shows.
        once = rule.together({step.task: step for step in steps})
        changes = [rule.make(step, 10 * number + index) for index, step in enumerate(once.values())]
        applies = [rule.attempt(one, rule.tasks[index]) for index, one in zip(once, changes, strict=True)]
        assert await store.append(changes) == applies
    streams = await store.streams([requested(task) for task in rule.tasks])
    for task in rule.tasks:
        expected = rule.expected(task)
        assert await store.logged(task.task_id, after=0, limit=100) == expected
        assert await store.events(task.task_id) == [one.envelope for one in expected]
        assert streams[task.task_id].position == rule.end(task)
    assert await store.event_count() == sum(len(rule.expected(task)) for task in rule.tasks)
    latest = await store.latest_revisions([VERBS])
    assert latest == ({VERBS: len(rule.revisions)} if rule.revisions else {})
    assert [one.task_id for one in await store.revisions(VERBS, limit=9)] == rule.revisions[::-1]
    editions = {task.request.edition: rule.of_edition(task.request.edition) for task in rule.tasks}
    for edition, ids in editions.items():
        latest = await store.latest_revisions([edition, VERBS])
        assert latest.get(edition, 0) == len(ids)
        found = await store.revisions(edition, limit=9)
        assert [(one.task_id, one.revision) for one in found] == [*zip(ids, range(1, 9), strict=False)][::-1]
    heads = await store.editions_of(VERBS)
    assert {head.edition: head.versions for head in heads} == {one: len(ids) for one, ids in editions.items() if ids}
    assert [head.serial for head in heads] == sorted((head.serial for head in heads), reverse=True)
    listed = await store.editions(EditionSearch(9, "VERBS"))
    assert {(one.newest.task_id, one.versions) for one in listed} == {
        (ids[-1], len(ids)) for ids in editions.values() if ids
    }
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
