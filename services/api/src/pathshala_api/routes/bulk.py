"""Bulk: many tasks are cancelled or retried by a filter, counted first and then confirmed by the count."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from pathshala_api import schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.choosing import lesson_named
from pathshala_api.routes.tasks import OfSubject, OfTopic, OfUser
from pathshala_api.routes.whose import whose
from pathshala_common.contract.lesson import Name, Task
from pathshala_common.operating.control import Control
from pathshala_common.operating.filtered_tasks import FILTERED_MAX, FilteredTasks

REFUSED = ("invalid_request", "wrong_user", "count_changed")

Confirm = Annotated[
    int | None,
    Query(ge=0, description="The count that was answered without this: do it to these. Else nothing is done."),
]
OfCode = Annotated[Name | None, Query(description="Only tasks that failed with this code.")]


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
        found = await filtered.unfinished(user_id=owner, lesson_key=lesson_named(subject, topic))
        return await _counted(found, confirm, control.cancel_all)

    @routes.post(
        "/lessons/tasks/retry",
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.BulkAnswer,
        responses=refusals(*REFUSED, "ceiling_reached"),
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
        owner, key = whose(caller, user_id), lesson_named(subject, topic)
        found = await filtered.failed(user_id=owner, lesson_key=key, error_code=error_code)
        return await _counted(found, confirm, control.retry_all)

    return routes


async def _counted(
    found: Sequence[Task], confirm: int | None, act: Callable[[Sequence[Task]], Awaitable[int]]
) -> schemas.BulkAnswer:
    """Act on what was counted, if it is what was confirmed. Raises ProblemError if it is not."""
    chosen = found[:FILTERED_MAX]
    if confirm is not None and confirm != len(chosen):
        detail = f"{len(chosen)} tasks match now, not {confirm}; nothing was done. Confirm this count, if it is right."
        raise ProblemError(HTTPStatus.CONFLICT, "count_changed", detail, matched=len(chosen))
    done = 0 if confirm is None else await act(chosen)
    return schemas.BulkAnswer(matched=len(chosen), more=len(found) > FILTERED_MAX, done=done)
