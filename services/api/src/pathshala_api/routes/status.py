"""Status: where a task stands. A finished task that is asked for often is not read each time."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from fastapi import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pathshala_api import schemas
from pathshala_api.access import Access, needs
from pathshala_api.answers import ETAG, NOT_CHANGED, IfNoneMatch, Tagged, tagged
from pathshala_api.finished import FinishedAnswers
from pathshala_api.plain_route import PlainRoute, headers
from pathshala_api.problem_descriptions import refusals
from pathshala_api.routes.missing import task_not_found
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog
from pathshala_common.contract.task_status import task_status

SHOWN: dict[str, Any] = {"description": "Where the task stands", "headers": {"ETag": ETAG}}


ReadTask = Callable[[str], Awaitable[Task | None]]
"""Reads one task; None if it is not kept. Raises UnreadableError and StoreUnavailable."""


class Polls:
    """Answers polls."""

    def __init__(self, read: ReadTask, log: EventLog, clock: Clock, *, task_ttl_seconds: float) -> None:
        """Know a finished task for `task_ttl_seconds`; the log remembers it for longer."""
        self._read, self._log, self._clock, self._ttl = read, log, clock, timedelta(seconds=task_ttl_seconds)
        self._finished = FinishedAnswers(clock)

    async def answer(self, task_id: schemas.TaskId, if_none_match: str | None) -> Response:
        """Answer a poll. Raises ProblemError, UnreadableError and StoreUnavailable."""
        since = self._clock.now() - self._ttl
        answer = self._finished.get(task_id, finished_since=since)
        if answer is None:
            task = await self._read(task_id)
            if task is None or (task.completed_at is not None and task.completed_at < since):
                raise await task_not_found(self._log, task_id)
            answer = self._answer(task)
        return answer.to(if_none_match)

    def _answer(self, task: Task) -> Tagged:
        answer = tagged(task_status(task))
        if task.completed_at is not None and task.status is Status.COMPLETED:  # a failed one may be retried
            self._finished.keep(task.task_id, answer, task.completed_at)
        return answer


def route(polls: Polls) -> BaseRoute:
    """The path of a task's status."""

    async def get_task(task_id: schemas.TaskId, if_none_match: IfNoneMatch = None) -> Response:
        """Tell where a task stands; once it is completed, with its lesson."""
        return await polls.answer(task_id, if_none_match)

    def plain(_usual: ASGIApp) -> ASGIApp:
        async def poll(scope: Scope, receive: Receive, send: Send) -> None:
            tags = b",".join(headers(scope, b"if-none-match")).decode("latin-1")
            answer = await polls.answer(scope["path_params"]["task_id"], tags)
            await answer(scope, receive, send)

        return poll

    return PlainRoute(
        "/lessons/status/{task_id}",
        get_task,
        plain,
        response_model=schemas.TaskStatus,
        responses={200: SHOWN, 304: NOT_CHANGED, **refusals("task_not_found", "task_expired")},
        tags=["tasks"],
        dependencies=[needs(Access.OWNER)],
    )
