"""Control: tasks are cancelled, and failed ones asked for anew, one by one."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import ETAG
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.asking import ACCEPTED, accepted
from pathshala_api.routes.missing import task_not_found
from pathshala_api.routes.status import Polls
from pathshala_common.contract.errors import EditNotRetriedError
from pathshala_common.contract.events import CANCELLED
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.store import EventLog, Tasks
from pathshala_common.operating.control import Control

ENDED: dict[str, Any] = {"description": "The task has ended, as cancelled", "headers": {"ETag": ETAG}}
NO_TASK = ("task_not_found", "task_expired")


def router(control: Control, polls: Polls, tasks: Tasks, log: EventLog) -> APIRouter:
    """The paths that end tasks, and begin them anew."""
    routes = guarded_router(tags=["tasks"], dependencies=[needs(Access.OWNER)])

    async def kept(task_id: str) -> Task:
        task = await tasks.task(task_id)
        if task is None:
            raise await task_not_found(log, task_id)
        return task

    @routes.delete(
        "/lessons/status/{task_id}",
        response_model=schemas.TaskStatus,
        responses={200: ENDED, **refusals(*NO_TASK, "already_ended")},
    )
    async def cancel_task(task_id: schemas.TaskId) -> Response:
        """Cancel a task: it has failed then, with the code `cancelled`. One that was cancelled before stays so."""
        for task in await control.cancel([await kept(task_id)]):
            if task.error_code != CANCELLED:
                raise _ended(task)
        return await polls.answer(task_id, None)

    @routes.post(
        "/lessons/status/{task_id}/retry",
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.Accepted,
        responses={
            202: ACCEPTED,
            **refusals(
                *(*NO_TASK, "not_failed", "edit_not_retried"),
                *("too_many_tasks_of_user", "too_many_tasks", "ceiling_reached"),
            ),
        },
    )
    async def retry_task(task_id: schemas.TaskId) -> Response:
        """Ask anew for the lesson of a failed task, by a task of its own. Asked again, this gives the same one."""
        task = await kept(task_id)
        if task.status is not Status.FAILED:
            detail = f"Only a failed task can be retried, and this one is {task.status}."
            raise ProblemError(HTTPStatus.CONFLICT, "not_failed", detail, task_status=task.status)
        try:
            return accepted(await control.retry(task), polls.measuring)
        except EditNotRetriedError as error:
            raise ProblemError(HTTPStatus.CONFLICT, "edit_not_retried", str(error)) from None

    return routes


def _ended(task: Task) -> ProblemError:
    detail = f"This task has ended before: it is {task.status}. A task that has ended stays as it is."
    return ProblemError(HTTPStatus.CONFLICT, "already_ended", detail, task_status=task.status)
