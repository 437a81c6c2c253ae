"""Rates: how often somebody may do something. Each replica counts for itself, in memory."""

import math
from typing import NamedTuple

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from pathshala_common.contract.ports.clock import Clock

WINDOW_SECONDS = 60
COUNTED_MAX = 10_000
"""Callers that are counted at once; those whose minute began first give way."""


class _Window(NamedTuple):
    counted: int
    ends: float


class _Windows(Storage):
    """The counts of minutes that run, by our own clock. The library's own starts a thread to forget what is over."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """Raise none of its own."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, from anew if the minute is over."""
        now, window = self._clock.monotonic(), self._windows.get(key)
        if window is None or window.ends <= now:
            self._windows.pop(key, None)
            window = _Window(0, now + expiry)
            if len(self._windows) >= COUNTED_MAX:
                del self._windows[next(iter(self._windows))]
        self._windows[key] = _Window(window.counted + amount, window.ends)
        return window.counted + amount

    def get(self, key: str) -> int:
        """Give the count of the minute that runs."""
        window = self._windows.get(key)
        return window.counted if window is not None and window.ends > self._clock.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """Say when the minute ends."""
        window = self._windows.get(key)
        return window.ends if window is not None else self._clock.monotonic()

    def check(self) -> bool:
        """Work always."""
        return True

    def reset(self) -> int | None:
        """Count all anew."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Count one anew."""
        self._windows.pop(key, None)


class Rate(NamedTuple):
    """Where somebody stands: how many more there may be within the next seconds."""

    allowed: bool
    remaining: int
    seconds: int


class Rates:
    """Allows each so much a minute, counted from its first request on."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self.per_minute = per_minute
        self._clock, self._item = clock, RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(_Windows(clock))

    def count(self, who: str) -> Rate:
        """Count one, and say whether it is one too many."""
        allowed = self._limiter.hit(self._item, who)
        return self._rate(who, allowed=allowed)

    def look(self, who: str) -> Rate:
        """Say whether there may be one more, and count none."""
        return self._rate(who, allowed=self._limiter.test(self._item, who))

    def _rate(self, who: str, *, allowed: bool) -> Rate:
        stats = self._limiter.get_window_stats(self._item, who)
        return Rate(allowed, stats.remaining, max(math.ceil(stats.reset_time - self._clock.monotonic()), 1))
