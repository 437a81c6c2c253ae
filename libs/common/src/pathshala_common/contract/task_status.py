"""The status of a task as whoever asks is told it, by a poll or unasked: the same JSON everywhere. Pure."""

from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from pydantic_core import to_json

from pathshala_common.contract.lesson import NumberedTask, Task, canonical, version_of
from pathshala_common.contract.summary import TaskSummary, summary_of

UNFOLDED = "This task has gone on, but this version of the house cannot read what happened: {}."


def task_status(seen: NumberedTask, percent: int = 0) -> bytes:
    """Tell where a task stands: a TaskStatus as JSON, of what was validated when it was made and is not again.

    `percent` is the share of its time that tasks took until here; of one that has ended it is 100 in any case.
    """
    task, lesson = seen.task, None
    if task.lesson is not None and task.revision is not None:
        lesson = {**dict(task.lesson), "version": version_of(task.revision)}
    told = {
        "lesson_data": lesson,
        "suggestion": task.suggestion,
        "deadline": moment(task.request.deadline),
    }
    return to_json(_state(seen, percent) | told)


def task_change(seen: NumberedTask, percent: int = 0) -> bytes:
    """Tell the same in a stream, but for the lesson: a TaskChange as JSON."""
    return to_json(_state(seen, percent))


def _state(seen: NumberedTask, percent: int) -> dict[str, Any]:
    task = seen.task
    stored = task.revision if task.lesson is not None else None
    return status_fields(summary_of(task)) | {
        "change": seen.number,
        "progress": _progress(task, percent),
        "lesson_url": lesson_url(task.request, stored) if stored is not None else None,
        "retry_of": task.request.retry_of,
        "retried_as": task.retried_as,
    }


def _progress(task: Task, percent: int) -> dict[str, Any]:
    progress = task.progress
    return {
        "stage": progress.stage.code,
        "attempt": progress.rank.attempt or None,
        "of": progress.of,
        "waiting_for": progress.waiting_for,
        "until": moment(progress.until) if progress.until else None,
        "percent": 100 if task.status.final else percent,
    }


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
