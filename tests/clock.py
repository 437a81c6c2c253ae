"""A clock that a test holds: time passes only when the test says so."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.waiting import DEADLINE_SECONDS, POLL_SECONDS, one_turn, settled

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class HeldClock:
    """Implements the port Clock."""

    def __init__(self, now: datetime = NOON) -> None:
        self._began, self._now = now, now
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []
        self.set_by = timedelta()
        """How far the time that it tells was set, while time passed as ever."""

    def now(self) -> datetime:
        return self._now + self.set_by

    def monotonic(self) -> float:
        return (self._now - self._began).total_seconds()

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

    async def run_until(self, condition: Callable[[], bool], *, step_seconds: float) -> None:
        """Let time pass in steps until the condition holds.

        As on a machine that is fast enough, work takes no time: a step is taken once nobody has anything to do but
        to wait, and somebody waits for this clock.
        """
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            await settled()
            if condition():
                return
            assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS} s of real time"
            if self.sleeping:
                self.advance(step_seconds)
            else:  # some thread is at work, or a socket
                await asyncio.sleep(POLL_SECONDS)

    async def run_for(self, seconds: float, *, step_seconds: float) -> None:
        """Let so much time pass in steps, and let whoever is woken by the last one do its work."""
        end = self._now + timedelta(seconds=seconds)
        await self.run_until(lambda: self._now >= end and self.sleeping > 0, step_seconds=step_seconds)

    @property
    def sleeping(self) -> int:
        """How many wait for time to pass."""
        return sum(not wake.done() for _, wake in self._sleepers)


class PassingClock(HeldClock):
    """The same, but whoever waits need not: the wait is over at once, and the time has passed."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await one_turn()
