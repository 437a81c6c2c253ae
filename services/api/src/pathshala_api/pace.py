"""The pace at which accepted tasks are begun while others ask, where one process does both: who asks goes first."""

import asyncio
import time
from collections.abc import Callable

from pathshala_common.contract.ports.clock import Clock

LESSON_SECONDS = 0.0025
"""A lesson takes the process less than this."""

BEGIN_SECONDS = 2 * LESSON_SECONDS
"""A busy process begins a task so often while others ask, so that half of its time is theirs."""

BEGUN_MAX = 8
"""Tasks that are begun together meanwhile."""

TURN_MAX = 128
"""Those that are begun in one turn of the loop where nobody asks, so that whoever polls is answered between turns."""

ASKING_SECONDS = TURN_MAX * LESSON_SECONDS
"""Others ask if anybody was accepted so lately. The work of one turn, or a slow disk, keeps those who ask waiting for
so long; if they were taken for gone by then, another turn would begin as much before them, and so on."""

LOOK_SECONDS = 0.002
LATE_SECONDS = 0.0005
"""A loop that wakes sleepers so much later than they asked for, in the mean, has more to do than it can."""

BUSY_SHARE = 0.75
"""So has a process that computes for such a share of the time: where turns are short, a full loop is never late."""

MEMORY = 0.9
"""The share of a mean that stays at each look."""


class RelayPace:
    """Holds back those who begin tasks while others ask and the process is full. It never holds for long."""

    def __init__(self, clock: Clock, computed: Callable[[], float] = time.process_time) -> None:
        """Nobody has asked yet. `computed` gives the seconds that this process has computed for, in all its threads."""
        self._clock, self._computed, self._asked_at = clock, computed, -ASKING_SECONDS
        self._late = self._busy = 0.0

    def asked(self) -> None:
        """Note that somebody was accepted just now."""
        self._asked_at = self._clock.monotonic()

    @property
    def asking(self) -> bool:
        """Whether others ask."""
        return self._clock.monotonic() - self._asked_at < ASKING_SECONDS

    @property
    def together_max(self) -> int:
        """The number of tasks that may be begun together now."""
        return BEGUN_MAX if self.asking else TURN_MAX

    async def after(self, begun: int) -> None:
        """Wait for the turn of the next after so many: the loop's own, if nobody asks or there is time left."""
        await asyncio.sleep(0)
        now, computed = self._clock.monotonic(), self._computed()
        until = now + begun * BEGIN_SECONDS
        while self.asking and now < until:
            await self._clock.sleep(LOOK_SECONDS)
            before, now = now, self._clock.monotonic()
            computed_before, computed = computed, self._computed()
            self._late = _mean(self._late, now - before - LOOK_SECONDS)
            self._busy = _mean(self._busy, (computed - computed_before) / (now - before))
            if self._late < LATE_SECONDS and self._busy < BUSY_SHARE:
                return


def _mean(mean: float, seen: float) -> float:
    return MEMORY * mean + (1 - MEMORY) * seen
