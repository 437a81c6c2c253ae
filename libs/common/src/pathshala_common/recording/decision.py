"""Decides what to log when events arrive, given the log. Pure: same stream, same events, same change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    OVERTAKEN,
    AnyEvent,
    ClassSetRequested,
    LessonEdited,
    LessonFailed,
    LessonGenerated,
    LessonStored,
    OfClassSet,
)
from pathshala_common.contract.lesson import Lesson, Task
from pathshala_common.contract.ports.store import Chain, Change, Stream
from pathshala_common.recording.class_sets import evolve_set
from pathshala_common.recording.projection import begin, evolve

SOURCE = "store"

WRITTEN = LessonGenerated | LessonEdited
"""Events that bring a lesson to be stored."""


OF_A_SET = (ClassSetRequested, OfClassSet)


@dataclass(frozen=True, slots=True)
class Decision:
    """The change for one task, and the LessonStored that it makes, by the id of the event that led to it."""

    change: Change
    stored: Mapping[str, LessonStored]


class Revisions:
    """Counts the revisions and serials given out in one round, on top of those that are stored."""

    def __init__(self, latest: Mapping[Chain, int]) -> None:
        self._latest = dict(latest)

    def newest(self, key: Chain) -> int:
        """Give the greatest that there is; 0 if there is none."""
        return self._latest.get(key, 0)

    def next(self, key: Chain) -> int:
        """Give the next revision of an edition, or serial of a lesson."""
        self._latest[key] = self.newest(key) + 1
        return self._latest[key]


def decide(task_id: str, stream: Stream, arrived: Sequence[Envelope], revisions: Revisions, now: datetime) -> Decision:
    """Log what is new; give each lesson that was written, and whose task is still open, its revision.

    A lesson logged by somebody who died before storing it arrives again, is a repeat, and is stored now. An edit of a
    version that is not the newest any more fails. What this version cannot fold on is logged, for one that can.
    """
    if stream.fault is not None:
        return Decision(Change(task_id, stream.position, _unlogged(stream, arrived), None, fault=stream.fault), {})
    folded = _Fold(stream)
    stored: dict[str, LessonStored] = {}
    new: list[Envelope] = []
    for envelope in arrived:
        if envelope.id not in stream.repeats and all(envelope.id != other.id for other in new):
            new.append(envelope)
            folded.add(envelope)
        if isinstance(envelope.event, WRITTEN) and folded.open:
            end = _end(envelope.event, revisions, now)
            if isinstance(end, LessonStored):
                stored[envelope.id] = end
            new.append(wrap(end, source=SOURCE, now=now, cause=envelope))
            folded.add(new[-1])
    change = Change(
        task_id,
        stream.position,
        new,
        folded.task,
        folded.lesson,
        changed=folded.changed,
        class_set=folded.class_set,
        request=folded.task.request if folded.task is not None else None,
    )
    return Decision(change, stored)


def _unlogged(stream: Stream, arrived: Sequence[Envelope]) -> Sequence[Envelope]:
    return list({envelope.id: envelope for envelope in arrived if envelope.id not in stream.repeats}.values())


class _Fold:
    """A task as it becomes, the lesson that completes it, and where the last event is that changed what is shown.

    Or a class set as it becomes, whose events begin no task.
    """

    def __init__(self, stream: Stream) -> None:
        self.task: Task | None = stream.task
        self.class_set: ClassSet | None = None
        self.lesson: Lesson | None = None
        self.changed: int | None = None
        self._position = stream.position - len(stream.tail)
        self._before: list[AnyEvent] = []
        for envelope in stream.tail:
            self.add(envelope)

    @property
    def open(self) -> bool:
        return self.task is None or not self.task.status.final

    def add(self, envelope: Envelope) -> None:
        event, was_open, before = envelope.event, self.open, self.task
        self._position += 1
        if isinstance(event, OF_A_SET):
            self.class_set = evolve_set(self.class_set, event)
        if self.task is None:
            # Events that came before the request was known count from the moment it is.
            self._before.append(event)
            before = begun = begin([event])
            self.task = reduce(evolve, self._before, begun) if begun is not None else None
            self.changed = None if begun is None else 0
        else:
            self.task = evolve(self.task, event)
        if self.task is not before:
            self.changed = self._position
        if was_open and isinstance(event, LessonStored) and self.task is not None and not self.open:
            self.lesson = event.lesson


def _end(event: WRITTEN, revisions: Revisions, now: datetime) -> LessonStored | LessonFailed:
    edition = event.request.edition
    if isinstance(event, LessonEdited) and revisions.newest(edition) != event.follows:
        message = "Another version was stored before this edit. The newest is still to be edited."
        return LessonFailed(task_id=event.task_id, service=SOURCE, code=OVERTAKEN, message=message, failed_at=now)
    return LessonStored(
        task_id=event.task_id,
        request=event.request,
        content=event.content,
        revision=revisions.next(edition),
        serial=revisions.next(edition.lesson),
        examined=event.examined,
        stored_at=now,
    )
