"""The bodies of requests and answers over HTTP: the seed's, with fields added and none changed."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool
from pydantic_core import to_json

from pathshala_common.contract.lesson import (
    SOURCE_TEXT_LENGTH_MAX,
    LanguageTag,
    Lesson,
    LessonContent,
    Level,
    Name,
    PupilLesson,
    Status,
    Suggestion,
    Task,
    Text,
    fold,
    sayable,
    version_of,
)
from pathshala_common.contract.ports.store import EditionHead, ListedEdition
from pathshala_common.contract.summary import TaskSummary
from pathshala_common.contract.task_status import lesson_url, moment, status_fields

ESTIMATE = "30-60 seconds"

LANGUAGE = "The language that the lesson is wanted in: a BCP 47 tag, such as en, hi or pt-BR."
LEVEL = "Whom the lesson is for: pupils of about 6 to 10, 11 to 13 or 14 to 18 years, or grown people."

SOURCE_TEXT = (
    "An article of your own that the lesson is to stand on, as plain text, instead of Wikipedia's. It is cited and "
    "labelled as the teacher's."
)

# A subject named like a path of the API would hide it: /lessons/status/verbs is a task's status.
RESERVED_SUBJECTS = frozenset({"status", "tasks"})

# Clients and proxies resolve these segments of a path before it is sent, percent-encoded or not.
RESOLVED_SEGMENTS = frozenset({".", ".."})


def _addressable(name: str) -> str:
    """Refuse a name that no URL could lead to."""
    if name in RESOLVED_SEGMENTS:
        raise ValueError("must be more than a dot or two: no URL could lead to it")
    return name


def _a_subject(name: str) -> str:
    """Refuse a subject that would not be the subject in a path."""
    if "/" in name:
        raise ValueError("must not contain a slash; a topic may")
    if fold(name) in RESERVED_SUBJECTS:
        raise ValueError("is a word that this API's own paths use; choose another, 'status of matter' say")
    return name


Topic = Annotated[Name, AfterValidator(_addressable)]
Subject = Annotated[Topic, AfterValidator(_a_subject)]


Warnings = Annotated[list[str], Field(description="What the house could not read of this task; empty if all is well.")]


class LessonOrder(BaseModel):
    """A request for a lesson. Fields that are not known are ignored."""

    model_config = ConfigDict(frozen=True)

    subject: Annotated[Subject, AfterValidator(sayable)]
    topic: Annotated[Topic, AfterValidator(sayable)]
    user_id: Name
    include_wikipedia: StrictBool = True
    language: LanguageTag = Field("en", description=LANGUAGE, examples=["en", "hi", "pt-BR"])
    level: Level = Field(Level.MIDDLE, description=LEVEL, examples=[level.value for level in Level])
    source_text: Annotated[Text, Field(max_length=SOURCE_TEXT_LENGTH_MAX)] | None = Field(None, description=SOURCE_TEXT)


class Accepted(BaseModel):
    """The answer to a request: the task, and where to ask for it."""

    task_id: str
    status: Status
    message: str
    estimated_completion_time: str
    poll_url: str


class LessonData(LessonContent):
    """A lesson as a task yields it."""

    version: str


class TaskStatus(BaseModel):
    """The status of a task."""

    task_id: str
    status: Status
    progress_message: str
    created_at: str
    completed_at: str | None
    error_message: str | None
    lesson_data: LessonData | None
    error_code: str | None
    suggestion: Suggestion | None
    warnings: Warnings
    subject: str
    topic: str
    deadline: str
    lesson_url: str | None


class TaskEntry(BaseModel):
    """A task in a list."""

    task_id: str
    subject: str
    topic: str
    user_id: str
    status: Status
    created_at: str
    completed_at: str | None
    error_message: str | None
    error_code: str | None
    warnings: Warnings
    progress_message: str


class TaskList(BaseModel):
    """A page of tasks; the counts are over all that are kept. `next_cursor` asks for the page after this."""

    status: Literal["success"] = "success"
    total_tasks: int
    tasks: list[TaskEntry]
    status_counts: dict[Status, int]
    next_cursor: str | None


class TaskEvent(BaseModel):
    """An event of a task, at its place in the log. `gap_seconds` is the time since the one before, if that is known."""

    position: int
    time: str
    gap_seconds: float | None
    service: str
    event: str
    attempt: int | None
    event_id: str
    causation_id: str | None
    summary: str
    data: dict[str, Any]


class LessonVersion(LessonData):
    """One version of a lesson, as it is kept for good."""

    subject: str
    topic: str
    task_id: str
    created_at: str


class PupilVersion(PupilLesson):
    """The same for pupils: without any answer."""

    version: str
    subject: str
    topic: str
    task_id: str
    created_at: str


class View(StrEnum):
    """Whom a lesson is shown to."""

    TEACHER = "teacher"
    PUPIL = "pupil"


class VersionEntry(BaseModel):
    """A version in a list, with the edition that it is one of."""

    version: str
    language: str
    level: str
    title: str
    created_at: str
    task_id: str
    url: str


class EditionEntry(BaseModel):
    """An edition of a lesson: its newest version, and how many it has."""

    language: str
    level: str
    version: str
    versions: int
    url: str


class VersionList(BaseModel):
    """Versions of one edition of a lesson, newest first, and the editions that the lesson has.

    `next_before` asks for the page after this, with the same language and level.
    """

    subject: str
    topic: str
    language: str
    level: str
    versions: list[VersionEntry]
    next_before: str | None
    editions: list[EditionEntry]


class ListedEntry(EditionEntry):
    """An edition in a list over all lessons; title, task and time are those of its newest version."""

    subject: str
    topic: str
    title: str
    created_at: str
    task_id: str


class EditionList(BaseModel):
    """A page of editions, newest first. `next_cursor` asks for the page after this."""

    editions: list[ListedEntry]
    next_cursor: str | None


def poll_url(task_id: str) -> str:
    """The address of a task's status."""
    return f"/lessons/status/{task_id}"


