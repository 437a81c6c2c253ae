"""The records of tasks and events that both adapters keep, written and read back.

The log is the truth. A lesson is not kept a second time: it is its LessonStored event, which the change that
logged it marked with the lesson's key and revision, so that an index finds it and keeps the revision unique.
Moments are whole milliseconds since 1970, which every database compares alike.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from pathshala_common.contract.envelope import TYPE_PREFIX, Envelope, decode
from pathshala_common.contract.events import EVENT_BY_NAME, EVENTS, LessonStored, ProviderAnswered
from pathshala_common.contract.lesson import Lesson, LessonKey, Moment, Task, lesson_key
from pathshala_common.contract.ports.operator import Extent, StoredFold
from pathshala_common.contract.ports.store import Change

OUTBOX_WAIT_MAX_MILLISECONDS = 900_000

Record = dict[str, Any]
Place = tuple[int, str, int]
"""The place of an event in the log by time: its milliseconds, its task, its position."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
REVISION_MAX = 2**63 - 1
RECORDING = ProviderAnswered.__name__
PASSING = tuple(event.__name__ for event in EVENTS if not event.FINAL)
"""The types of the events that a log is cut of; the final ones stay."""

EVER = 2**62
"""Milliseconds later than any moment."""

KEY_SEPARATOR = "\x1f"
LAST_ID = "\x7f"
"""Greater than any task id."""

_moment = TypeAdapter[datetime](Moment)


def milliseconds(moment: datetime) -> int:
    """Count the whole milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND


def next_due(created_at: int, now: int, until: int) -> int:
    """Say when an event of the outbox that is given now falls due again: the older its task, the later.

    Its age doubles from one time to the next: within an hour a task is given ten times if the first is after 10 s.
    """
    return max(until, min(2 * now - created_at, until + OUTBOX_WAIT_MAX_MILLISECONDS))


def key_text(key: LessonKey) -> str:
    """Write a lesson's key as one text; names hold no control characters, so no two keys become one."""
    return KEY_SEPARATOR.join(key)


def read_key(text: str) -> LessonKey:
    """Read a lesson's key back."""
    return LessonKey(*text.split(KEY_SEPARATOR))


def task_record(task: Task, position: int) -> Record:
    """Make the document of a task, folded up to `position`, with the fields that are searched by."""
    request = task.request
    return {
        "task_id": task.task_id,
        "position": position,
        "status": task.status.value,
        "user_id": request.user_id,
        "lesson_key": key_text(lesson_key(request.subject, request.topic)),
        "created_at": milliseconds(request.requested_at),
        "finished_at": milliseconds(task.completed_at) if task.completed_at else None,
        "deadline": milliseconds(request.deadline),
        "taken": task.progress.taken,
        "document": task.model_dump_json(),
    }


def read_task(document: str) -> Task:
    """Read a task back from its document."""
    return Task.model_validate_json(document)


def event_records(change: Change) -> list[Record]:
    """Make the log entries of a change; the one that a lesson stands for carries its key and revision."""
    return [
        {
            "task_id": change.task_id,
            "position": change.position + 1 + index,
            "id": envelope.id,
            "time": milliseconds(envelope.time),
            "type": envelope.type,
            **_marks(envelope, change.lesson),
            "raw": envelope.raw,
        }
        for index, envelope in enumerate(change.envelopes)
    ]


def heading(raw: bytes) -> tuple[int, str]:
    """Read an event's time and type from its bytes alone, for entries of the log that were made without them."""
    head = json.loads(raw)
    return milliseconds(_moment.validate_python(head["time"])), head["type"].removeprefix(TYPE_PREFIX)


def span(extent: Extent) -> tuple[Place, int]:
    """Say after which place a page begins, and before which millisecond it ends."""
    begin: Place = (milliseconds(extent.since) if extent.since else -EVER, "", 0)
    if extent.after is not None:
        time, task_id, position = extent.after
        begin = max(begin, (milliseconds(time), task_id, position))
    return begin, milliseconds(extent.until) if extent.until else EVER


def types(extent: Extent) -> Sequence[str]:
    """Name the types whose ranges make a page."""
    return sorted(extent.types or EVENT_BY_NAME)


def _marks(envelope: Envelope, lesson: Lesson | None) -> Record:
    if lesson and isinstance(envelope.event, LessonStored) and envelope.event.revision == lesson.revision:
        return {"lesson_key": key_text(lesson.key), "revision": lesson.revision}
    return {"lesson_key": None, "revision": None}


def read_lesson(raw: bytes) -> Lesson:
    """Read a lesson back from the event that stored it."""
    event = decode(raw).event
    assert isinstance(event, LessonStored)
    return event.lesson


def kept(
    documents: Mapping[str, tuple[str, int]], lessons: Mapping[str, tuple[LessonKey, int]]
) -> Mapping[str, StoredFold]:
    """Join, by task, documents with their positions, and marks of lessons."""
    found = {task_id: StoredFold(lesson=lesson) for task_id, lesson in lessons.items()}
    for task_id, (document, position) in documents.items():
        found[task_id] = StoredFold(document, position, lessons.get(task_id))
    return found


def ids_by_task(envelopes: Iterable[Envelope]) -> Mapping[str, Sequence[str]]:
    """Group the ids of events by the tasks that they are about."""
    grouped: dict[str, list[str]] = {}
    for envelope in envelopes:
        grouped.setdefault(envelope.task_id, []).append(envelope.id)
    return grouped
