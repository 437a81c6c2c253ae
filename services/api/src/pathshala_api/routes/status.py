"""Status: where a task stands. A finished task that is asked for often is not read each time."""

import re
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Header, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pathshala_api import schemas
from pathshala_api.access import EVERYBODY, Access, Caller, CallerOf, caller_of, needs
from pathshala_api.answers import ETAG, NOT_CHANGED, IfNoneMatch, Tagged, tagged
from pathshala_api.caller_watch import CallerWatch
from pathshala_api.finished import FinishedAnswers
from pathshala_api.followers import Follower, mark_of, name_of
from pathshala_api.measuring import Measuring
from pathshala_api.plain_route import PlainRoute, headers
from pathshala_api.problem_descriptions import refusals
from pathshala_api.routes.missing import task_not_found
from pathshala_api.watching import ReadTask, TooManyError, Watcher
from pathshala_common.contract.lesson import NumberedTask, Status
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog
from pathshala_common.contract.task_status import task_status

WAIT_SECONDS_MAX = 60
"""A poll waits for no longer, whatever it prefers: many a proxy gives an answer up after a minute."""

WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})\"?\s*(?:$|[,;])", re.IGNORECASE)
APPLIED: dict[str, Any] = {
    "description": "The wait that was kept to, if one was preferred.",
    "schema": {"type": "string"},
}
RETRY_AFTER: dict[str, Any] = {
    "description": "Seconds until the next poll is worth it, of a task that has not ended.",
    "schema": {"type": "integer"},
}
SHOWN: dict[str, Any] = {
    "description": "Where the task stands",
    "headers": {"ETag": ETAG, "Preference-Applied": APPLIED, "Retry-After": RETRY_AFTER},
}
PREFER = (
    "`wait=N`: answer when the task has changed from what If-None-Match names, or without that when it has ended, but "
    f"after N seconds in any case, {WAIT_SECONDS_MAX} at the most."
)
Prefer = Annotated[str | None, Header(description=PREFER, examples=["wait=30"])]


class Polls:
    """Answers polls."""

    def __init__(
        self,
        read: ReadTask,
        log: EventLog,
        watcher: Watcher,
        callers: CallerWatch,
        measuring: Measuring,
        clock: Clock,
        *,
        task_ttl_seconds: float,
    ) -> None:
        """Know a finished task for `task_ttl_seconds`; the log remembers it for longer."""
        self._read, self._log, self._clock = read, log, clock
        self.watcher, self.callers, self.measuring = watcher, callers, measuring
        self._ttl = timedelta(seconds=task_ttl_seconds)
        self._finished = FinishedAnswers(clock)

    async def answer(
        self,
        task_id: schemas.TaskId,
        if_none_match: str | None,
        prefer: str | None = None,
        caller: Caller = EVERYBODY,
    ) -> Response:
        """Answer a poll. One that waits, waits no longer than its caller may call.

        Raises ProblemError, UnreadableError and StoreUnavailable.
        """
        wait = WAIT.search(prefer) if prefer else None
        if wait is None:
            return (await self._tagged(task_id)).to(if_none_match)
        seconds = min(int(wait[1]), WAIT_SECONDS_MAX)
        try:
            answer = await self._awaited(task_id, if_none_match, seconds, caller)
        except TooManyError:
            return (await self._tagged(task_id)).to(if_none_match)
        return answer.to(if_none_match).with_headers([(b"preference-applied", b"wait=%d" % seconds)])

    async def read(self, task_id: str) -> NumberedTask:
        """Read a task that is kept. Raises ProblemError, UnreadableError and StoreUnavailable."""
        seen = await self._read(task_id)
        since = self._clock.now() - self._ttl
        if seen is None or (seen.task.completed_at is not None and seen.task.completed_at < since):
            raise await task_not_found(self._log, task_id)
        return seen

    async def _tagged(self, task_id: str) -> Tagged:
        known = self._finished.get(task_id, finished_since=self._clock.now() - self._ttl)
        return known or self._answer(await self.read(task_id))

    async def _awaited(self, task_id: str, if_none_match: str | None, seconds: float, caller: Caller) -> Tagged:
        """Answer when there is something to tell, or the time is over."""
        with self.watcher.following(task_id, Follower()) as follower, self.callers.watched(caller, follower.end):
            answer = await self._tagged(task_id)
            until = self._clock.monotonic() + seconds
            while not answer.final and (if_none_match is None or answer.has(if_none_match)):
                left = until - self._clock.monotonic()
                told = await follower.next(left) if left > 0 else None
                if told is None:
                    break
                answer = await self._tagged(task_id)
        return answer

    def _answer(self, seen: NumberedTask) -> Tagged:
        task = seen.task
        body, tag = task_status(seen, self.measuring.percent(seen)), f'"{name_of(mark_of(seen))}"'
        if task.completed_at is None:
            return tagged(body, tag, [(b"retry-after", b"%d" % self.measuring.poll_after(seen))])
        answer = tagged(body, tag, final=True)
        if task.status is Status.COMPLETED:  # a failed one may be retried
            self._finished.keep(task.task_id, answer, task.completed_at)
        return answer


def route(polls: Polls) -> BaseRoute:
    """The path of a task's status."""

    async def get_task(
        task_id: schemas.TaskId, caller: CallerOf, if_none_match: IfNoneMatch = None, prefer: Prefer = None
    ) -> Response:
        """Tell where a task stands; once it is completed, with its lesson."""
        return await polls.answer(task_id, if_none_match, prefer, caller)

    def plain(_usual: ASGIApp) -> ASGIApp:
        async def poll(scope: Scope, receive: Receive, send: Send) -> None:
            tags = b",".join(headers(scope, b"if-none-match")).decode("latin-1")
            preferred = b",".join(headers(scope, b"prefer")).decode("latin-1")
            task_id, caller = scope["path_params"]["task_id"], caller_of(scope)
            answer = await polls.answer(task_id, tags or None, preferred, caller)
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
