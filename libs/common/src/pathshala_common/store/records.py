"""The records of tasks and events that both adapters keep, written and read back.

The log is the truth. A lesson is not kept a second time: it is its LessonStored event, which the change that logged it
marked with its places, so that an index finds it: (`lesson_key`, `revision`) is its place in the lesson, its serial,
kept unique; (`edition`, `edition_revision`) its place in the edition; `terms` are what a search finds it by. The first
two have their names from versions that knew no editions, and still go by them.
Moments are whole milliseconds since 1970, which every database compares alike.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pathshala_common.contract.class_set import ClassSet, SetHead
from pathshala_common.contract.envelope import TYPE_PREFIX, Envelope, decode
from pathshala_common.contract.errors import ContractError, UnreadableError
from pathshala_common.contract.events import EVENT_BY_NAME, EVENTS, LessonFailed, LessonStored, ProviderAnswered
from pathshala_common.contract.lesson import (
    EditionKey,
    Lesson,
    LessonKey,
    LessonMark,
    Level,
    Moment,
    NumberedTask,
    Status,
    Task,
    canonical,
    lesson_key,
)
from pathshala_common.contract.ports.class_sets import Outcome, Spent
from pathshala_common.contract.ports.operator import Extent, StoredFold
from pathshala_common.contract.ports.store import (
    Chain,
    Change,
    EditionSearch,
    ListedEdition,
    Logged,
    StoredLesson,
    Stream,
    Unreadable,
    stored_lesson,
)
from pathshala_common.contract.summary import TaskSummary
from pathshala_common.store.terms import terms_of

OUTBOX_WAIT_MAX_MILLISECONDS = 900_000

Record = dict[str, Any]
Place = tuple[int, str, int]
"""The place of an event in the log by time: its milliseconds, its task, its position."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
REVISION_MAX = 2**63 - 1
RECORDING = ProviderAnswered.__name__
PASSING = tuple(event.__name__ for event in EVENTS if not (event.FINAL or event.LASTING))
"""The types of the events that a log is cut of; final and lasting ones stay."""

EVER = 2**62
"""Milliseconds later than any moment."""

KEY_SEPARATOR, AFTER_SEPARATOR = "\x1f", "\x20"
LAST_ID = "\x7f"
"""Greater than any task id."""

_moment = TypeAdapter[datetime](Moment)


def milliseconds(moment: datetime) -> int:
    """Count the whole milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND


def moment(count: int) -> datetime:
    """Give the moment of so many milliseconds since 1970."""
    return EPOCH + count * MILLISECOND


def next_due(created_at: int, now: int, until: int) -> int:
    """Say when an event of the outbox that is given now falls due again: the older its task, the later.

    Its age doubles from one time to the next: within an hour a task is given ten times if the first is after 10 s.
    """
    return max(until, min(2 * now - created_at, until + OUTBOX_WAIT_MAX_MILLISECONDS))


def key_text(key: Chain) -> str:
    """Write a key as one text; names hold no control characters, so no two keys become one."""
    return KEY_SEPARATOR.join(key)


def read_key(text: str) -> LessonKey:
    """Read a lesson's key back."""
    return LessonKey(*text.split(KEY_SEPARATOR))


def read_edition(text: str) -> EditionKey:
    """Read an edition's key back."""
    return EditionKey(*text.split(KEY_SEPARATOR))


def lesson_text(text: str) -> str:
    """Give the key of the lesson that an edition's key, or its own, is about."""
    return KEY_SEPARATOR.join(text.split(KEY_SEPARATOR)[: len(LessonKey._fields)])


def editions_range(key: LessonKey) -> tuple[str, str]:
    """Say from which text on, and before which, the keys of a lesson's editions are."""
    text = key_text(key)
    return text + KEY_SEPARATOR, text + AFTER_SEPARATOR


def read_mark(edition: str, revision: int, serial: int) -> LessonMark:
    """Read the mark of a lesson back."""
    return LessonMark(read_edition(edition), revision, serial)


def task_record(task: Task, position: int, change: int | None = None) -> Record:
    """Make the document of a task, folded up to `position`, with the fields that are searched by.

    `change` is the number of its last change; None if that is as it was.
    """
    request = task.request
    return {
        "task_id": task.task_id,
        "position": position,
        "change": change,
        "status": task.status.value,
        "user_id": request.user_id,
        "lesson_key": key_text(lesson_key(request.subject, request.topic)),
        "created_at": milliseconds(request.requested_at),
        "finished_at": milliseconds(task.completed_at) if task.completed_at else None,
        "deadline": milliseconds(request.deadline),
        "taken": task.progress.taken,
        "document": task.model_dump_json(),
        "subject": request.subject,
        "topic": request.topic,
        "progress_message": task.progress.message,
        "error_code": task.error_code,
        "error_message": task.error_message,
    }


