"""The bodies of requests and answers over HTTP: the seed's, with fields added and none changed."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import to_json

from pathshala_common.contract.events import EVENT_BY_NAME
from pathshala_common.contract.lesson import (
    SOURCE_TEXT_LENGTH_MAX,
    VERSION,
    ArticleSource,
    Examined,
    HowMade,
    LanguageTag,
    Lesson,
    LessonContent,
    LessonPart,
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
from pathshala_common.contract.ports.store import EditionHead, ListedEdition, StoredLesson
from pathshala_common.contract.summary import TaskSummary
from pathshala_common.contract.task_status import lesson_url, moment, status_fields

URI = re.compile(r"([A-Za-z0-9._~:/?@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+")
"""The signs of a URI (RFC 3986), without a fragment."""

IGNORED_NAMED_MAX = 10
IGNORED_NAME_LENGTH_MAX = 60
REPLACEMENT = "\ufffd"
LANGUAGE = "The language that the lesson is wanted in: a BCP 47 tag, such as en, hi or pt-BR."
LEVEL = "Whom the lesson is for: pupils of about 6 to 10, 11 to 13 or 14 to 18 years, or grown people."

SOURCE_TEXT = (
    "An article of your own that the lesson is to stand on, as plain text, instead of Wikipedia's. It is cited and "
    "labelled as the teacher's."
)

CALLBACK_URL = (
    "Where to POST the status when the task has ended, at least once, signed as Standard Webhooks says. An https "
    "address of the public internet, unless the house allows more."
)
NOT_CALLABLE = "must be an https address, in ASCII and without a fragment"
URL_LENGTH_MAX = 2_000

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


def _callable(url: str) -> str:
    """Refuse an address that no webhook could be sent to, or that carries a name or password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(NOT_CALLABLE) from None
    if not URI.fullmatch(url) or parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ValueError(NOT_CALLABLE)
    if "@" in parts.netloc:
        raise ValueError("must carry no name or password")
    return url


MomentText = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Address = Annotated[str, WithJsonSchema({"type": "string", "format": "uri-reference"})]
Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
TaskId = Annotated[Id, Path(description="The task, as it was named when the order was accepted.")]
VersionText = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^{VERSION.pattern}$"})]
EventType = Annotated[str, WithJsonSchema({"anyOf": [{"enum": [*EVENT_BY_NAME]}, {"type": "string"}]})]
"""An event's name: one of ours, or of a later version that told it."""

CALLBACK_PATTERN = (
    r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,3})?"
    r"([/?]([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$"
)
CallbackUrl = Annotated[
    str,
    StringConstraints(max_length=URL_LENGTH_MAX),
    AfterValidator(_callable),
    Field(json_schema_extra={"format": "uri", "pattern": CALLBACK_PATTERN}),
]
SEEN = r"(?![*_~`#|<>&\u115f\u1160\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]"
NO_CONTROL = r"[^\x00-\x1f\x7f-\x9f]"
NO_SLASH = r"[^\x00-\x1f\x7f-\x9f/]"
TOPIC_PATTERN = rf"^(?!\s*\.\.?\s*$){NO_CONTROL}*{SEEN}{NO_CONTROL}*$"
SUBJECT_PATTERN = rf"^(?!\s*(\.\.?|status|tasks)\s*$){NO_SLASH}*(?!/){SEEN}{NO_SLASH}*$"
"""The rules of names, for those who read a schema. Beyond them, markup is nothing that can be seen."""

Topic = Annotated[Name, AfterValidator(_addressable)]
Subject = Annotated[Topic, AfterValidator(_a_subject)]


UserId = Annotated[Name | None, Field(description="Who does it. With a key it may be left out: it is the key's.")]
Warnings = Annotated[list[str], Field(description="What the house could not read of this task; empty if all is well.")]


