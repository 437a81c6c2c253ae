"""The port of time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits, so that tests can hold it."""

    def now(self) -> datetime:
        """The time, in UTC. It may be set, forward or back."""

    def monotonic(self) -> float:
        """Seconds since some moment, by which durations are measured: nobody sets it."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
