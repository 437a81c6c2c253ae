"""Bulk: many tasks are cancelled or retried by a filter, counted first and then confirmed by the count."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from pathshala_api import schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.control import Control
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.choosing import lesson_named
from pathshala_api.routes.tasks import OfSubject, OfTopic, OfUser
from pathshala_api.routes.whose import whose
from pathshala_common.contract.lesson import Name, Status, Task
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Page, Tasks

BULK_MAX = 1_000
"""Tasks that one request can cancel or retry; whoever has more asks again."""

REFUSED = ("invalid_request", "wrong_user", "count_changed")
UNFINISHED = (Status.PENDING, Status.IN_PROGRESS)

Confirm = Annotated[
    int | None,
    Query(ge=0, description="The count that was answered without this: do it to these. Else nothing is done."),
]
OfCode = Annotated[Name | None, Query(description="Only tasks that failed with this code.")]


class FilteredTasks:
    """Tasks by a filter, in bounds."""

    def __init__(self, tasks: Tasks, clock: Clock, *, task_ttl_seconds: float) -> None:
        """Count no task that finished more than `task_ttl_seconds` ago."""
        self._tasks, self._clock, self._ttl = tasks, clock, timedelta(seconds=task_ttl_seconds)

    async def find(
        self,
        statuses: Sequence[Status],
        wanted: Callable[[Task], bool],
        *,
        user_id: str | None,
        subject: str | None,
        topic: str | None,
    ) -> list[Task]:
        """Give those that match, at most one more than BULK_MAX. One that cannot be read is left out."""
        found: dict[str, Task] = {}
        since, key = self._clock.now() - self._ttl, lesson_named(subject, topic)
        for status in statuses:
            page = Page(since, BULK_MAX, status=status, user_id=user_id, lesson_key=key)
            while len(found) <= BULK_MAX and (listed := await self._tasks.tasks(page)):
                kept = await self._tasks.tasks_by_id([task.task_id for task in listed if task.fault is None])
                found |= {task.task_id: task for task in kept.values() if task.status is status and wanted(task)}
                page = Page(
                    since,
                    BULK_MAX,
                    status=status,
                    user_id=user_id,
                    lesson_key=key,
                    after=(listed[-1].created_at, listed[-1].task_id),
                )
        return list(found.values())[: BULK_MAX + 1]


def router(control: Control, filtered: FilteredTasks) -> APIRouter:
    """The paths that end many tasks, and begin many anew."""
    routes = guarded_router(tags=["tasks"], dependencies=[needs(Access.KEY)])

    @routes.delete("/lessons/tasks", response_model=schemas.BulkAnswer, responses=refusals(*REFUSED))
    async def cancel_tasks(
        caller: CallerOf,
        user_id: OfUser = None,
        subject: OfSubject = None,
        topic: OfTopic = None,
        confirm: Confirm = None,
    ) -> schemas.BulkAnswer:
        """Cancel the unfinished tasks that match: count them first, then ask again with the count as `confirm`."""
        owner = whose(caller, user_id)
        found = await filtered.find(UNFINISHED, lambda _task: True, user_id=owner, subject=subject, topic=topic)
        return await _counted(found, confirm, control.cancel_all)

    @routes.post(
        "/lessons/tasks/retry",
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.BulkAnswer,
        responses=refusals(*REFUSED),
    )
    async def retry_tasks(
        caller: CallerOf,
        user_id: OfUser = None,
        subject: OfSubject = None,
        topic: OfTopic = None,
        error_code: OfCode = None,
        confirm: Confirm = None,
    ) -> schemas.BulkAnswer:
        """Retry the failed tasks that match and were not retried before: counted first, as they are cancelled."""

        def wanted(task: Task) -> bool:
            return task.retried_as is None and error_code in {None, task.error_code}

        owner = whose(caller, user_id)
        found = await filtered.find([Status.FAILED], wanted, user_id=owner, subject=subject, topic=topic)
        return await _counted(found, confirm, control.retry_all)

    return routes


async def _counted(
    found: Sequence[Task], confirm: int | None, act: Callable[[Sequence[Task]], Awaitable[int]]
) -> schemas.BulkAnswer:
    """Act on what was counted, if it is what was confirmed. Raises ProblemError if it is not."""
    chosen = found[:BULK_MAX]
    if confirm is not None and confirm != len(chosen):
        detail = f"{len(chosen)} tasks match now, not {confirm}; nothing was done. Confirm this count, if it is right."
        raise ProblemError(HTTPStatus.CONFLICT, "count_changed", detail, matched=len(chosen))
    done = 0 if confirm is None else await act(chosen)
    return schemas.BulkAnswer(matched=len(chosen), more=len(found) > BULK_MAX, done=done)
