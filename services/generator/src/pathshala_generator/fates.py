"""What an answer of a language model's server means for the lesson: try again, wait, or give up, and why.

Reasons are clauses for the person who asked for the lesson; nothing that the server said is repeated in them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry

FORMAT_WORDS = ("response_format", "response format", "json_schema", "json_object", "structured output")
FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})
SERVER_ERROR_MIN = 500
DOWN = frozenset({502, 503, 504})
WAIT_SECONDS_MAX = 86_400.0

REJECTS: Mapping[int, tuple[str, str]] = {
    401: ("provider_refused_key", "the language model's server refused our key"),
    402: ("quota_exhausted", "the account for the language model has no credit left"),
    403: ("provider_refused_key", "the language model's server refused our key"),
    404: ("model_not_found", "the language model's server does not have the model that is set"),
}
RETRIES: Mapping[int, tuple[str, str]] = {
    408: ("provider_error", "the language model's server gave up waiting"),
    409: ("provider_error", "the language model's server was in conflict with itself"),
    429: ("rate_limited", "the language model is rate limited"),
}
SERVER_ERROR = ("provider_error", "the language model's server has a fault")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer that is an error: status, the body's code and type, and the body as text."""

    status: int
    code: str | None
    type: str | None
    text: str
    headers: Mapping[str, str]

    @property
    def of_format(self) -> bool:
        """Whether the server cannot answer in the format asked for."""
        return self.status in {400, 422} and any(word in self.text.casefold() for word in FORMAT_WORDS)

    def fate(self, now: datetime) -> Retry | Reject | ProviderUnavailable:
        """What becomes of the lesson."""
        if "insufficient_quota" in {self.code, self.type}:
            return Reject(*REJECTS[402])
        if self.code in FILTER_CODES:
            return content_filtered()
        if self.status in REJECTS:
            return Reject(*REJECTS[self.status])
        wait = retry_after_seconds(self.headers, now)
        if self.status in DOWN:
            return ProviderUnavailable("provider_down", "the language model's server is out of service", wait)
        if self.status in RETRIES or self.status >= SERVER_ERROR_MIN:
            return Retry(*RETRIES.get(self.status, SERVER_ERROR), wait)
        return Reject("provider_rejected_request", "the language model's server did not accept the request")


def content_filtered() -> Reject:
    """A filter of the provider stopped question or answer."""
    return Reject("content_filtered", "the language model's content filter stopped this lesson")


def model_refused() -> Reject:
    """The model itself said no."""
    return Reject("model_refused", "the language model declined to write this lesson")


def timed_out() -> Retry:
    """No whole answer in time."""
    return Retry("provider_timeout", "the language model took too long to answer")


def broken_off() -> Retry:
    """The connection broke before the answer was whole: perhaps over this very question."""
    return Retry("provider_error", "the language model's server broke off")


def unreachable() -> ProviderUnavailable:
    """No connection."""
    return ProviderUnavailable("provider_unreachable", "the language model's server cannot be reached")


def invalid_answer(fault: str) -> Retry:
    """An answer that is no lesson. `fault` completes "the language model's answer ..."."""
    return Retry("invalid_answer", f"the language model's answer {fault}")


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the server asks to wait, a day at most; None if it does not say, or nothing that can be read.

    `retry-after-ms`, then `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3). Names are lower case.
    """
    for name, parts in (("retry-after-ms", 1000), ("retry-after", 1)):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            return min(seconds / parts, WAIT_SECONDS_MAX)
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), WAIT_SECONDS_MAX)


def _number(text: str) -> float | None:
    """Read a number that a wait can have."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