class LessonOrder(BaseModel):
    """A request for a lesson. Fields that are not known are ignored, and the answer's `warnings` name them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    subject: Annotated[
        Annotated[Subject, AfterValidator(sayable)],
        Field(
            description="The subject. It stands in the lesson's address, so it has no slash.",
            json_schema_extra={"pattern": SUBJECT_PATTERN},
        ),
    ]
    topic: Annotated[
        Annotated[Topic, AfterValidator(sayable)],
        Field(description="The topic within the subject.", json_schema_extra={"pattern": TOPIC_PATTERN}),
    ]
    user_id: Annotated[Name, Field(description="Who asks.")]
    include_wikipedia: Annotated[
        StrictBool, Field(description="Whether the lesson is to stand on an article of Wikipedia's, if there is one.")
    ] = True
    language: LanguageTag = Field("en", description=LANGUAGE, examples=["en", "hi", "pt-BR"])
    level: Level = Field(Level.MIDDLE, description=LEVEL, examples=[level.value for level in Level])
    source_text: Annotated[Text, Field(max_length=SOURCE_TEXT_LENGTH_MAX)] | None = Field(None, description=SOURCE_TEXT)

    callback_url: CallbackUrl | None = Field(None, description=CALLBACK_URL, examples=["https://school.example/hook"])


ONE_QUESTION: dict[str, JsonValue] = {
    "if": {"required": ["question"], "properties": {"question": {"type": "integer"}}},
    "then": {"properties": {"part": {"const": "questions"}}},
}
"""The rule by which one question is named: with the part of all of them."""


class RewriteOrder(BaseModel):
    """An order for one part of a version, which If-Match names, to be written anew by a wish. All else stays.

    Fields that are not known are ignored, and the answer's `warnings` name them.
    """

    model_config = ConfigDict(frozen=True, extra="allow", json_schema_extra=ONE_QUESTION)

    user_id: UserId = None
    part: Annotated[LessonPart, Field(description="The part that is to be written anew.")]
    question: Annotated[
        int | None, Field(ge=1, description="With the part `questions`: the one question, from 1, that is meant.")
    ] = None
    wish: Annotated[
        Annotated[Name, AfterValidator(sayable)],
        Field(
            description="How the part is to be, in a few words. A model takes it as a hint on that part, and as no "
            "order for anything else; the offline writer refuses what it does not understand.",
            examples=["a shorter activity", "an example from cricket"],
        ),
    ]
    callback_url: CallbackUrl | None = Field(None, description=CALLBACK_URL, examples=["https://school.example/hook"])


class Accepted(BaseModel):
    """The answer to a request: the task, and where to ask for it."""

    task_id: Annotated[Id, Field(description="The task.")]
    status: Annotated[Status, Field(description="Where the task stands.")]
    message: Annotated[str, Field(description="What was accepted, for people.")]
    estimated_completion_time: Annotated[str, Field(description="How long the lesson is going to take, for people.")]
    poll_url: Annotated[Address, Field(description="Where the task's status is.")]
    warnings: list[str] = Field(
        [],
        exclude_if=lambda named: not named,
        description="The fields of the order that are not known; left out if there are none.",
    )


class LessonData(LessonContent):
    """A lesson as a task yields it."""

    version: Annotated[VersionText, Field(description="The version in the edition: 1.0, 1.1 and on.")]


class TaskProgress(BaseModel):
    """The progress of a task, for machines.

    While `waiting_for` names what keeps it from going on, the next try is at `until`. `attempt` is one `of` so many.
    """

    stage: Annotated[
        Literal["asked", "reading", "read", "writing", "storing", "ended"], Field(description="What is being done.")
    ]
    attempt: Annotated[int | None, Field(description="The number of the attempt, where attempts are counted.")]
    of: Annotated[int | None, Field(description="The number of attempts that there are, if it is known.")]
    waiting_for: Annotated[str | None, Field(description="Why it has to wait: the code of what is in the way.")]
    until: Annotated[MomentText | None, Field(description="When the next try is, while it waits.")]
    percent: Annotated[int, Field(ge=0, le=100, description="The share of its time that tasks lately took until here.")]


Change = Annotated[
    int,
    Field(ge=0, description="The number of the last change: in the ETag, and as the id in streams, it is the same."),
]


class TaskChange(BaseModel):
    """A state of a task in a stream: what its status says, but for the lesson."""

    task_id: Annotated[Id, Field(description="The task.")]
    change: Change
    status: Annotated[
        Status,
        Field(description="Where the task stands: pending, then in_progress, then completed or failed for good."),
    ]
    progress: Annotated[TaskProgress, Field(description="The same for machines.")]
    progress_message: Annotated[str, Field(description="What is happening now, for people.")]
    created_at: Annotated[MomentText, Field(description="When the order was accepted.")]
    completed_at: Annotated[MomentText | None, Field(description="When the task ended.")]
    error_message: Annotated[str | None, Field(description="Why it failed, for people.")]
    error_code: Annotated[str | None, Field(description="Why it failed, for machines: docs/errors.md has all codes.")]
    warnings: Warnings
    subject: Annotated[str, Field(description="The subject, as it was asked for.")]
    topic: Annotated[str, Field(description="The topic, as it was asked for.")]
    lesson_url: Annotated[Address | None, Field(description="Where the lesson stays, once the task is completed.")]
    retry_of: Annotated[Id | None, Field(description="The failed task that this one asks for anew, if it does.")] = None
    retried_as: Annotated[
        Id | None, Field(description="The task that asks for this failed one anew, if there is one.")
    ] = None


class TaskStatus(TaskChange):
    """The status of a task."""

    lesson_data: Annotated[LessonData | None, Field(description="The lesson, once the task is completed.")]
    suggestion: Annotated[
        Suggestion | None, Field(description="Another order that would do, if the order was the cause of the failure.")
    ]
    deadline: Annotated[MomentText, Field(description="When the task fails if it has not ended.")]


class TaskEntry(BaseModel):
    """A task in a list."""

    task_id: Annotated[Id, Field(description="The task.")]
    subject: Annotated[str, Field(description="The subject, as it was asked for.")]
    topic: Annotated[str, Field(description="The topic, as it was asked for.")]
    user_id: Annotated[str, Field(description="Who asked.")]
    status: Annotated[
        Status,
        Field(description="Where the task stands: pending, then in_progress, then completed or failed for good."),
    ]
    created_at: Annotated[MomentText, Field(description="When the order was accepted.")]
    completed_at: Annotated[MomentText | None, Field(description="When the task ended.")]
    error_message: Annotated[str | None, Field(description="Why it failed, for people.")]
    error_code: Annotated[str | None, Field(description="Why it failed, for machines: docs/errors.md has all codes.")]
    warnings: Warnings
    progress_message: Annotated[str, Field(description="What is happening now, for people.")]


class TaskList(BaseModel):
    """A page of tasks; the counts are over all that are kept. `next_cursor` asks for the page after this."""

    status: Annotated[Literal["success"], Field(description="That there is a list.")] = "success"
    total_tasks: Annotated[int, Field(description="How many tasks the filters let through, on all pages.")]
    tasks: Annotated[list[TaskEntry], Field(description="The tasks of this page, newest first.")]
    status_counts: Annotated[
        dict[Status, int], Field(description="How many of all tasks that are kept have each status.")
    ]
    next_cursor: Annotated[str | None, Field(description="What asks for the page after this; null on the last.")]


class BulkAnswer(BaseModel):
    """Tasks that match a filter, at most 1,000 of them; `more` says that there are more.

    Without `confirm` they are counted, and nothing is done. `done` counts those that were cancelled or retried; what
    matched and was not done had ended meanwhile, or there were too many tasks.
    """

    matched: Annotated[int, Field(description="How many tasks match, up to 1,000: what `confirm` must be.")]
    more: Annotated[bool, Field(description="Whether more match than that.")]
    done: Annotated[int, Field(description="How many were cancelled or retried.")]


class TaskEvent(BaseModel):
    """An event of a task, at its place in the log. `gap_seconds` is the time since the one before, if that is known."""

    position: Annotated[int, Field(description="Its place in the task's log, from 1.")]
    time: Annotated[MomentText, Field(description="When it was told.")]
    gap_seconds: Annotated[float | None, Field(description="The time since the event before.")]
    service: Annotated[str, Field(description="The service that told it.")]
    event: Annotated[EventType, Field(description="Its type.")]
    attempt: Annotated[int | None, Field(description="The attempt of the service that it tells of.")]
    event_id: Annotated[str, Field(description="Its id; empty if this version cannot read it.")]
    causation_id: Annotated[Id | None, Field(description="The id of the event that led to it.")]
    summary: Annotated[str, Field(description="The event in a line, for people.")]
    data: Annotated[dict[str, Any], Field(description="All that it says; docs/schemas has the schema of each type.")]


class StoredEvent(BaseModel):
    """The event that keeps a version of a lesson: LessonStored, in the log of its task."""

    event_id: Annotated[str, Field(description="Its id.")]
    sha256: Annotated[str, Field(description="The SHA-256 of its bytes, in hex.")]


STORED = "The event that keeps it, so that a file of it can be verified."


class LessonVersion(LessonData):
    """One version of a lesson, as it is kept for good."""

    subject: Annotated[str, Field(description="The subject, as it was asked for.")]
    topic: Annotated[str, Field(description="The topic, as it was asked for.")]
    task_id: Annotated[Id, Field(description="The task that it was made by.")]
    created_at: Annotated[MomentText, Field(description="When it was stored.")]
    stored: Annotated[StoredEvent, Field(description=STORED)]


class MadeOf(BaseModel):
    """The version that another one is made of, and how."""

    how: Annotated[HowMade, Field(description="How the other one was made of it.")]
    version: Annotated[VersionText, Field(description="The version that it is made of.")]
    note: Annotated[str | None, Field(description="Why, in the words of who made it; null if nothing was said.")]


class ChangedVersion(LessonVersion):
    """One version that is made of an earlier one: who changed it, and what the checks find in it."""

    made_by: Annotated[str, Field(description="The user who changed it.")]
    made_of: Annotated[MadeOf, Field(description="The version that it is made of.")]
    examined: Annotated[
        Examined | None, Field(description="What the checks find, and what is overruled, if it was changed by hand.")
    ]


class PupilVersion(PupilLesson):
    """The same for pupils: without any answer."""

    version: Annotated[VersionText, Field(description="The version in the edition: 1.0, 1.1 and on.")]
    subject: Annotated[str, Field(description="The subject, as it was asked for.")]
    topic: Annotated[str, Field(description="The topic, as it was asked for.")]
    task_id: Annotated[Id, Field(description="The task that it was made by.")]
    created_at: Annotated[MomentText, Field(description="When it was stored.")]
    stored: Annotated[StoredEvent, Field(description=STORED)]


class View(StrEnum):
    """Whom a lesson is shown to."""

    TEACHER = "teacher"
    PUPIL = "pupil"


class CitedArticle(BaseModel):
    """The article that a lesson stands on, with the text in which its quotes have their places."""

    title: Annotated[str, Field(description="The title of the article's page.")]
    text: Annotated[str, Field(description="Its text as it was read, but for sentences that were left out of it.")]
    language: Annotated[LanguageTag, Field(description="The language that it is written in.")]
    source: Annotated[ArticleSource, Field(description="Where it is from.")]
    revision_id: Annotated[int, Field(description="The page's revision that was read; 0 if it is no page's.")]
    revision_url: Annotated[Address | None, Field(description="The address of that revision.")]
    licence: Annotated[str, Field(description="The name of the licence of its text.")]


class Citation(BaseModel):
    """A number in brackets, the statement that it stands behind, and the place of the quote in the article's text.

    Places are counted in characters (Unicode code points) from 0; `end` is behind the last. They are null if the text
    has the quote no more.
    """

    number: Annotated[int, Field(ge=1, description="The number in brackets.")]
    statement: Annotated[int, Field(ge=1, description="The statement's place among all statements, from 1.")]
    text: Annotated[str, Field(description="The statement.")]
    quote: Annotated[str, Field(description="The article's own words that it rests on.")]
    start: Annotated[int | None, Field(ge=0, description="The place of the quote's first character.")]
    end: Annotated[int | None, Field(ge=0, description="The place behind its last character.")]


class LessonProof(BaseModel):
    """The proof of a version: each number in brackets with the place of its quote; none without an article."""

    subject: Annotated[str, Field(description="The subject of the lesson.")]
    topic: Annotated[str, Field(description="The topic of the lesson.")]
    language: Annotated[LanguageTag, Field(description="The language that the edition was ordered in.")]
    level: Annotated[Level, Field(description="The level that the edition was ordered for.")]
    version: Annotated[VersionText, Field(description="The version in the edition: 1.0, 1.1 and on.")]
    task_id: Annotated[Id, Field(description="The task that it was made by.")]
    stored: Annotated[StoredEvent, Field(description=STORED)]
    article: Annotated[CitedArticle | None, Field(description="The article that it stands on, if it does on one.")]
    citations: Annotated[list[Citation], Field(description="All numbers in brackets, in their order.")]


FILES: dict[str, dict[str, Any]] = {
    "LessonText": {"type": "string", "description": "A lesson as text of the media type, in UTF-8."},
    "LessonFile": {"type": "string", "format": "binary", "description": "A lesson as a file of the media type."},
}
"""The schemas of answers that are files, by their names."""

PACKED_MAX = 50


class PackedLesson(BaseModel):
    """A lesson in a pack: the newest of all editions, or of those in a language or for a level, or one version."""

    subject: Annotated[Subject, Field(description="The subject of the lesson.")]
    topic: Annotated[Topic, Field(description="The topic of the lesson.")]
    language: Annotated[LanguageTag | None, Field(description="The language that its edition was ordered in.")] = None
    level: Annotated[Level | None, Field(description="The level that its edition was ordered for.")] = None
    version: Annotated[VersionText | None, Field(description="An older version of the edition.")] = None


class PackOrder(BaseModel):
    """An order for several lessons in one file."""

    format: Annotated[
        Literal["imscc", "gift"], Field(description="A Common Cartridge 1.3, or Moodle's text format for questions.")
    ] = "imscc"
    title: Annotated[Name, Field(description="The title of the whole.")] = "Pathshala"
    approved: Annotated[
        StrictBool, Field(description="Whether only versions count that a teacher approved: the newest of these.")
    ] = False
    lessons: Annotated[
        list[PackedLesson], Field(min_length=1, max_length=PACKED_MAX, description="The lessons, in this order.")
    ]


class EditionEntry(BaseModel):
    """An edition of a lesson: its newest version, and how many it has."""

    language: Annotated[LanguageTag, Field(description="The language that the edition was ordered in.")]
    level: Annotated[Level, Field(description="The level that the edition was ordered for.")]
    version: Annotated[VersionText, Field(description="Its newest version.")]
    versions: Annotated[int, Field(description="How many versions it has.")]
    url: Annotated[Address, Field(description="Where its newest version is.")]


class ListedEntry(EditionEntry):
    """An edition in a list over all lessons; title, task and time are those of its newest version."""

    subject: Annotated[str, Field(description="The subject of the lesson.")]
    topic: Annotated[str, Field(description="The topic of the lesson.")]
    title: Annotated[str, Field(description="The title of its newest version.")]
    created_at: Annotated[MomentText, Field(description="When its newest version was stored.")]
    task_id: Annotated[Id, Field(description="The task that its newest version was made by.")]


class EditionList(BaseModel):
    """A page of editions, newest first. `next_cursor` asks for the page after this."""

    editions: Annotated[list[ListedEntry], Field(description="The editions of this page, newest first.")]
    next_cursor: Annotated[str | None, Field(description="What asks for the page after this; null on the last.")]


def poll_url(task_id: str) -> str:
    """The address of a task's status."""
    return f"/lessons/status/{task_id}"


