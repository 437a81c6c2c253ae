from datetime import timedelta
from email.utils import format_datetime

import pytest

from pathshala_common.contract.errors import Retry
from pathshala_enricher.answer import REST_SECONDS, HttpAnswer, Refused, Resting, read, retry_after_seconds
from pathshala_enricher.source import RATE_LIMITED, UNAVAILABLE
from services.enricher.tests.given import NOW


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("9" * 400, 999_999_999.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Mon, 23 Nov 2026 09:00:05 -0000", 5.0),
        ("soon", None),
        ("-3", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize(
    ("answer", "code", "seconds"),
    [
        (HttpAnswer(429, "7", b""), RATE_LIMITED, 7.0),
        (HttpAnswer(429, None, b""), RATE_LIMITED, REST_SECONDS),
        (HttpAnswer(503, "20", b""), UNAVAILABLE, 20.0),
        (HttpAnswer(200, "5", b'{"error": {"code": "maxlag", "lag": 6}}'), UNAVAILABLE, 5.0),
        (HttpAnswer(200, None, b'{"error": {"code": "cirrussearch-too-busy-error"}}'), UNAVAILABLE, REST_SECONDS),
    ],
)
def test_a_server_that_asks_for_a_rest_gets_it(answer: HttpAnswer, code: str, seconds: float) -> None:
    with pytest.raises(Resting) as raised:
        read(answer, NOW)
    assert (raised.value.code, raised.value.after_seconds) == (code, seconds)


def test_a_server_that_fails_by_itself_may_be_asked_again() -> None:
    with pytest.raises(Retry) as raised:
        read(HttpAnswer(500, None, b""), NOW)
    assert (raised.value.code, raised.value.after_seconds) == (UNAVAILABLE, None)


@pytest.mark.parametrize(
    "answer",
    [
        HttpAnswer(302, None, b""),
        HttpAnswer(403, None, b""),
        HttpAnswer(404, "5", b""),
        HttpAnswer(204, None, b""),
        HttpAnswer(200, None, b""),
        HttpAnswer(200, None, b"<html></html>"),
        HttpAnswer(200, None, b"[]"),
        HttpAnswer(200, None, b"[" * 100_000),
        HttpAnswer(200, None, b"1" * 10_000),
        HttpAnswer(200, None, b'{"error": {"code": "badvalue"}}'),
        HttpAnswer(200, None, b'{"error": "what?"}'),
    ],
)
def test_an_answer_that_will_be_no_better_is_refused(answer: HttpAnswer) -> None:
    with pytest.raises(Refused):
        read(answer, NOW)
