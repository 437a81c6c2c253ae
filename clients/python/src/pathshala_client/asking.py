"""Asking: a request is sent again when that is safe and worth it, and what is refused is raised by its code."""

import json
import random
from collections.abc import Mapping
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from pathshala_client import problems
from pathshala_client.faults import Problem, Unreachable
from pathshala_client.steps import Answer, Call, Pause, Request, now, patience, sent

BACKOFF_SECONDS_MAX = 8.0
"""The longest wait between two tries while nobody says when to come back."""

GATEWAY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
CLASSES = {one.code: one for one in vars(problems).values() if isinstance(one, type) and issubclass(one, Problem)}


def asked(request: Request) -> Call[Answer]:
    """Send a request until it is answered. Raises Problem, or Unreachable once the client's patience is over."""
    until = (yield from now()) + (yield from patience())
    for tries in count():
        try:
            answer = yield from sent(request)
            if answer.status < HTTPStatus.BAD_REQUEST:
                return answer
            fault: Problem | Unreachable = problem_of(answer)
        except Unreachable as error:
            fault = error
        wait = wait_after(fault, tries, is_repeatable=request.is_repeatable)
        if wait is None or (yield from now()) + wait > until:
            raise fault
        yield Pause(wait)
    raise AssertionError


def json_of(request: Request) -> Call[Any]:
    """Send a request whose answer is JSON."""
    answer = yield from asked(request)
    return json.loads(answer.body) if answer.body else None


def wait_after(fault: Problem | Unreachable, tries: int, *, is_repeatable: bool) -> float | None:
    """Say after how many seconds it is safe and worth it to send again; None if it is not."""
    growing = min(2**tries / 2, BACKOFF_SECONDS_MAX) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter is no secret
    if isinstance(fault, Unreachable):
        return growing if is_repeatable or not fault.was_sent else None
    if (
        fault.status == HTTPStatus.TOO_MANY_REQUESTS
    ):  # refused as a whole, so that even what is no order can be repeated
        return fault.retry_after
    if fault.status in GATEWAY and is_repeatable:
        return growing if fault.retry_after is None else fault.retry_after
    return None


def problem_of(answer: Answer) -> Problem:
    """Read what was refused, by its code."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = {}
    found = body if isinstance(body, dict) else {}
    return CLASSES.get(str(found.get("code")), Problem)(answer.status, found, seconds_of(answer))


def seconds_of(answer: Answer) -> float | None:
    """Read Retry-After, if it is there and in seconds."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None


def get(path: str, /, **query: object) -> Request:
    """Read something."""
    return Request("GET", path, query_of(query))


def change(
    method: str,
    path: str,
    query: Mapping[str, object] | None = None,
    *,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    is_repeatable: bool = True,
) -> Request:
    """Change something, with a body in JSON unless it is None."""
    content = None if body is None else json.dumps(body).encode()
    kind = {} if body is None else {"Content-Type": "application/json"}
    return Request(method, path, query_of(query or {}), {**kind, **(headers or {})}, content, is_repeatable)


def query_of(fields: Mapping[str, object]) -> dict[str, str]:
    """Write a query, without what is None."""
    return {name: _written(value) for name, value in fields.items() if value is not None}


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def by_key(key: str | None) -> dict[str, str]:
    """Name an order, by a new key if none is given: sent twice, it is one order."""
    return {"Idempotency-Key": key or uuid4().hex}


def segment(text: str) -> str:
    """Write a text as one segment of a path."""
    return quote(text, safe="")