def ignored_fields(order: LessonOrder | RewriteOrder) -> list[str]:
    """Name the fields of an order that are not known, a few at most."""
    names = list(order.model_extra or ())
    told = [f"{name} is no field of an order: ignored" for name in ignored_names(names)]
    return told if len(names) <= IGNORED_NAMED_MAX else [*told, f"and {len(names) - IGNORED_NAMED_MAX} more"]


def ignored_names(names: Sequence[str]) -> list[str]:
    """Quote names that strangers wrote, a few at most, so that they can be told."""
    return [repr(_printable(name)) for name in names[:IGNORED_NAMED_MAX]]


def _printable(name: str) -> str:
    shown = "".join(sign if sign.isprintable() else REPLACEMENT for sign in name[:IGNORED_NAME_LENGTH_MAX])
    return shown if len(name) <= IGNORED_NAME_LENGTH_MAX else f"{shown}..."


def accepted(task: Task, estimate: str, warnings: Sequence[str] = ()) -> bytes:
    """Answer a request: an Accepted as JSON."""
    told: dict[str, Any] = {"warnings": warnings} if warnings else {}
    return to_json(
        {
            "task_id": task.task_id,
            "status": task.status,
            "message": f"{_what(task)} started for {task.request.subject}/{task.request.topic}",
            "estimated_completion_time": estimate,
            "poll_url": poll_url(task.task_id),
            **told,
        }
    )