def read_task(document: str, fault: str | None = None) -> Task:
    """Read a task back from its document, with what is kept beside it of its fault. Raises UnreadableError."""
    try:
        task = Task.model_validate_json(document)
    except ValidationError as error:
        faults = ", ".join(sorted({str(one["loc"][0]) if one["loc"] else "all of it" for one in error.errors()}))
        raise UnreadableError(f"the task's document cannot be read: {faults}") from None
    return task if fault is None else task.model_copy(update={"fault": fault})


def read_numbered(document: str, fault: str | None, number: int) -> NumberedTask:
    """Read a task back with the number of its last change. Raises UnreadableError."""
    return NumberedTask(read_task(document, fault), number)


def read_summary(kept: Mapping[str, Any]) -> TaskSummary:
    """Read what a list shows of a task from the fields beside its document."""
    finished_at = kept["finished_at"]
    return TaskSummary(
        task_id=kept["task_id"],
        subject=kept["subject"],
        topic=kept["topic"],
        user_id=kept["user_id"],
        status=Status(kept["status"]),
        created_at=moment(kept["created_at"]),
        deadline=moment(kept["deadline"]),
        completed_at=moment(finished_at) if finished_at is not None else None,
        progress_message=kept["progress_message"],
        error_code=kept["error_code"],
        error_message=kept["error_message"],
        fault=kept["fault"],
    )


def set_record(change: Change) -> Record | None:
    """Make the document of a class set, if the change is one's, with the fields that are searched by."""
    made = change.class_set
    if made is None:
        return None
    return {
        "set_id": made.set_id,
        "user_id": made.user_id,
        "created_at": milliseconds(made.requested_at),
        "is_open": int(made.ended_at is None),
        "position": change.position + len(change.envelopes),
        "head": made.head.model_dump_json(),
        "document": made.model_dump_json(),
    }


def late_head(document: str) -> str:
    """Make the head that an older version did not keep beside a set's document; "" if that cannot be read."""
    try:
        return read_set(document).head.model_dump_json()
    except UnreadableError:
        return ""


def read_set(document: str) -> ClassSet:
    """Read a class set back from its document. Raises UnreadableError."""
    try:
        return ClassSet.model_validate_json(document)
    except ValidationError:
        raise UnreadableError("the class set's document cannot be read") from None


def read_sets(documents: Iterable[str]) -> list[ClassSet]:
    """Read the class sets that can be read."""
    found = []
    for document in documents:
        with suppress(UnreadableError):
            found.append(read_set(document))
    return found


def read_heads(heads: Iterable[str]) -> list[SetHead]:
    """Read the heads of class sets that can be read."""
    found = []
    for head in heads:
        with suppress(ValidationError):
            found.append(SetHead.model_validate_json(head))
    return found


def spending_records(change: Change) -> list[Record]:
    """Make the records of the calls of language models that a change logs, if it is known for whom they were.

    The id of the event is the key of each, so that it is kept once, however often it is written.
    """
    asked, made = change.request, []
    for envelope in change.envelopes if asked is not None else ():
        event = envelope.event
        if asked is not None and isinstance(event, ProviderAnswered) and event.asked_a_model:
            used = event.call.usage
            made.append(
                {
                    "event_id": f"{change.task_id}/{envelope.id}",
                    "user_id": asked.user_id,
                    "class_set": asked.class_set,
                    "time": milliseconds(envelope.time),
                    "prompt_tokens": used.prompt,
                    "completion_tokens": used.completion,
                }
            )
    return made


def read_spent(calls: int | None, prompt_tokens: int | None, completion_tokens: int | None) -> Spent:
    """Read sums, of which a database gives none of nothing."""
    return Spent(calls or 0, prompt_tokens or 0, completion_tokens or 0)


ENDS = tuple(event.__name__ for event in EVENTS if event.FINAL)
"""The types of the events that end tasks."""


