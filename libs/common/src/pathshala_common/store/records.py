"""What both adapters keep of a task and of an event, and how it is read back.

The log is the truth. A lesson is not kept a second time: it is its LessonStored event, which the change that
logged it marked with the lesson's key and revision, so that an index finds it and keeps the revision unique.
Moments are whole milliseconds since 1970, which every database compares alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pathshala_common.contract.envelope import Envelope, decode
from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.lesson import Lesson, LessonKey, Task, lesson_key
from pathshala_common.contract.ports import Change

Record = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
REVISION_MAX = 2**63 - 1
KEY_SEPARATOR = "\x1f"


def milliseconds(moment: datetime) -> int:
    """Count the whole milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND


def key_text(key: LessonKey) -> str:
    """Write a lesson's key as one text; names hold no control characters, so no two keys become one."""
    return KEY_SEPARATOR.join(key)


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
            **_marks(envelope, change.lesson),
            "raw": envelope.raw,
        }
        for index, envelope in enumerate(change.envelopes)
    ]


def _marks(envelope: Envelope, lesson: Lesson | None) -> Record:
    if lesson and isinstance(envelope.event, LessonStored) and envelope.event.revision == lesson.revision:
        return {"lesson_key": key_text(lesson.key), "revision": lesson.revision}
    return {"lesson_key": None, "revision": None}


def read_lesson(raw: bytes) -> Lesson:
    """Read a lesson back from the event that stored it."""
    event = decode(raw).event
    assert isinstance(event, LessonStored)
    return Lesson(
        subject=event.request.subject,
        topic=event.request.topic,
        revision=event.revision,
        task_id=event.task_id,
        created_at=event.stored_at,
        content=event.content,
    )


def ids_by_task(envelopes: Iterable[Envelope]) -> Mapping[str, Sequence[str]]:
    """Group the ids of events by the tasks that they are about."""
    grouped: dict[str, list[str]] = {}
    for envelope in envelopes:
        grouped.setdefault(envelope.task_id, []).append(envelope.id)
    return grouped
