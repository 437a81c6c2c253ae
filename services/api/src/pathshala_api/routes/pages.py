"""The bounds of one page of a list, and the cursor that leads to the next."""

import base64
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Query

from pathshala_api.problems import ProblemError

PAGE_SIZE = 100
PAGE_SIZE_MAX = 1_000

PageLimit = Annotated[int, Query(ge=1, le=PAGE_SIZE_MAX, description="Most entries on a page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="`next_cursor` of the page before.", json_schema_extra={"format": "cursor"}),
]


def cursor_of(time: datetime, task_id: str) -> str:
    """Make the cursor to what comes after this, in a list by time and task."""
    last = f"{time.isoformat()} {task_id}"
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Read a cursor back. Raises ProblemError if it is none."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        time, _, task_id = base64.urlsafe_b64decode(padded).decode().partition(" ")
        moment = datetime.fromisoformat(time).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        detail = "The cursor is not one of ours. Leave it out to start from the newest."
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_cursor", detail) from error
    return moment, task_id
