"""The pace at which accepted tasks are begun while others ask, where one process does both: who asks goes first."""

from pathshala_common.contract.ports.clock import Clock

BEGIN_SECONDS = 0.005
"""A busy process begins a task so often while others ask: what a lesson costs it takes less than half of that."""

BEGUN_MAX = 8
"""Tasks that are begun together meanwhile."""

ASKING_SECONDS = 0.05
"""Others ask if anybody was accepted so lately."""

LOOK_SECONDS = 0.002
LATE_SECONDS = 0.0005
"""A loop that wakes sleepers so much later than they asked for, in the mean, has more to do than it can."""

MEMORY = 0.9
"""The share of the mean that stays at each look."""


class RelayPace:
    """Holds back those who begin tasks while others ask and the event loop is behind. It never holds for long."""

    def __init__(self, clock: Clock) -> None:
        """Nobody has asked yet."""
        self._clock, self._asked_at, self._late = clock, -ASKING_SECONDS, 0.0

    def asked(self) -> None:
        """Note that somebody was accepted just now."""
        self._asked_at = self._clock.monotonic()

    @property
    def asking(self) -> bool:
        """Whether others ask."""
        return self._clock.monotonic() - self._asked_at < ASKING_SECONDS

    async def after(self, begun: int) -> None:
        """Wait for the turn of the next after so many were begun: not at all if nobody asks or the loop has time."""
        now = self._clock.monotonic()
        until = now + begun * BEGIN_SECONDS
        while self.asking and now < until:
            await self._clock.sleep(LOOK_SECONDS)
            before, now = now, self._clock.monotonic()
            self._late = MEMORY * self._late + (1 - MEMORY) * (now - before - LOOK_SECONDS)
            if self._late < LATE_SECONDS:
                return
