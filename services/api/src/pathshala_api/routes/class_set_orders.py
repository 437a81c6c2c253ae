"""Orders of class sets as they come in: as JSON, or as a table that a spreadsheet saved."""

from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from pathshala_api import class_set_schemas as schemas
from pathshala_api.access import Caller
from pathshala_api.class_sets.rows import WantedSet, order_of, set_rows
from pathshala_api.class_sets.tables import NoTableError, rows
from pathshala_api.problems import ProblemError
from pathshala_api.schemas import ignored_names
from pathshala_common.contract.class_set import LESSONS_MAX, RowOrder

CSV = "text/csv"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ClassSetOrder"}},
            CSV: {
                "schema": {
                    "type": "string",
                    "format": "binary",
                    "description": (
                        "A table as a spreadsheet saves it: UTF-8, or UTF-16 with its mark; commas, semicolons or "
                        "tabs. The first row names the columns subject and topic, and if you like language, level and "
                        f"include_wikipedia; then come at most {LESSONS_MAX} lessons."
                    ),
                },
                "example": "subject;topic;language;level\r\nenglish;verbs;en;middle\r\nविज्ञान;जल चक्र;hi;primary\r\n",
            },
        },
    }
}


def user_of_table(caller: Caller, user_id: str | None) -> str:
    """Say whose set a table orders. Raises ProblemError if nobody is named."""
    found = user_id if user_id is not None else caller.user_id
    if found is None:
        raise _invalid("user_id", "name it in the query: a table has no place for it")
    return found


def order_of_table(
    body: bytes, user_id: str, title: str | None, ceilings: tuple[int | None, float | None]
) -> tuple[WantedSet, list[str]]:
    """Read an order that is a table. Raises ProblemError."""
    try:
        found, unknown = rows(body)
    except NoTableError as error:
        raise _invalid("body", str(error)) from None
    if not 1 <= len(found) <= LESSONS_MAX:
        raise _invalid("body", f"has {len(found)} lessons; a set has at least 1 and at most {LESSONS_MAX}")
    wanted = WantedSet(
        user_id=user_id,
        title=title,
        rows=set_rows(found, user_id),
        calls_max=ceilings[0],
        cost_max=ceilings[1],
    )
    return wanted, [f"{name} is no column of a class set: ignored" for name in ignored_names(unknown)]


def order_of_json(body: bytes) -> tuple[WantedSet, list[str]]:
    """Read an order that is JSON. Raises RequestValidationError."""
    try:
        order = schemas.ClassSetOrder.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError([_in_body(fault) for fault in error.errors()]) from None
    numbered = [(number, dict(row)) for number, row in enumerate(order.lessons, 1)]
    names = [
        *(order.model_extra or ()),
        *dict.fromkeys(name for row in order.lessons for name in row.model_extra or ()),
    ]
    wanted = WantedSet(
        user_id=order.user_id,
        title=order.title,
        rows=set_rows(numbered, order.user_id),
        calls_max=order.calls_max,
        cost_max=order.cost_max,
    )
    return wanted, [f"{name} is no field of a class set: ignored" for name in ignored_names(names)]


def order_of_item(order: schemas.ItemOrder, user_id: str) -> RowOrder:
    """Read the order that a row is to have. Raises RequestValidationError."""
    try:
        return order_of(order.model_dump(), user_id)
    except ValidationError as error:
        raise RequestValidationError([_in_body(fault) for fault in error.errors()]) from None


def _in_body(fault: Any) -> dict[str, Any]:
    return {**fault, "loc": ("body", *fault["loc"])}


def _invalid(field: str, message: str) -> ProblemError:
    fault = {"field": field, "message": message}
    return ProblemError(HTTPStatus.BAD_REQUEST, "invalid_request", f"{field}: {message}", errors=[fault])
