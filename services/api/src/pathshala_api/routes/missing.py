"""The 404 of a task: unknown, or expired, with its lesson's address."""

from http import HTTPStatus

from pathshala_api.problems import ProblemError, unknown_task
from pathshala_common.contract.events import LessonFailed, LessonStored
from pathshala_common.contract.ports.store import EventLog
from pathshala_common.contract.task_status import lesson_url


async def task_not_found(log: EventLog, task_id: str) -> ProblemError:
    """Tell a task that expired, whose final event the log still has, from one that never was."""
    events = [envelope.event for envelope in await log.events(task_id)]
    for event in events:
        if isinstance(event, LessonStored):
            url = lesson_url(event.request, event.revision)
            detail = f"This task was completed and has expired. Its lesson stays at {url}."
            return ProblemError(HTTPStatus.NOT_FOUND, "task_expired", detail, lesson_url=url)
        if isinstance(event, LessonFailed):
            detail = "This task failed and has expired. POST /lessons starts a new one."
            return ProblemError(HTTPStatus.NOT_FOUND, "task_expired", detail, lesson_url=None)
    return unknown_task()
