"""Remembers that a server is down or asked for a rest, so that nobody waits to learn it again. Pure."""

PROBE_AFTER_SECONDS = 15.0
PAUSE_SECONDS_MAX = 3_600.0
FAILURES_MAX = 3


class Cooldown:
    """The state of calls to one server. Closed: calls flow. Open: none until a time, then one probe decides.

    Times are seconds of a clock that nobody sets.
    """

    def __init__(self) -> None:
        self._open_until: float | None = None
        self._failures = 0

    @property
    def open_until(self) -> float | None:
        """The time that ends with the next probe; None while it is closed."""
        return self._open_until

    @property
    def failures(self) -> int:
        """The calls that failed in a row."""
        return self._failures

    def is_open(self, now: float) -> bool:
        """Whether a call would be refused now."""
        return self._open_until is not None and now < self._open_until

    def admit(self, now: float) -> bool:
        """Whether to call now. The first to ask after a pause is the probe: others stay out until it has an answer."""
        if self.is_open(now):
            return False
        if self._open_until is not None:
            self.pause(now, PROBE_AFTER_SECONDS)
        return True

    def pause(self, now: float, seconds: float) -> None:
        """Open at once: the server cannot be reached, or asked for this rest. Never longer than the greatest pause."""
        self._open_until = now + min(seconds, PAUSE_SECONDS_MAX)

    def fail(self, now: float) -> None:
        """Count a call that failed; several in a row open the circuit."""
        self._failures += 1
        if self._failures >= FAILURES_MAX or self._open_until is not None:
            self.pause(now, PROBE_AFTER_SECONDS)

    def succeed(self) -> None:
        """Close: the server answers."""
        self._open_until, self._failures = None, 0
