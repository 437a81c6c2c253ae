"""Tasks: which there are."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from pathshala_api import schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.parameter_groups import in_group
from pathshala_api.problem_descriptions import refusals
from pathshala_api.routes.choosing import lesson_named
from pathshala_api.routes.pages import PAGE_SIZE, Cursor, PageLimit, cursor_of, read_cursor
from pathshala_api.routes.whose import whose
from pathshala_common.contract.access_key import Role
from pathshala_common.contract.lesson import Name, Status
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Page, Tasks

OfStatus = Annotated[Status | None, Query(description="Only tasks that stand so.")]
OfUser = Annotated[Name | None, Query(description="Only tasks of this user.")]
OfSubject = Annotated[
    Name | None,
    Query(description="Only tasks on this subject; it needs `topic`.", json_schema_extra=in_group("lesson")),
]
OfTopic = Annotated[
    Name | None,
    Query(description="Only tasks on this topic; it needs `subject`.", json_schema_extra=in_group("lesson")),
]


def router(tasks: Tasks, clock: Clock, *, task_ttl_seconds: float) -> APIRouter:
    """The paths that are about tasks."""
    routes = guarded_router(tags=["tasks"], dependencies=[needs(Access.KEY)])
    ttl = timedelta(seconds=task_ttl_seconds)

    @routes.get(
        "/lessons/tasks",
        response_model=schemas.TaskList,
        responses=refusals("invalid_request", "invalid_cursor", "wrong_user"),
    )
    async def list_tasks(
        caller: CallerOf,
        status: OfStatus = None,
        user_id: OfUser = None,
        subject: OfSubject = None,
        topic: OfTopic = None,
        limit: PageLimit = PAGE_SIZE,
        cursor: Cursor = None,
    ) -> Response:
        """List the tasks that are kept, newest first: those of the key's user, or of everybody for an operator."""
        since, user_id = clock.now() - ttl, whose(caller, user_id)
        page = Page(
            finished_since=since,
            limit=limit + 1,
            status=status,
            user_id=user_id,
            lesson_key=lesson_named(subject, topic),
            after=read_cursor(cursor) if cursor else None,
        )
        own = None if caller.role is Role.OPERATOR else caller.user_id
        found, counts = await tasks.tasks(page), await tasks.status_counts(since, own)
        shown = found[:limit]
        listed = schemas.TaskList(
            total_tasks=sum(counts.values()),
            tasks=[schemas.task_entry(task) for task in shown],
            status_counts=dict(counts),
            next_cursor=cursor_of(shown[-1].created_at, shown[-1].task_id) if len(found) > limit else None,
        )
        return Response(listed.model_dump_json(), media_type="application/json")

    @routes.get("/lessons/status/{_rest:path}", include_in_schema=False)
    @routes.get("/lessons/tasks/{_rest:path}", include_in_schema=False)
    async def nothing_below(_rest: str) -> Response:
        """Keep what lies below a task from being taken for a lesson."""
        raise HTTPException(HTTPStatus.NOT_FOUND)

    return routes
