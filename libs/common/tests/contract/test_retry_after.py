from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from pathshala_common.contract.retry_after import retry_after_seconds

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ELSEWHERE = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("30", 30.0),
        (" 0 ", 0.0),
        ("0.5", 0.5),
        ("3600", 3600.0),
        ("9" * 400, 999_999_999.0),
        ("1e300", 999_999_999.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime((NOW + timedelta(seconds=9)).astimezone(ELSEWHERE)), 9.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Mon, 23 Nov 2026 09:00:05 -0000", 5.0),
        ("Mon, 99 Nov 2026 09:00:00 GMT", None),
        ("Mon, 23 Nov 2026 09:00:05 +99999999999999999", None),
        ("-3", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("3 days", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_seconds({"retry-after": value}, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "30"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "30"}, 30.0),
        ({"retry-after-ms": "-1", "retry-after": "soon"}, None),
    ],
)
def test_milliseconds_go_before_seconds_if_they_can_be_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, NOW) == seconds
