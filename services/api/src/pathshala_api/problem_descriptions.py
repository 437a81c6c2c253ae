"""Problems as the description of the API shows them: those of every route, and each route's own, by their codes."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, Field

from pathshala_api.problem_codes import KINDS, OF_EVERY_ROUTE
from pathshala_common.contract.problem import MEDIA_TYPE, problem_body

Responses = dict[int | str, dict[str, Any]]
"""Descriptions of answers by status, or by a class of statuses, as FastAPI takes them."""

WITH_RETRY_AFTER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
RETRY_AFTER: dict[str, Any] = {
    "description": "Seconds to wait before it is tried again.",
    "schema": {"type": "integer"},
}
BODY = {"$ref": "#/components/schemas/ProblemBody"}


class ProblemBody(BaseModel):
    """A problem as it is sent (RFC 9457). Some codes have further members, which their examples show."""

    type: str = Field(description="`urn:pathshala:problem:` and the code.")
    title: str = Field(description="The phrase that HTTP has for the status.")
    status: int = Field(description="The status of the answer.", ge=400, le=599)
    detail: str = Field(description="What is wrong and what to do, for people.")
    code: str = Field(description="What is wrong, for machines. It stays.", json_schema_extra={"enum": list(KINDS)})
    errors: list[dict[Literal["field", "message"], str]] = Field(
        [], description="Each wrong field, and what is wrong with it."
    )


def refusals(*codes: str) -> Responses:
    """Describe the problems that a route answers besides those of every route: by status, each with an example."""
    of_status: dict[int, list[str]] = {}
    for code in codes:
        of_status.setdefault(KINDS[code].status.value, []).append(code)
    return {status: _described(found, status) for status, found in sorted(of_status.items())}


def example(code: str) -> dict[str, Any]:
    """Give the body of an answer with this code."""
    kind = KINDS[code]
    return problem_body(kind.status, code, kind.detail, **kind.members)


def _described(codes: Sequence[str], status: int) -> dict[str, Any]:
    others = sorted(code for code in OF_EVERY_ROUTE if KINDS[code].status == status and code not in codes)
    schema = {**BODY, "properties": {"code": {"enum": [*codes, *others]}}}
    examples = {code: {"summary": KINDS[code].when, "value": example(code)} for code in codes}
    described: dict[str, Any] = {
        "description": _told(codes),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }
    return described | ({"headers": {"Retry-After": RETRY_AFTER}} if status in WITH_RETRY_AFTER else {})


def _told(codes: Sequence[str]) -> str:
    return "\n".join(f"- `{code}`: {KINDS[code].when} {KINDS[code].remedy}" for code in codes)


def _of_every_route(first_digit: int) -> dict[str, Any]:
    codes = [code for code, kind in KINDS.items() if code in OF_EVERY_ROUTE and kind.status // 100 == first_digit]
    return {"description": _told(codes), "content": {MEDIA_TYPE: {"schema": BODY}}}


DESCRIBED: Responses = {"4XX": _of_every_route(4), "5XX": _of_every_route(5)}
"""The problems that every route may answer."""
