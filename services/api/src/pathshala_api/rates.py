"""Rates: how often somebody may do something. Each replica counts for itself, in memory."""

import math
from typing import NamedTuple

from pathshala_common.contract.ports.clock import Clock

WINDOW_SECONDS = 60
COUNTED_MAX = 10_000
"""Callers that are counted at once; those whose minute began first give way."""


class _Window(NamedTuple):
    """One caller's minute: how many were counted, and when it ends by the monotonic clock."""

    counted: int
    ends: float


class Rate(NamedTuple):
    """Where somebody stands: how many more there may be within the next seconds."""

    allowed: bool
    remaining: int
    seconds: int


class Rates:
    """Allows each so much a minute, counted from its first request on."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def count(self, who: str) -> Rate:
        """Count one, and say whether it is one too many."""
        window = self._running(who) or self._begun(who)
        window = self._windows[who] = window._replace(counted=window.counted + 1)
        return self._rate(window, allowed=window.counted <= self.per_minute)

    def look(self, who: str) -> Rate:
        """Say whether there may be one more, and count none."""
        window = self._running(who) or _Window(0, self._clock.monotonic())
        return self._rate(window, allowed=window.counted < self.per_minute)

    def _running(self, who: str) -> _Window | None:
        """Give the minute of a caller, unless it is over."""
        window = self._windows.get(who)
        return window if window is not None and window.ends > self._clock.monotonic() else None

    def _begun(self, who: str) -> _Window:
        """Begin a minute, as the youngest of all."""
        self._windows.pop(who, None)
        if len(self._windows) >= COUNTED_MAX:
            del self._windows[next(iter(self._windows))]
        return _Window(0, self._clock.monotonic() + WINDOW_SECONDS)

    def _rate(self, window: _Window, *, allowed: bool) -> Rate:
        seconds = math.ceil(window.ends - self._clock.monotonic())
        return Rate(allowed, max(self.per_minute - window.counted, 0), max(seconds, 1))
