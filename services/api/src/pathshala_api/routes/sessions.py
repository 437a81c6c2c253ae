"""Sessions: a browser gives its key once, has a cookie for it, and a token for each stream that it watches."""

from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from pathshala_api import access_schemas as schemas
from pathshala_api.access import Access, Caller, CallerOf, guarded_router, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.gate import FOREIGN_PAGE, STREAM
from pathshala_api.idempotency import KnownTasks
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.missing import task_not_found
from pathshala_api.schemas import TaskId
from pathshala_api.sessions import Sessions
from pathshala_api.tokens import Tokens
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.task_status import moment

STREAM_TOKEN_SECONDS = 900

NO_KEY_ID = "0" * 16
"""Stands in a token where no keys are asked for, and nobody looks at it."""


def router(sessions: Sessions, tokens: Tokens, store: KnownTasks, clock: Clock) -> APIRouter:
    """The paths by which a browser comes in."""
    routes = guarded_router(tags=["sessions"], dependencies=[needs(Access.KEY)])

    @routes.get("/session", response_model=schemas.SessionBody)
    async def get_session(caller: CallerOf) -> Response:
        """Say who asks, by the key or the session of this request."""
        return _told(caller)

    @routes.post("/session", response_model=schemas.SessionBody)
    async def create_session(request: Request, caller: CallerOf) -> Response:
        """Begin a session of a browser, by its key. The answer sets a cookie that no script can read.

        It lasts for 12 hours, and ends earlier with its key. Where no keys are asked for there is no cookie.
        """
        answer = _told(caller)
        if caller.key_id is not None:
            cookie = await sessions.begin(request.scope, caller.key_id, clock.now())
            answer.raw_headers.append((b"set-cookie", cookie.encode()))
        return answer

    @routes.delete("/session", status_code=HTTPStatus.NO_CONTENT, dependencies=[needs(Access.OPEN)])
    async def delete_session(request: Request) -> Response:
        """End a session: the browser forgets its cookie, and no copy of it opens anything 5 seconds later, anywhere."""
        if sessions.says_foreign(request.scope):
            raise ProblemError(HTTPStatus.FORBIDDEN, "foreign_page", FOREIGN_PAGE)
        cookie = await sessions.end(request.scope, clock.now())
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Set-Cookie": cookie})

    @routes.post(
        "/lessons/status/{task_id}/stream-token",
        response_model=schemas.StreamToken,
        responses=refusals("task_not_found", "task_expired"),
        dependencies=[needs(Access.OWNER)],
    )
    async def create_stream_token(task_id: TaskId, caller: CallerOf) -> Response:
        """Give a token by which a browser's EventSource may begin to watch this task, for 15 minutes."""
        if await store.task(task_id) is None:
            raise await task_not_found(store, task_id)
        until = clock.now() + timedelta(seconds=STREAM_TOKEN_SECONDS)
        token = await tokens.make(STREAM, task_id, key_id=caller.key_id or NO_KEY_ID, until=until)
        return JsonAnswer(schemas.StreamToken(token=token, expires_at=moment(until)).model_dump_json().encode())

    return routes


def _told(caller: Caller) -> JsonAnswer:
    auth = "off" if caller.key_id is None else "keys"
    body = schemas.SessionBody(auth=auth, user_id=caller.user_id, role=caller.role)
    return JsonAnswer(body.model_dump_json().encode())
