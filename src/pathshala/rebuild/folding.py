"""Folds one task's log as the store does, and says what is wrong with what is kept of it. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.envelope import decode
from pathshala_common.contract.errors import ContractError
from pathshala_common.contract.events import EVENT_BY_NAME
from pathshala_common.contract.lesson import Lesson, LessonMark, Task
from pathshala_common.contract.ports.operator import Entry
from pathshala_common.contract.ports.store import Logged, Stream, Unreadable
from pathshala_common.recording.decision import Revisions, decide
from pathshala_common.recording.projection import decisive

FIELDS_MAX = 5
"""Fields of a document that are named as different; the first say enough."""


class Wrong(StrEnum):
    """The kinds of discrepancy between a log and what is kept of its fold."""

    MISSING = "missing"
    """There should be a document, and is none."""
    EXTRA = "extra"
    """There is a document of which the log knows nothing."""
    DIFFERS = "differs"
    """The document is not what the log makes of the task."""
    BEHIND = "behind"
    """The document is right, but lacks the last events of the log."""
    LESSON = "lesson"
    """The log marks another lesson, or place of it, than the one that the task's events stored."""
    CUT = "cut"
    """The log has lost events of the task, so nothing can be said."""
    UNREADABLE = "unreadable"
    """This version cannot read an event that the fold rests on, or the document."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that is wrong; `fields` are those of the document that differ, the first few of them."""

    task_id: str
    wrong: Wrong
    fields: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The fold of a task's log: its document, the position up to which that is folded, and the lesson it stored.

    A class set's log is folded into a `class_set` instead.

    There is none if events that it rests on were `cut` or cannot be read, or no event says what was asked for.
    """

    position: int
    task: Task | None = None
    document: str = ""
    lesson: Lesson | None = None
    cut: bool = False
    unreadable: bool = False
    class_set: ClassSet | None = None

    @property
    def mark(self) -> LessonMark | None:
        """The place of the lesson."""
        return self.lesson.mark if self.lesson else None

    def lives(self, now: datetime, ttl: timedelta, set_ttl: timedelta) -> bool:
        """Whether there must be such a document: those of finished tasks are forgotten after a while.

        Those of class sets are, too, by their own time, which counts from their order on.
        """
        if self.class_set is not None:
            return self.class_set.requested_at + set_ttl >= now
        return self.task is not None and (self.task.completed_at is None or self.task.completed_at + ttl >= now)

    def stored_before(self, moment: datetime) -> bool:
        """Whether the lesson was stored before a moment."""
        return self.task is not None and self.task.completed_at is not None and self.task.completed_at < moment


def fold(log: Sequence[Entry]) -> Rebuilt:
    """Fold a task's log as far as these entries go, decoding those alone that the fold rests on."""
    if not log:
        return Rebuilt(0)
    position = log[-1].position
    types = [EVENT_BY_NAME[entry.type] for entry in log if entry.type in EVENT_BY_NAME]
    if len(types) < len(log):
        return Rebuilt(position, unreadable=True)
    chosen = decisive(types)
    if chosen is None and len(log) < position:
        return Rebuilt(position, cut=True)
    raws = [entry.raw for entry in (log if chosen is None else [log[index] for index in chosen])]
    try:
        envelopes = [decode(raw, size_max_bytes=len(raw)) for raw in raws]
    except ContractError:
        return Rebuilt(position, unreadable=True)
    first = envelopes[0]
    stream = Stream(task=None, tail=envelopes, position=position, repeats=frozenset())
    change = decide(first.task_id, stream, [], Revisions({}), first.time).change
    made = change.task or change.class_set
    document = made.model_dump_json() if made else ""
    return Rebuilt(position, change.task, document, change.lesson, class_set=change.class_set)


def entry_of(logged: Logged | Unreadable) -> Entry:
    """Take an event back to what is logged of it."""
    if isinstance(logged, Unreadable):
        return Entry(logged.position, logged.type, logged.raw)
    return Entry(logged.position, logged.envelope.type, logged.envelope.raw)


def differing(live: str, rebuilt: Rebuilt) -> Sequence[str]:
    """Name the fields, the first few, in which a live document is not the rebuilt one; none, if it is the same.

    A document written before there was a field is read as having its default.
    """
    made = rebuilt.task or rebuilt.class_set
    if made is None or live == rebuilt.document:
        return ()
    then, now = (_leaves(one.model_dump(mode="json")) for one in (type(made).model_validate_json(live), made))
    return [path for path in {**then, **now} if then.get(path, _NOTHING) != now.get(path, _NOTHING)][:FIELDS_MAX]


_NOTHING = object()


def _leaves(value: Any, path: str = "") -> Mapping[str, Any]:
    """Give every leaf of a JSON value by the path that leads to it."""
    if not isinstance(value, dict):
        return {path: json.dumps(value)}
    found: dict[str, Any] = {}
    for name, part in value.items():
        found |= _leaves(part, f"{path}.{name}" if path else name)
    return found
