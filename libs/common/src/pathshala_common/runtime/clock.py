"""The clock of a running house."""

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Implements the port Clock by the machine's own."""

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
