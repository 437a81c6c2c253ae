"""Retention: how long the log is kept, and how long it may grow. It works in steps, and rests as long as each took."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import LogRetention
from pathshala_common.logs import get_logger

log = get_logger()

INTERVAL_SECONDS = 60.0
RECORDINGS_STEP = 20
"""A recording may be half a mebibyte, so a step of them frees ten at the most."""

TASKS_STEP = 25
EVENTS_OF_A_TASK = 5
"""About so many can be cut of a task, so that of a log that is a little too long only a little is cut."""

EVENTS_STEP = 500
SETTLED_SECONDS = 600
"""A task's log stays whole for this long after its last event, however long the whole log is: more may come."""


@dataclass(frozen=True, slots=True)
class LogLimits:
    """The bounds of the log: seconds for which recordings and events outlive a task's last event, and their number."""

    recordings_ttl_seconds: float
    log_ttl_seconds: float
    events_max: int


class Retention:
    """Cuts the log of finished tasks. Final events stay, and with them the lessons."""

    def __init__(self, log: LogRetention, clock: Clock, limits: LogLimits) -> None:
        self._log, self._clock, self._limits = log, clock, limits

    async def run(self) -> None:
        """Apply the limits again and again, until cancelled. What is down is waited for."""
        while True:
            try:
                await self.apply()
            except Unavailable as error:
                log.warning("retention waits", reason=str(error))
            await self._clock.sleep(INTERVAL_SECONDS)

    async def apply(self) -> int:
        """Cut what is too old, then what is too much. Returns how many events were cut."""
        while await self._step(self._log.complete_log(limit=EVENTS_STEP)):
            pass
        cut = await self._cut_old() + await self._cut_excess()
        if cut:
            log.info("cut the log", events=cut)
        return cut

    async def _cut_old(self) -> int:
        now, cut = self._clock.now(), 0
        recordings_before = now - timedelta(seconds=self._limits.recordings_ttl_seconds)
        logs_before = now - timedelta(seconds=self._limits.log_ttl_seconds)
        while count := await self._step(self._log.cut_recordings(recordings_before, limit=RECORDINGS_STEP)):
            cut += count
        while count := await self._step(self._log.cut_logs(logs_before, limit=TASKS_STEP)):
            cut += count
        return cut

    async def _cut_excess(self) -> int:
        """Cut the oldest recordings, and when there are none the oldest tasks, until the log is short enough."""
        settled = self._clock.now() - timedelta(seconds=SETTLED_SECONDS)
        cut = await self._while_too_long(
            lambda excess: self._log.cut_recordings(settled, limit=min(excess, RECORDINGS_STEP))
        )
        cut += await self._while_too_long(
            lambda excess: self._log.cut_logs(settled, limit=min(math.ceil(excess / EVENTS_OF_A_TASK), TASKS_STEP))
        )
        if await self._excess() > 0:
            log.warning("the log is longer than it may be, and nothing in it can be cut", max=self._limits.events_max)
        return cut

    async def _while_too_long(self, some: Callable[[int], Awaitable[int]]) -> int:
        cut = 0
        while (excess := await self._excess()) > 0 and (count := await self._step(some(excess))):
            cut += count
        return cut

    async def _excess(self) -> int:
        return await self._log.event_count() - self._limits.events_max

    async def _step(self, work: Awaitable[int]) -> int:
        """Await a step, then leave the store to others for as long."""
        began = self._clock.monotonic()
        count = await work
        if count:
            await self._clock.sleep(self._clock.monotonic() - began)
        return count
