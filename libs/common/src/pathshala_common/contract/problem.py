"""A problem (RFC 9457): how every refusal over HTTP is written, by whichever part refuses."""

from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


def problem_body(status: HTTPStatus, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Give a problem's members: `code` is stable and for machines, `detail` for people; neither repeats any input."""
    return {
        "type": f"urn:pathshala:problem:{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
        **more,
    }
