"""The policy of retries: the number of attempts, and a growing, jittered wait after each failure."""

import random
from dataclasses import dataclass

from pathshala_common.contract.backoff import JITTER, Backoff

DELAY_SECONDS_MAX = 300
"""The longest wait between two attempts that we choose ourselves."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds on the attempts at one event."""

    attempts_max: int
    delay_seconds_first: float
    delay_seconds_max: float = DELAY_SECONDS_MAX

    def delay_seconds(self, attempt: int, asked_seconds: float | None, rng: random.Random) -> float:
        """Wait after this attempt failed: doubling, jittered by half; never less than somebody asked for."""
        grown = Backoff(self.delay_seconds_max, self.delay_seconds_first).seconds(attempt)
        return max(grown * rng.uniform(1 - JITTER, 1 + JITTER), asked_seconds or 0.0)
