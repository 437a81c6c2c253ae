"""Sessions: a browser gives its key once, has a cookie for it, and a token for each stream that it watches."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from pathshala_api import access_schemas as schemas
from pathshala_api.access import Access, Caller, CallerOf, guarded_router, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.gate import FOREIGN_PAGE
from pathshala_api.idempotency import KnownTasks
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.missing import task_not_found
from pathshala_api.schemas import TaskId
from pathshala_api.sessions import Sessions
from pathshala_api.stream_tokens import StreamTokens
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.task_status import moment


def router(sessions: Sessions, tokens: StreamTokens, store: KnownTasks, clock: Clock) -> APIRouter:
    """The paths by which a browser comes in."""
    routes = guarded_router(tags=["sessions"], dependencies=[needs(Access.KEY)])

    @routes.get("/session", response_model=schemas.SessionBody)
    async def get_session(caller: CallerOf) -> Response:
        """Say who asks, by the key or the session of this request."""
        return _told(caller)

    @routes.post("/session", response_model=schemas.SessionBody)
    async def create_session(request: Request, caller: CallerOf) -> Response:
        """Begin a session of a browser, by its key. The answer sets a cookie that no script can read.

        It lasts for 12 hours, and ends earlier with its key. By a session no other is begun, so that none outlives its
        end. Where no keys are asked for there is no cookie.
        """
        answer = _told(caller)
        if caller.key_id is not None and caller.session_id is None:
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
        token, until = await tokens.make(task_id, caller.key_id, caller.session_id, clock.now())
        return JsonAnswer(schemas.StreamToken(token=token, expires_at=moment(until)).model_dump_json().encode())

    return routes


def _told(caller: Caller) -> JsonAnswer:
    auth = "off" if caller.key_id is None else "keys"
    body = schemas.SessionBody(auth=auth, user_id=caller.user_id, role=caller.role)
    return JsonAnswer(body.model_dump_json().encode())
