"""The port of time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits, so that tests can hold it."""

    def now(self) -> datetime:
        """The time, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
