"""Problems: every error is an `application/problem+json` (RFC 9457) that says what to do, and repeats no input."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Route

from pathshala_api.ceilings import CeilingReachedError
from pathshala_api.editing import FieldError
from pathshala_api.intake import KeyReusedError, MaybeAcceptedError
from pathshala_api.watching import TooManyError
from pathshala_common.contract.errors import LimitReachedError, StoreUnavailable, UnreadableError
from pathshala_common.contract.lesson import Level
from pathshala_common.contract.problem import MEDIA_TYPE, problem_body
from pathshala_common.contract.task_status import moment
from pathshala_common.logs import get_logger

log = get_logger()

METHODS = ("GET", "POST", "PUT", "DELETE")
"""Those that any path takes, besides HEAD where it takes GET, and OPTIONS."""

RETRY_AFTER_SECONDS = 5
LIMIT_RETRY_AFTER_SECONDS = 10

NOT_JSON = "The body cannot be read. Send a JSON object in UTF-8, without thousands of levels or digits."
NO_OBJECT = "send a JSON object, with Content-Type: application/json"
NO_PATH = "There is nothing at this path. See /docs for what there is."
NO_METHOD = "This path does not take this method. See /docs for what it takes."

# What these fields may be, since their types' own words would not say it.
ALLOWED: Mapping[tuple[int | str, ...], str] = {
    (place, field): allowed
    for place in ("body", "query")
    for field, allowed in (
        ("language", "must be a BCP 47 language tag, such as en, hi or pt-BR"),
        ("level", f"must be one of {', '.join(Level)}"),
    )
}

# What the framework raises by itself, by status: code and detail.
FRAMEWORK = {
    HTTPStatus.BAD_REQUEST: ("invalid_request", NOT_JSON),
    HTTPStatus.NOT_FOUND: ("not_found", NO_PATH),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed", NO_METHOD),
}


class ProblemResponse(JSONResponse):
    """A problem over HTTP."""

    media_type = MEDIA_TYPE


class ProblemError(Exception):
    """Raised where a request cannot be answered as asked."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        """Say what is wrong and what to do; `more` are further members of the body."""
        super().__init__(code)
        self.status, self.code, self.detail, self.headers, self.more = status, code, detail, headers, more


class BodyTooLargeError(HTTPException):
    """A body that turned out larger than it may be; FastAPI lets an HTTPException through while it reads one."""

    def __init__(self, size_max_bytes: int) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self.size_max_bytes = size_max_bytes


def problem(
    status: HTTPStatus, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> ProblemResponse:
    """Make the answer."""
    return ProblemResponse(problem_body(status, code, detail, **more), status.value, headers=dict(headers or {}))


def unknown_task() -> ProblemError:
    """Say that there is no such task, or none that the caller may know of."""
    detail = "There is no such task. Check the task_id, or start a new one with POST /lessons."
    return ProblemError(HTTPStatus.NOT_FOUND, "task_not_found", detail)


def unknown_set() -> ProblemError:
    """Say that there is no such class set, or none that the caller may know of."""
    detail = "There is no such class set, or it is forgotten. GET /class-sets lists yours."
    return ProblemError(HTTPStatus.NOT_FOUND, "class_set_not_found", detail)


def body_too_large(size_max_bytes: int) -> ProblemResponse:
    """Answer a request whose body is too large."""
    detail = f"The body is too large: at most {size_max_bytes} bytes."
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail)


def install(app: FastAPI) -> None:
    """Answer every error of an application as a problem."""
    for error, answer in (
        (ProblemError, _raised),
        (RequestValidationError, _invalid),
        (FieldError, _invalid_field),
        (KeyReusedError, _key_reused),
        (LimitReachedError, _limit_reached),
        (CeilingReachedError, _ceiling_reached),
        (TooManyError, _too_many_followers),
        (StoreUnavailable, _store_unavailable),
        (UnreadableError, _unreadable),
        (MaybeAcceptedError, _maybe_accepted),
        (BodyTooLargeError, _too_large),
        (HTTPException, _http),
        (Exception, _unexpected),
    ):
        app.add_exception_handler(error, answer)  # type: ignore[arg-type]  # each takes its own error


async def _raised(_request: Request, error: ProblemError) -> ProblemResponse:
    return problem(error.status, error.code, error.detail, headers=error.headers, **error.more)


async def _invalid(_request: Request, error: RequestValidationError) -> ProblemResponse:
    """Name each wrong field and what is wrong with it. Never 422, never the input."""
    faults = [{"field": _field(fault["loc"]), "message": _message(fault)} for fault in error.errors()]
    detail = "; ".join(f"{fault['field']}: {fault['message']}" for fault in faults)
    return problem(HTTPStatus.BAD_REQUEST, "invalid_request", detail, errors=faults)


async def _invalid_field(_request: Request, error: FieldError) -> ProblemResponse:
    fault = {"field": error.field, "message": error.message}
    return problem(HTTPStatus.BAD_REQUEST, "invalid_request", str(error), errors=[fault])


def _field(location: tuple[int | str, ...]) -> str:
    """The place of a fault: the field's name, or the part of the request."""
    return ".".join(str(part) for part in location[1:] if isinstance(part, str)) or str(location[0])


