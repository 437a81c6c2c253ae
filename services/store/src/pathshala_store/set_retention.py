"""Retention of class sets, and of what was spent on models: both are forgotten when they are old, in steps."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.ports.class_sets import ClassSets, Spending
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.logs import get_logger

log = get_logger()

INTERVAL_SECONDS = 600.0
STEP = 500
SPENDING_KEPT = timedelta(days=62)
"""The longest that a month can be asked for, and a class set with it, and a month more."""


class ForgettableSets(ClassSets, Spending, Protocol):
    """Class sets, and what was spent."""


class SetRetention:
    """Forgets old class sets and old calls."""

    def __init__(self, store: ForgettableSets, clock: Clock, *, ttl_seconds: float) -> None:
        """Keep a set for `ttl_seconds` after it was ordered."""
        self._store, self._clock, self._ttl = store, clock, timedelta(seconds=ttl_seconds)

    async def run(self) -> None:
        """Forget again and again, until cancelled. What is down is waited for."""
        while True:
            try:
                await self.apply()
            except Unavailable as error:
                log.warning("retention of class sets waits", reason=str(error))
            await self._clock.sleep(INTERVAL_SECONDS)

    async def apply(self) -> None:
        """Forget what is old now. What was spent on a set stays for as long as the set."""
        now = self._clock.now()
        await _all(lambda: self._store.delete_class_sets(now - self._ttl, limit=STEP))
        await _all(lambda: self._store.forget_spending(self._spent_before(now), limit=STEP))

    def _spent_before(self, now: datetime) -> datetime:
        return now - max(SPENDING_KEPT, self._ttl)


async def _all(step: Callable[[], Awaitable[int]]) -> None:
    while await step():
        pass
