"""The status of a task as whoever asks is told it, by a poll or unasked: the same JSON everywhere. Pure."""

from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from pydantic_core import to_json

from pathshala_common.contract.lesson import Task, canonical, version_of
from pathshala_common.contract.summary import TaskSummary, summary_of

UNFOLDED = "This task has gone on, but this version of the house cannot read what happened: {}."


def task_status(task: Task) -> bytes:
    """Tell where a task stands: a TaskStatus as JSON, of what was validated when it was made and is not again."""
    request, lesson, url = task.request, None, None
    if task.lesson is not None and task.revision is not None:
        lesson = {**dict(task.lesson), "version": version_of(task.revision)}
        url = lesson_url(request, task.revision)
    shown = status_fields(summary_of(task))
    told = {
        "lesson_data": lesson,
        "suggestion": task.suggestion,
        "deadline": moment(request.deadline),
        "lesson_url": url,
        "retry_of": request.retry_of,
        "retried_as": task.retried_as,
    }
    return to_json(shown | told)


def status_fields(task: TaskSummary) -> dict[str, Any]:
    """Tell what a status and a list have in common."""
    return {
        "task_id": task.task_id,
        "subject": task.subject,
        "topic": task.topic,
        "status": task.status,
        "progress_message": task.progress_message,
        "created_at": moment(task.created_at),
        "completed_at": moment(task.completed_at) if task.completed_at else None,
        "error_message": task.error_message,
        "error_code": task.error_code,
        "warnings": [UNFOLDED.format(task.fault)] if task.fault is not None else [],
    }


def moment(time: datetime) -> str:
    """Show a time: UTC, ISO 8601, milliseconds."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Named(Protocol):
    """Whatever names an edition: an order, a lesson, a key."""

    @property
    def subject(self) -> str:
        """The subject."""

    @property
    def topic(self) -> str:
        """The topic."""

    @property
    def language(self) -> str:
        """The language that it is ordered in."""

    @property
    def level(self) -> str:
        """The level that it is ordered for."""


def lesson_url(edition: Named, revision: int | None = None) -> str:
    """The address of an edition: of its newest version, or of one."""
    path = f"/lessons/{quote(edition.subject, safe='')}/{quote(edition.topic, safe='')}"
    url = f"{path}?language={canonical(edition.language)}&level={edition.level}"
    return f"{url}&version={version_of(revision)}" if revision is not None else url