def _what(task: Task) -> str:
    made_of = task.request.derivation
    if made_of is None or made_of.part is None:
        return "Lesson generation"
    return f"Rewriting of the {made_of.part} of version {version_of(made_of.revision)}"


def task_entry(task: TaskSummary) -> TaskEntry:
    """Tell of a task in a list."""
    return TaskEntry(**status_fields(task), user_id=task.user_id)


def lesson_version(stored: StoredLesson, view: View = View.TEACHER) -> bytes:
    """Show one version of a lesson, as JSON, of what was validated when it was made.

    It is a LessonVersion to teachers, or a ChangedVersion; a PupilVersion to pupils.
    """
    lesson = stored.lesson
    content = lesson.content.for_pupils() if view is View.PUPIL else lesson.content
    shown = {
        "version": lesson.version,
        "subject": lesson.subject,
        "topic": lesson.topic,
        "task_id": lesson.task_id,
        "created_at": moment(lesson.created_at),
        "stored": {"event_id": stored.event_id, "sha256": stored.sha256},
    }
    return to_json(dict(content) | shown | (_changed(lesson) if view is View.TEACHER else {}))


def _changed(lesson: Lesson) -> dict[str, Any]:
    """Tell of a version that is made of another one what a ChangedVersion says besides."""
    derivation = lesson.derivation
    if derivation is None:
        return {}
    made_of = {"how": derivation.how, "version": version_of(derivation.revision), "note": derivation.note}
    return {"made_by": lesson.made_by, "made_of": made_of, "examined": lesson.examined}


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
