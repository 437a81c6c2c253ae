"""How long to wait before trying again: growing and jittered, so that many who failed at once do not return at once."""

import random
from dataclasses import dataclass

from pathshala_common.contract.ports.clock import Clock

JITTER = 0.5


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds on the attempts at one event."""

    attempts_max: int
    delay_seconds_first: float
    delay_seconds_max: float

    def delay_seconds(self, attempt: int, asked_seconds: float | None, rng: random.Random) -> float:
        """Wait after this attempt failed: doubling, jittered by half; never less than somebody asked for."""
        grown = min(self.delay_seconds_first * 2.0 ** (attempt - 1), self.delay_seconds_max)
        return max(grown * rng.uniform(1 - JITTER, 1 + JITTER), asked_seconds or 0.0)


class Backoff:
    """Waits while something is down: from a quarter of a second up to five, jittered."""

    FIRST_SECONDS = 0.25
    MAX_SECONDS = 5.0

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        """Start short."""
        self._clock, self._random, self._seconds = clock, rng, self.FIRST_SECONDS

    async def wait(self) -> None:
        """Wait, each time about twice as long."""
        await self._clock.sleep(self._seconds * self._random.uniform(1 - JITTER, 1))
        self._seconds = min(self._seconds * 2, self.MAX_SECONDS)
