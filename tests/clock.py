"""A clock that a test holds: time passes only when the test says so."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TURN_SECONDS = 0.001


class HeldClock:
    """Implements the port Clock."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + timedelta(seconds=seconds), wake))
        await wake

    def advance(self, seconds: float) -> None:
        """Let time pass, and wake whoever slept until then."""
        self._now += timedelta(seconds=seconds)
        due = [wake for until, wake in self._sleepers if until <= self._now]
        self._sleepers = [(until, wake) for until, wake in self._sleepers if until > self._now]
        for wake in due:
            if not wake.done():
                wake.set_result(None)

    async def run_until(self, condition: Callable[[], bool], *, step_seconds: float, seconds: float = 10) -> None:
        """Let time pass in steps until the condition holds; everybody has a turn between two steps."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s of real time"
            self.advance(step_seconds)
            await asyncio.sleep(TURN_SECONDS)

    @property
    def sleeping(self) -> int:
        """How many wait for time to pass."""
        return sum(not wake.done() for _, wake in self._sleepers)
