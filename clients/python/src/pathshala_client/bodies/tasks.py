"""The bodies of requests and answers about tasks.

Written by `scripts/clients`, from the description of the API; a test holds it to that.
"""

from typing import Any, Literal, NotRequired, TypedDict

from pathshala_client.bodies.content import Article, ArticleSource, LessonQuestion, Level, Quality, Statement
from pathshala_client.bodies.lessons import Status


class TaskProgress(TypedDict):
    """The progress of a task, for machines."""

    stage: Literal["asked", "reading", "read", "writing", "storing", "ended"]
    attempt: int | None
    of: int | None
    waiting_for: str | None
    until: str | None
    percent: int


class LessonData(TypedDict):
    """A lesson as a task yields it."""

    title: str
    objectives: list[str]
    shloka: str
    shloka_transliteration: str | None
    shloka_source: str
    shloka_connection: str | None
    translation: str
    explanation: str
    statements: list[Statement]
    activity: str
    minutes: int | None
    materials: list[str]
    question: str
    questions: list[LessonQuestion]
    wikipedia_info: Article | None
    source: ArticleSource | None
    source_info: Article | None
    language: str
    level: Level
    quality: Quality
    version: str


class SuggestedOrder(TypedDict):
    """The body of an order that would do, as POST /lessons takes it."""

    subject: str
    topic: str
    user_id: str
    include_wikipedia: bool
    language: str
    level: Level


class Suggestion(TypedDict):
    """Another order instead of one that failed. `needs` names what only the person can add: `source_text`, say."""

    words: str
    order: SuggestedOrder
    needs: list[str]


class TaskStatus(TypedDict):
    """The status of a task."""

    task_id: str
    change: int
    status: Status
    progress: TaskProgress
    progress_message: str
    created_at: str
    completed_at: str | None
    error_message: str | None
    error_code: str | None
    warnings: list[str]
    subject: str
    topic: str
    lesson_url: str | None
    retry_of: NotRequired[str | None]
    retried_as: NotRequired[str | None]
    lesson_data: LessonData | None
    suggestion: Suggestion | None
    deadline: str


class TaskChange(TypedDict):
    """A state of a task in a stream: what its status says, but for the lesson."""

    task_id: str
    change: int
    status: Status
    progress: TaskProgress
    progress_message: str
    created_at: str
    completed_at: str | None
    error_message: str | None
    error_code: str | None
    warnings: list[str]
    subject: str
    topic: str
    lesson_url: str | None
    retry_of: NotRequired[str | None]
    retried_as: NotRequired[str | None]


class TaskEvent(TypedDict):
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


class BulkAnswer(TypedDict):
    """Tasks that match a filter, at most 1,000 of them; `more` says that there are more."""

    matched: int
    more: bool
    done: int


class TaskEntry(TypedDict):
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
    warnings: list[str]
    progress_message: str


class TaskList(TypedDict):
    """A page of tasks; the counts are over all that are kept. `next_cursor` asks for the page after this."""

    status: NotRequired[Literal["success"]]
    total_tasks: int
    tasks: list[TaskEntry]
    status_counts: dict[str, int]
    next_cursor: str | None
