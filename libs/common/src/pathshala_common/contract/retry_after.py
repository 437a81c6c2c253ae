"""Reads how long an HTTP server asks to be left alone. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SECONDS_MAX = 999_999_999.0
"""31 years: what every date can be moved by. Whoever waits has a bound of its own."""


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Give the wait in seconds, none below 0; None if the server names none, or none that can be read.

    `retry-after-ms`, which OpenAI sends, goes before `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3).
    Names of headers are lower case.
    """
    for name, parts in (("retry-after-ms", 1000), ("retry-after", 1)):
        number = _number(headers.get(name, ""))
        if number is not None:
            return min(number / parts, SECONDS_MAX)
    return _until(headers.get("retry-after", ""), now)


def _number(text: str) -> float | None:
    """Read a number that begins with a digit: neither a sign nor a word like inf."""
    if not text.strip()[:1].isdecimal():
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    asked = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(0.0, asked), SECONDS_MAX)
