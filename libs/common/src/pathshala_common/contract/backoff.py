"""The wait before another try: it doubles up to a greatest wait, jittered so that not all return at once."""

import random
from dataclasses import dataclass

JITTER = 0.5
"""The share of a wait that is left to chance."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds from a failure to the next try: they double with each failure in a row, up to the greatest."""

    max_seconds: float
    first_seconds: float = 0.25

    def seconds(self, failures: int) -> float:
        """The wait after this many failures in a row, at least 1, before jitter."""
        return min(self.first_seconds * 2.0 ** min(failures - 1, 30), float(self.max_seconds))

    def jittered(self, failures: int, rng: random.Random) -> float:
        """The same, shortened by chance: by half at the most, so that the greatest wait stays the greatest."""
        return self.seconds(failures) * rng.uniform(1 - JITTER, 1)


OWN = Backoff(max_seconds=5.0)
"""For what is ours, such as the broker or the store: a try costs nothing, and the backlog waits."""

OUTSIDE = Backoff(max_seconds=30.0, first_seconds=1.0)
"""For a service outside the house: it may have to recover, and may count our calls."""