def accepted(task: Task) -> bytes:
    """Answer a request: an Accepted as JSON."""
    return to_json(
        {
            "task_id": task.task_id,
            "status": task.status,
            "message": f"Lesson generation started for {task.request.subject}/{task.request.topic}",
            "estimated_completion_time": ESTIMATE,
            "poll_url": poll_url(task.task_id),
        }
    )


def task_entry(task: TaskSummary) -> TaskEntry:
    """Tell of a task in a list."""
    return TaskEntry(**status_fields(task), user_id=task.user_id)


def lesson_version(lesson: Lesson, view: View = View.TEACHER) -> bytes:
    """Show one version of a lesson, as JSON, of what was validated when it was made.

    It is a LessonVersion to teachers, a PupilVersion to pupils.
    """
    content = lesson.content.for_pupils() if view is View.PUPIL else lesson.content
    shown = {
        "version": lesson.version,
        "subject": lesson.subject,
        "topic": lesson.topic,
        "task_id": lesson.task_id,
        "created_at": moment(lesson.created_at),
    }
    return to_json(dict(content) | shown)


def version_entry(lesson: Lesson) -> VersionEntry:
    """Tell of a version in a list."""
    return VersionEntry(
        version=lesson.version,
        language=lesson.edition.language,
        level=lesson.level,
        title=lesson.content.title,
        created_at=moment(lesson.created_at),
        task_id=lesson.task_id,
        url=lesson_url(lesson, lesson.revision),
    )


def edition_entry(head: EditionHead) -> EditionEntry:
    """Tell of an edition of a lesson."""
    return EditionEntry(
        language=head.edition.language,
        level=head.edition.level,
        version=version_of(head.revision),
        versions=head.versions,
        url=lesson_url(head.edition),
    )


def listed_entry(listed: ListedEdition) -> ListedEntry:
    """Tell of an edition in a list over all lessons."""
    newest = listed.newest
    return ListedEntry(
        subject=newest.subject,
        topic=newest.topic,
        language=newest.edition.language,
        level=newest.level,
        title=newest.content.title,
        version=newest.version,
        versions=listed.versions,
        created_at=moment(newest.created_at),
        task_id=newest.task_id,
        url=lesson_url(newest),
    )