def _message(fault: Mapping[str, Any]) -> str:
    """The text of a fault: it says what is allowed, where pydantic's own words would not help."""
    if fault["loc"] == ("body",) or fault["type"] == "json_invalid":
        return NO_OBJECT
    return ALLOWED.get(fault["loc"]) or str(fault["msg"]).removeprefix("Value error, ")


async def _key_reused(_request: Request, _error: KeyReusedError) -> ProblemResponse:
    detail = "This Idempotency-Key belongs to a different request. Use a new key for a new request."
    return problem(HTTPStatus.CONFLICT, "idempotency_key_reused", detail)


async def _limit_reached(_request: Request, error: LimitReachedError) -> ProblemResponse:
    """Say which limit: the user's own, or the house's, which the user can do nothing about."""
    own = error.setting == "PATHSHALA_USER_TASKS_MAX"
    code, whose = ("too_many_tasks_of_user", "You have") if own else ("too_many_tasks", "This house has")
    wait = f"Try again in {LIMIT_RETRY_AFTER_SECONDS} s, when some have ended."
    detail = f"{whose} {error.limit} unfinished tasks, which is the limit; nothing was accepted. {wait}"
    headers = {"Retry-After": str(LIMIT_RETRY_AFTER_SECONDS)}
    more = {"limit": error.setting, "limit_value": error.limit}
    return problem(HTTPStatus.TOO_MANY_REQUESTS, code, detail, headers=headers, **more)


async def _ceiling_reached(_request: Request, error: CeilingReachedError) -> ProblemResponse:
    """Say which ceiling, what is left of it, and when there is more."""
    ceiling, left, turns_at = error.ceiling, error.left, moment(error.turns_at)
    bounds = [f"{ceiling.calls_max} calls of language models"] if ceiling.calls_max is not None else []
    bounds += [f"{ceiling.cost_max:g} {error.currency}"] if ceiling.cost_max is not None else []
    detail = (
        f"You may spend {' and '.join(bounds)} a month, and that is spent; nothing was accepted. More is there from "
    )
    more: dict[str, Any] = {
        "calls_max": ceiling.calls_max,
        "calls_left": left.calls,
        "cost_max": ceiling.cost_max,
        "cost_left": left.cost,
        "currency": error.currency,
        "turns_at": turns_at,
    }
    return problem(HTTPStatus.PAYMENT_REQUIRED, "ceiling_reached", f"{detail}{turns_at} on.", **more)


async def _too_many_followers(_request: Request, _error: TooManyError) -> ProblemResponse:
    detail = f"There are too many streams here. Poll, or try again in {LIMIT_RETRY_AFTER_SECONDS} s."
    headers = {"Retry-After": str(LIMIT_RETRY_AFTER_SECONDS)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "too_many_streams", detail, headers=headers)


async def _store_unavailable(_request: Request, error: StoreUnavailable) -> ProblemResponse:
    log.warning("answered 503", reason=str(error))
    detail = f"The store cannot be reached; nothing was accepted. Try again in {RETRY_AFTER_SECONDS} s."
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "store_unavailable", detail, headers=headers)


async def _unreadable(_request: Request, error: UnreadableError) -> ProblemResponse:
    """It is there, and not lost: a later version of the house may have written it, and will read it."""
    log.error("answered 503", reason=str(error))
    detail = f"This is kept, but this version of the house cannot read it: {error}. Its operator must see to it."
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "unreadable", detail, headers=headers)


async def _maybe_accepted(_request: Request, error: MaybeAcceptedError) -> ProblemResponse:
    """Name the key that makes a repeat safe: the request's own, or the one that it was given."""
    log.warning("answered 503", reason=str(error.__cause__))
    detail = (
        "The store did not say whether it kept your request: it may have been accepted. Send it again in "
        f"{RETRY_AFTER_SECONDS} s with the header Idempotency-Key as idempotency_key says here: that finds the one "
        "task, or makes it."
    )
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    more = {"idempotency_key": error.key}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "maybe_accepted", detail, headers=headers, **more)


async def _too_large(_request: Request, error: BodyTooLargeError) -> ProblemResponse:
    return body_too_large(error.size_max_bytes)


async def _http(request: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.METHOD_NOT_ALLOWED and request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": _allowed(request)})
    code, detail = FRAMEWORK.get(status, (status.name.lower(), status.description or status.phrase))
    headers = {"Allow": _allowed(request)} if status is HTTPStatus.METHOD_NOT_ALLOWED else error.headers
    return problem(status, code, detail, headers=headers)


def _allowed(request: Request) -> str:
    """Name the methods that a path takes; of several paths that fit, of the one with the fewest placeholders.

    A route that nothing describes counts only where no other takes the path: some keep a path from being a lesson's.
    """
    routes = [one.original_route for one in iter_route_contexts(request.app.routes)]
    fitting = [one for one in routes if isinstance(one, Route) and one.path_regex.match(request.scope["path"])]
    described = [route for route in fitting if route.include_in_schema] or fitting
    nearest = min((route.path for route in described), key=lambda path: path.count("{"), default="")
    taken = {method for route in described if route.path == nearest for method in route.methods or ()}
    more = [*(["HEAD"] if "GET" in taken else []), "OPTIONS"]
    return ", ".join([*(method for method in METHODS if method in taken), *more])


async def _unexpected(_request: Request, error: Exception) -> ProblemResponse:
    log.error("answered 500", exc_info=error)
    detail = "Something went wrong on our side. Nothing that was accepted is lost."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail)
