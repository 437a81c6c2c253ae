"""Reads a call with MediaWiki's Action API: its content, or what its failure means for the caller. Pure."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Absence
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.contract.retry_after import retry_after_seconds
from pathshala_enricher.fetch import FetchFault
from pathshala_enricher.source import RATE_LIMITED, TIMED_OUT, UNAVAILABLE

REST_SECONDS = 10.0
"""The wait after an answer that asks for one without saying how long."""

_PASSING = ("maxlag", "ratelimited", "readonly", "internal_api_error", "cirrussearch-")


class Without(Exception):
    """The look-up ends without an article, and asking again soon would not help."""

    absence = Absence.UNAVAILABLE


class Down(Without):
    """The server cannot be reached, or is known to be down."""


class Refused(Without):
    """An answer that will be no better for asking again: wrong content, a redirect, a refusal."""


class TurnMissed(Without):
    """The look-ups before took too long."""

    absence = Absence.TIMED_OUT


class Resting(Retry):
    """The server asks to be left alone for `after_seconds`."""


def _unreadable() -> Refused:
    return Refused("cannot be read")


# What comes of a request without an HTTP answer.
_FATES: Mapping[str, Callable[[], Without | Retry]] = {
    FetchFault.TIMED_OUT: lambda: Retry(TIMED_OUT, "the encyclopedia did not answer in time"),
    FetchFault.BROKEN_OFF: lambda: Retry(UNAVAILABLE, "the encyclopedia broke off"),
    FetchFault.UNREACHABLE: lambda: Down("cannot be reached"),
    FetchFault.KNOWN_TO_BE_DOWN: lambda: Down("is known to be down, or asked for a rest"),
    FetchFault.TURN_TIMED_OUT: lambda: TurnMissed("the look-ups before took too long"),
    FetchFault.TOO_LARGE: lambda: Refused("answered too much"),
    FetchFault.UNREADABLE: _unreadable,
}


def read(call: ProviderCall, now: datetime) -> Mapping[str, object]:
    """Give the content. Raises Without, Resting if the server asks for a rest, or Retry if it failed by itself."""
    if call.fault is not None:
        fate = _FATES.get(call.fault, _unreadable)()
        raise fate
    status = call.status or 0
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Resting(RATE_LIMITED, "the encyclopedia limits our rate", _rest(call, now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        reason = f"the encyclopedia answered {status}"
        if "retry-after" in call.headers:
            raise Resting(UNAVAILABLE, reason, _rest(call, now))
        raise Retry(UNAVAILABLE, reason)
    if status != HTTPStatus.OK:
        raise Refused(f"answered {status}")
    return _content(call, now)


def _content(call: ProviderCall, now: datetime) -> Mapping[str, object]:
    """Read what was answered: content, or an error of the API."""
    content = _json(call.answer)
    error = content.get("error")
    if error is None:
        return content
    code = str(error.get("code")) if isinstance(error, Mapping) else "unknown"
    if code.startswith(_PASSING):
        raise Resting(UNAVAILABLE, f"the encyclopedia answered {code[:50]!r}", _rest(call, now))
    raise Refused(f"answered the error {code[:50]!r}")


def _rest(call: ProviderCall, now: datetime) -> float:
    asked = retry_after_seconds(call.headers, now)
    return REST_SECONDS if asked is None else asked


def _json(answer: str) -> Mapping[str, object]:
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        raise Refused("answered what is not JSON") from None
    if not isinstance(content, dict):
        raise Refused("answered what is not an object")
    return content