def outcome(name: str, revision: int | None, raw: bytes | None) -> Outcome:
    """Read what became of a task from its final event: the type, and the revision or the bytes."""
    if name == LessonStored.__name__:
        return Outcome(Status.COMPLETED, revision=revision)
    try:
        failure = read_logged(raw or b"").event
    except ContractError:
        return Outcome(Status.FAILED)
    return Outcome(Status.FAILED, failure=failure if isinstance(failure, LessonFailed) else None)


def event_records(change: Change) -> list[Record]:
    """Make the log entries of a change; the one that a lesson stands for is marked as that."""
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


def read_logged(raw: bytes) -> Envelope:
    """Read an event that was logged, whatever size is let in today. Raises ContractError if it cannot be read."""
    return decode(raw, size_max_bytes=len(raw))


def readable(raws: Iterable[bytes]) -> list[Envelope]:
    """Read the events that can be read."""
    found = []
    for raw in raws:
        with suppress(ContractError):
            found.append(read_logged(raw))
    return found


def entry(task_id: str, position: int, raw: bytes) -> Logged | Unreadable:
    """Read what stands at a place in the log, or say why it cannot be read."""
    try:
        return Logged(position, read_logged(raw))
    except ContractError as error:
        try:
            time, name = heading(raw)
        except (ValueError, KeyError, TypeError, AttributeError):
            time, name = 0, ""
        return Unreadable(position, task_id, moment(time), name, raw, str(error))


def stream(document: str | None, tail: Sequence[bytes], position: int, repeats: frozenset[str]) -> Stream:
    """Read a task's document and the events behind it, or say why they cannot be read."""
    try:
        task = read_task(document) if document is not None else None
        return Stream(task, [read_logged(raw) for raw in tail], position, repeats)
    except (ContractError, UnreadableError) as error:
        return Stream(None, [], position, repeats, str(error))


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


MARKS = ("lesson_key", "revision", "edition", "edition_revision", "terms")
UNMARKED: Record = dict.fromkeys(MARKS)


def _marks(envelope: Envelope, lesson: Lesson | None) -> Record:
    if lesson is None or not isinstance(envelope.event, LessonStored) or envelope.event.revision != lesson.revision:
        return UNMARKED
    edition, revision, serial = lesson.mark
    terms = terms_of(edition, lesson.content.title)
    return dict(zip(MARKS, (key_text(edition.lesson), serial, key_text(edition), revision, terms), strict=True))


def late_marks(raw: bytes, lesson_key: str, revision: int) -> Record:
    """Give the marks that a version without editions left out, from its event, and from the marks that it made.

    An event that this version cannot read has the edition that its order names all the same, as far as that is there.
    """
    try:
        data = json.loads(raw)["data"]
        language, level, title = (
            str(data["request"].get("language", "en")),
            str(data["request"].get("level", Level.MIDDLE)),
            str(data["content"]["title"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        language, level, title = "en", Level.MIDDLE.value, ""
    edition = EditionKey(*read_key(lesson_key), canonical(language), level)
    return {"edition": key_text(edition), "edition_revision": revision, "terms": terms_of(edition, title)}


def number_in(key: Chain, lesson: Lesson) -> int:
    """Give the number of a lesson in a chain."""
    return lesson.mark.revision if isinstance(key, EditionKey) else lesson.mark.serial


def read_lesson(raw: bytes) -> Lesson:
    """Read a lesson back from the event that stored it. Raises UnreadableError."""
    return read_stored(raw).lesson


def read_stored(raw: bytes) -> StoredLesson:
    """Read it with what names its event. Raises UnreadableError."""
    try:
        found = stored_lesson(read_logged(raw))
    except ContractError as error:
        raise UnreadableError(f"the lesson's event cannot be read: {error}") from error
    assert found is not None
    return found


def read_listed(found: Iterable[tuple[bytes, int]]) -> list[ListedEdition]:
    """Read the editions of which the newest revision can be read."""
    listed = []
    for raw, versions in found:
        with suppress(UnreadableError):
            listed.append(ListedEdition(read_lesson(raw), versions))
    return listed


def listing_begin(search: EditionSearch) -> tuple[int, str]:
    """Say before which time and task a list begins."""
    return (milliseconds(search.after[0]), search.after[1]) if search.after else (EVER, "")


def read_lessons(raws: Iterable[bytes]) -> list[Lesson]:
    """Read the lessons that can be read."""
    found = []
    for raw in raws:
        with suppress(UnreadableError):
            found.append(read_lesson(raw))
    return found


def kept(documents: Mapping[str, tuple[str, int]], lessons: Mapping[str, LessonMark]) -> Mapping[str, StoredFold]:
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
