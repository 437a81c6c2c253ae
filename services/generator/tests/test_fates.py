import json
from datetime import timedelta
from email.utils import format_datetime

import pytest

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.fates import fate_of, format_refused
from pathshala_generator.model import BROKEN_OFF, TIMED_OUT, TOO_LARGE, UNREACHABLE
from tests.clock import NOON


def refusal(status: int, code: str | None = None, *, type: str | None = None) -> ProviderCall:  # noqa: A002  OpenAI's name
    answer = json.dumps({"error": {"message": "SECRET", "code": code, "type": type}})
    return ProviderCall.recorded("openai", "{}", seconds=0, status=status, answer=answer)


def answered(status: int, answer: str, **headers: str) -> ProviderCall:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ProviderCall.recorded("openai", "{}", seconds=0, status=status, answer=answer, headers=named)


@pytest.mark.parametrize(
    ("refused", "fate", "code"),
    [
        (refusal(429), Retry, "rate_limited"),
        (refusal(429, "insufficient_quota"), Reject, "quota_exhausted"),
        (refusal(429, type="insufficient_quota"), Reject, "quota_exhausted"),
        (refusal(402), Reject, "quota_exhausted"),
        (refusal(408), Retry, "provider_error"),
        (refusal(409), Retry, "provider_error"),
        (refusal(500), Retry, "provider_error"),
        (refusal(502), ProviderUnavailable, "provider_down"),
        (refusal(503), ProviderUnavailable, "provider_down"),
        (refusal(504), ProviderUnavailable, "provider_down"),
        (refusal(529), Retry, "provider_error"),
        (refusal(401), Reject, "provider_refused_key"),
        (refusal(403), Reject, "provider_refused_key"),
        (refusal(404), Reject, "model_not_found"),
        (refusal(400), Reject, "provider_rejected_request"),
        (refusal(413), Reject, "provider_rejected_request"),
        (refusal(418), Reject, "provider_rejected_request"),
        (refusal(400, "content_filter"), Reject, "content_filtered"),
        (refusal(400, "content_policy_violation"), Reject, "content_filtered"),
    ],
)
def test_every_refusal_has_a_named_fate_that_repeats_nothing(
    refused: ProviderCall, fate: type[Retry | Reject | ProviderUnavailable], code: str
) -> None:
    told = fate_of(refused, NOON)

    assert isinstance(told, fate)
    assert told.code == code
    assert "SECRET" not in str(told)


@pytest.mark.parametrize(
    ("fault", "fate", "code"),
    [
        (TIMED_OUT, Retry, "provider_timeout"),
        (BROKEN_OFF, Retry, "provider_error"),
        (UNREACHABLE, ProviderUnavailable, "provider_unreachable"),
        (TOO_LARGE, Reject, "answer_too_large"),
        ("a fault of a later version", Retry, "provider_error"),
    ],
)
def test_a_call_without_an_answer_has_a_named_fate(
    fault: str, fate: type[Retry | Reject | ProviderUnavailable], code: str
) -> None:
    told = fate_of(ProviderCall.recorded("openai", "{}", seconds=0, fault=fault), NOON)

    assert isinstance(told, fate)
    assert told.code == code


@pytest.mark.parametrize(
    "answer", ["", "SECRET", "[]", "null", '{"error": "SECRET"}', '{"error": {"code": 400}}', "[" * 9_999]
)
def test_an_error_in_no_shape_of_openai_s_is_read_by_its_status(answer: str) -> None:
    told = fate_of(answered(400, answer), NOON)

    assert isinstance(told, Reject)
    assert told.code == "provider_rejected_request"


def test_an_answer_is_no_fate() -> None:
    assert fate_of(answered(200, "whatever it says"), NOON) is None


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("40", 40),
        ("3600", 3600),
        ("1e300", 86_400.0),
        (format_datetime(NOON + timedelta(days=9), usegmt=True), 86_400.0),
        ("soon", None),
    ],
)
def test_a_server_that_is_down_is_left_alone_for_as_long_as_it_asks_but_a_day_at_most(
    asked: str, seconds: float | None
) -> None:
    told = fate_of(answered(503, "", retry_after=asked), NOON)

    assert isinstance(told, ProviderUnavailable)
    assert told.after_seconds == seconds


def test_a_refused_format_is_told_from_other_refusals() -> None:
    assert format_refused(answered(400, "Unknown parameter: 'response_format'"))
    assert format_refused(answered(422, "json_schema is not supported"))
    assert not format_refused(answered(400, "the prompt is too long"))
    assert not format_refused(answered(500, "response_format"))
