"""Streams: each change of a task, or of a user's tasks, as server-sent events."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from pathshala_api import schemas
from pathshala_api.access import Access, Caller, CallerOf, guarded_router, needs
from pathshala_api.followers import Follower, mark_named, mark_of
from pathshala_api.problem_descriptions import refusals
from pathshala_api.routes.status import Polls
from pathshala_api.routes.whose import whose
from pathshala_api.streaming import StreamAnswer, of_any_task, of_task
from pathshala_common.contract.lesson import Name

LastEventId = Annotated[
    str | None, Header(description="The id of the last event that you have: only what changed since is told.")
]
ALL_TOLD: dict[str, Any] = {"description": "It has ended, and you have its last change: come back no more"}


def events_of(schema: str) -> dict[str, Any]:
    """Describe a stream whose events hold this schema."""
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": f"#/components/schemas/{schema}"},
    }
    item = {"type": "object", "properties": {"data": data, "id": {"type": "string"}}, "required": ["data", "id"]}
    told = f"Server-sent events: the data of each is a {schema} in JSON, its id names the change"
    return {"description": told, "content": {"text/event-stream": {"itemSchema": item}}}


EVENTS = events_of("TaskChange")


def router(polls: Polls) -> APIRouter:
    """The paths that go on for as long as there is something to tell."""
    routes = guarded_router(tags=["tasks"], dependencies=[needs(Access.KEY)])
    watcher = polls.watcher

    @contextmanager
    def standing(caller: Caller, following: AbstractContextManager[Follower]) -> Iterator[Follower]:
        """Follow for as long as the caller may call."""
        with following as follower, polls.callers.watched(caller, follower.end):
            yield follower

    @routes.get(
        "/lessons/status/{task_id}/stream",
        response_class=Response,
        responses={
            200: EVENTS,
            204: ALL_TOLD,
            **refusals("task_not_found", "task_expired", "too_many_streams"),
        },
        dependencies=[needs(Access.WATCHER)],
    )
    async def stream_task(task_id: schemas.TaskId, caller: CallerOf, last_event_id: LastEventId = None) -> Response:
        """Tell each change of a task, the present state first, until it has ended."""
        since = mark_named(last_event_id)
        follower = Follower(since, held=True)

        async def begin() -> Response | None:
            seen = await polls.read(task_id)
            if seen.task.status.final and mark_of(seen) <= since:
                return Response(status_code=HTTPStatus.NO_CONTENT)
            await watcher.begin(follower, seen, since)
            return None

        return StreamAnswer(standing(caller, watcher.following(task_id, follower)), begin, endless=False, named=of_task)

    @routes.get(
        "/lessons/stream",
        response_class=Response,
        responses={200: EVENTS, **refusals("wrong_user", "too_many_streams")},
    )
    async def stream_tasks(
        caller: CallerOf,
        user_id: Annotated[Name, Query(description="Whose tasks; the present state of the newest is told first.")],
    ) -> Response:
        """Tell each change of all tasks of a user. It has no end of its own."""
        whose(caller, user_id)

        async def begin() -> Response | None:
            await watcher.newest_of(user_id)
            return None

        return StreamAnswer(standing(caller, watcher.following_user(user_id)), begin, endless=True, named=of_any_task)

    return routes
