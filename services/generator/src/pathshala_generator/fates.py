"""The fate of a lesson after a provider call: try again, wait, or give up, with the reason.

Reasons are clauses for the person who asked for the lesson; nothing that the server said is repeated in them.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.contract.retry_after import retry_after_seconds
from pathshala_generator.model import BROKEN_OFF, TIMED_OUT, TOO_LARGE, UNREACHABLE

Fate = Retry | Reject | ProviderUnavailable

INVALID_ANSWER = "invalid_answer"
QUOTA = "insufficient_quota"
SUCCESS = range(200, 300)

FORMAT_WORDS = ("response_format", "response format", "json_schema", "json_object", "structured output")
STREAM_WORDS = ("stream_options", "'stream'", '"stream"', "`stream`", "streaming")
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
FAULTS: Mapping[str, tuple[type[Fate], str, str]] = {
    TIMED_OUT: (Retry, "provider_timeout", "the language model took too long to answer"),
    UNREACHABLE: (ProviderUnavailable, "provider_unreachable", "the language model's server cannot be reached"),
    BROKEN_OFF: (Retry, "provider_error", "the language model's server broke off"),  # perhaps over this very question
    TOO_LARGE: (Reject, "answer_too_large", "the language model's server answered with more than any lesson is"),
}


def fate_of(call: ProviderCall, now: datetime) -> Fate | None:
    """Decide the fate of the lesson after a call that brought no answer; None if it brought one."""
    if call.fault is not None:
        kind, code, reason = FAULTS.get(call.fault, FAULTS[BROKEN_OFF])
        return kind(code, reason)
    if call.status in SUCCESS:
        return None
    return _refusal(call, now)


def format_refused(call: ProviderCall) -> bool:
    """Whether the server cannot answer in the format asked for."""
    return _refuses(call, FORMAT_WORDS)


def limit_refused(call: ProviderCall, name: str) -> bool:
    """Whether the server does not take this parameter, by which an answer's tokens are limited, or its value."""
    return _refuses(call, (name,))


def stream_refused(call: ProviderCall) -> bool:
    """Whether the server cannot tell its answer piece by piece."""
    return _refuses(call, STREAM_WORDS)


def _refuses(call: ProviderCall, words: Sequence[str]) -> bool:
    return call.status in {400, 422} and any(word in call.answer.casefold() for word in words)


def content_filtered() -> Reject:
    """A filter of the provider stopped question or answer."""
    return Reject("content_filtered", "the language model's content filter stopped this lesson")


def model_refused() -> Reject:
    """The model itself said no."""
    return Reject("model_refused", "the language model declined to write this lesson")


def invalid_answer(fault: str) -> Retry:
    """An answer that is no lesson. `fault` completes "the language model's answer ..."."""
    return Retry(INVALID_ANSWER, f"the language model's answer {fault}")


def _refusal(call: ProviderCall, now: datetime) -> Fate:
    """Decide the fate that an HTTP error means."""
    status, named = call.status or 0, _named(call.answer)
    if QUOTA in named:
        return Reject(*REJECTS[402])
    if named & FILTER_CODES:
        return content_filtered()
    if status in REJECTS:
        return Reject(*REJECTS[status])
    wait = _wait_seconds(call.headers, now)
    if status in DOWN:
        return ProviderUnavailable("provider_down", "the language model's server is out of service", wait)
    if status in RETRIES or status >= SERVER_ERROR_MIN:
        return Retry(*RETRIES.get(status, SERVER_ERROR), wait)
    return Reject("provider_rejected_request", "the language model's server did not accept the request")


def _wait_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that the server asks to wait, a day at most."""
    asked = retry_after_seconds(headers, now)
    return None if asked is None else min(asked, WAIT_SECONDS_MAX)


def _named(answer: str) -> frozenset[str]:
    """The code and the type of an error, as OpenAI names them; nothing if it names none."""
    try:
        body = json.loads(answer)
    except (ValueError, RecursionError):
        return frozenset()
    error = body.get("error", body) if isinstance(body, dict) else None
    found = (error.get("code"), error.get("type")) if isinstance(error, dict) else ()
    return frozenset(name for name in found if isinstance(name, str))
