"""The bodies of requests and answers about lessons.

Written by `scripts/clients`, from the description of the API; a test holds it to that.
"""

from typing import Literal, NotRequired, TypedDict

from pathshala_client.bodies.content import ArticleSource, CheckFinding, HowMade, Level, Overruling, StoredEvent

Status = Literal["pending", "in_progress", "completed", "failed"]


class LessonOrder(TypedDict):
    """A request for a lesson. Fields that are not known are ignored, and the answer's `warnings` name them."""

    subject: str
    topic: str
    user_id: str
    include_wikipedia: NotRequired[bool]
    language: NotRequired[str]
    level: NotRequired[Level]
    source_text: NotRequired[str | None]
    callback_url: NotRequired[str | None]


class Accepted(TypedDict):
    """The answer to a request: the task, and where to ask for it."""

    task_id: str
    status: Status
    message: str
    estimated_completion_time: str
    poll_url: str
    warnings: NotRequired[list[str]]


class ListedEntry(TypedDict):
    """An edition in a list over all lessons; title, task and time are those of its newest version."""

    language: str
    level: Level
    version: str
    versions: int
    url: str
    subject: str
    topic: str
    title: str
    created_at: str
    task_id: str


class EditionList(TypedDict):
    """A page of editions, newest first. `next_cursor` asks for the page after this."""

    editions: list[ListedEntry]
    next_cursor: str | None


class CitedArticle(TypedDict):
    """The article that a lesson stands on, with the text in which its quotes have their places."""

    title: str
    text: str
    language: str
    source: ArticleSource
    revision_id: int
    revision_url: str | None
    licence: str


class Citation(TypedDict):
    """A number in brackets, the statement that it stands behind, and the place of the quote in the article's text."""

    number: int
    statement: int
    text: str
    quote: str
    start: int | None
    end: int | None


class LessonProof(TypedDict):
    """The proof of a version: each number in brackets with the place of its quote; none without an article."""

    subject: str
    topic: str
    language: str
    level: Level
    version: str
    task_id: str
    stored: StoredEvent
    article: CitedArticle | None
    citations: list[Citation]


class PackedLesson(TypedDict):
    """A lesson in a pack: the newest of all editions, or of those in a language or for a level, or one version."""

    subject: str
    topic: str
    language: NotRequired[str | None]
    level: NotRequired[Level | None]
    version: NotRequired[str | None]


class PackOrder(TypedDict):
    """An order for several lessons in one file."""

    format: NotRequired[Literal["imscc", "gift"]]
    title: NotRequired[str]
    approved: NotRequired[bool]
    lessons: list[PackedLesson]


class ApprovalEntry(TypedDict):
    """Who approved a version, when, and why."""

    by: str
    approved_at: str
    note: str | None


class RatingSummary(TypedDict):
    """How a version is rated: one rating a user counts."""

    stars: float | None
    count: int


class VersionEntry(TypedDict):
    """A version in a list, with the edition that it is one of."""

    version: str
    language: str
    level: Level
    title: str
    created_at: str
    task_id: str
    url: str
    how: HowMade
    made_by: str | None
    made_of: str | None
    note: str | None
    approved: ApprovalEntry | None
    rating: RatingSummary
    found: list[CheckFinding]
    overruled: list[Overruling]


class EditionEntry(TypedDict):
    """An edition of a lesson: its newest version, and how many it has."""

    language: str
    level: Level
    version: str
    versions: int
    url: str


class VersionList(TypedDict):
    """Versions of one edition of a lesson, newest first, and the editions that the lesson has."""

    subject: str
    topic: str
    language: str
    level: Level
    versions: list[VersionEntry]
    next_before: str | None
    editions: list[EditionEntry]
