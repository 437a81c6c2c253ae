"""Asking: a lesson is asked for, and accepted for good before anybody is answered."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Header, Response
from pydantic import BeforeValidator, StringConstraints, TypeAdapter, ValidationError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pathshala_api import schemas
from pathshala_api.access import Access, CallerOf, caller_of, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.intake import Intake
from pathshala_api.measuring import Measuring
from pathshala_api.plain_route import PlainRoute, headers, replayed, whole_body
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.whose import whose
from pathshala_common.contract.lesson import Task

ACCEPTED: dict[str, Any] = {
    "description": "Accepted for good; poll the task",
    "headers": {
        "Location": {"description": "Where the task's status is.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds to wait before the first poll.", "schema": {"type": "integer"}},
    },
}
REFUSED = refusals(
    "invalid_request",
    "wrong_user",
    "idempotency_key_reused",
    "too_many_tasks_of_user",
    "too_many_tasks",
    "ceiling_reached",
    "store_unavailable",
    "maybe_accepted",
)


def _trimmed(value: str) -> str:
    """Take away what HTTP says is no part of a header's value (RFC 9110, 5.5): blanks and tabs around it."""
    return value.strip(" \t")


Key = Annotated[str, BeforeValidator(_trimmed), StringConstraints(min_length=1, max_length=200)]
IdempotencyKey = Annotated[
    Key | None,
    Header(description="The same key from the same user gives the same task, for a day after it ended at least."),
]
_key = TypeAdapter[str](Key)


class UnclearError(Exception):
    """A request that FastAPI has to look at: it says what is wrong, or can read what we do not."""


def route(intake: Intake, measuring: Measuring, *, callback_http: bool = False) -> BaseRoute:
    """The path on which lessons are asked for; with `callback_http`, also with a callback_url that is not secret."""

    async def create_lesson(
        order: schemas.LessonOrder, caller: CallerOf, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Accept a request, and answer at once with the task to poll."""
        whose(caller, order.user_id)
        if order.callback_url is not None and not callback_http:
            require_https(order.callback_url)
        return accepted(await intake.accept(order, idempotency_key), measuring, schemas.ignored_fields(order))

    def plain(usual: ASGIApp) -> ASGIApp:
        async def ask(scope: Scope, receive: Receive, send: Send) -> None:
            body = await whole_body(receive)
            if body is None:
                return
            try:
                order, key = _read(scope, body)
            except UnclearError:
                await usual(scope, replayed(body, receive), send)
            else:
                answer = await create_lesson(order, caller_of(scope), key)
                await answer(scope, receive, send)

        return ask

    return PlainRoute(
        "/lessons",
        create_lesson,
        plain,
        methods=["POST"],
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.Accepted,
        responses={202: ACCEPTED, **REFUSED},
        tags=["lessons"],
        dependencies=[needs(Access.KEY)],
    )


def accepted(task: Task, measuring: Measuring, warnings: Sequence[str] = ()) -> JsonAnswer:
    """Answer that a task was accepted, where to poll it, how long it takes, and what was ignored of the order."""
    location, retry_after = schemas.poll_url(task.task_id).encode(), b"%d" % measuring.first_poll_after()
    headers = ((b"location", location), (b"retry-after", retry_after))
    return JsonAnswer(schemas.accepted(task, measuring.completion(), warnings), HTTPStatus.ACCEPTED, headers)


def require_https(url: str) -> None:
    """Raise ProblemError for a callback URL that is not secret."""
    if urlsplit(url).scheme != "https":
        fault = {"field": "callback_url", "message": schemas.NOT_CALLABLE}
        detail = f"callback_url: {schemas.NOT_CALLABLE}"
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_request", detail, errors=[fault])


def _read(scope: Scope, body: bytes) -> tuple[schemas.LessonOrder, str | None]:
    """Read a request that is in order, by one validation of its bytes. Raises UnclearError for any other."""
    kinds, keys = headers(scope, b"content-type"), headers(scope, b"idempotency-key")
    if len(kinds) != 1 or kinds[0].partition(b";")[0] != b"application/json" or len(keys) > 1:
        raise UnclearError
    try:
        key = _key.validate_python(keys[0].decode("latin-1")) if keys else None
        return schemas.LessonOrder.model_validate_json(body), key
    except ValidationError:
        raise UnclearError from None
