"""The summary of a task that a list shows: kept beside its document, so that no document is read for it."""

from dataclasses import dataclass
from datetime import datetime

from pathshala_common.contract.lesson import Status, Task


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """A task without its lesson. `fault` is the task's."""

    task_id: str
    subject: str
    topic: str
    user_id: str
    status: Status
    created_at: datetime
    deadline: datetime
    completed_at: datetime | None
    progress_message: str
    error_code: str | None
    error_message: str | None
    fault: str | None = None


def summary_of(task: Task) -> TaskSummary:
    """Take out of a task what a list shows."""
    request = task.request
    return TaskSummary(
        task_id=task.task_id,
        subject=request.subject,
        topic=request.topic,
        user_id=request.user_id,
        status=task.status,
        created_at=request.requested_at,
        deadline=request.deadline,
        completed_at=task.completed_at,
        progress_message=task.progress.message,
        error_code=task.error_code,
        error_message=task.error_message,
        fault=task.fault,
    )
