"""The port of time."""

import asyncio
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


async def until_set(event: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Wait until an event is set, but no longer than so many seconds. One cancellation ends it, whenever it comes."""
    waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(clock.sleep(seconds))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        # Not `suppress(CancelledError)` around each: that would take a cancellation from outside for the wait's own.
        await asyncio.gather(*waits, return_exceptions=True)
