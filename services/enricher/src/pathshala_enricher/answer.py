"""Reads an HTTP answer of MediaWiki's Action API: its content, or what its failure means for the caller. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from pathshala_common.contract.errors import Retry
from pathshala_enricher.source import RATE_LIMITED, UNAVAILABLE

REST_SECONDS = 10.0
"""The wait after an answer that asks for one without saying how long."""

_PASSING = ("maxlag", "ratelimited", "readonly", "internal_api_error", "cirrussearch-")


class HttpAnswer(NamedTuple):
    """An answer as it came. `body` is read only if the status is 200."""

    status: int
    retry_after: str | None
    body: bytes


class Refused(Exception):
    """An answer that will be no better for asking again: wrong content, a redirect, a refusal."""


class Resting(Retry):
    """The server asks to be left alone for `after_seconds`."""


def read(answer: HttpAnswer, now: datetime) -> Mapping[str, object]:
    """Give the content. Raises Refused, Resting if the server asks for a rest, or Retry if it failed by itself."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Resting(RATE_LIMITED, "the encyclopedia limits our rate", _rest(answer, now))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        reason = f"the encyclopedia answered {answer.status}"
        if answer.retry_after is not None:
            raise Resting(UNAVAILABLE, reason, _rest(answer, now))
        raise Retry(UNAVAILABLE, reason)
    if answer.status != HTTPStatus.OK:
        raise Refused(f"answered {answer.status}")
    content = _json(answer.body)
    error = content.get("error")
    if error is None:
        return content
    code = str(error.get("code")) if isinstance(error, Mapping) else "unknown"
    if code.startswith(_PASSING):
        raise Resting(UNAVAILABLE, f"the encyclopedia answered {code[:50]!r}", _rest(answer, now))
    raise Refused(f"answered the error {code[:50]!r}")


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After: seconds, or an HTTP date; None if it is neither."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _rest(answer: HttpAnswer, now: datetime) -> float:
    asked = retry_after_seconds(answer.retry_after, now)
    return REST_SECONDS if asked is None else asked


def _json(body: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("answered what is not JSON") from None
    if not isinstance(content, dict):
        raise Refused("answered what is not an object")
    return content
