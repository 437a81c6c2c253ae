"""Measuring: how long lessons lately took, read from their logs now and then while anybody asks."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from pathshala_api.estimates import Estimates, Span, measured, told
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.lesson import NumberedTask, Status
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog, Load, Page, Tasks
from pathshala_common.logs import get_logger

log = get_logger()

MEASURE_SECONDS = 10.0
MEASURED_MAX = 20
"""Lessons whose logs are read at one time, the newest; nobody reads more for estimates, however many are made."""

POLL_AFTER_SECONDS = 3
"""Told while nothing was measured."""

POLL_AFTER_SECONDS_MAX = 30


class MeasuredStore(Tasks, EventLog, Protocol):
    """Which tasks were completed, and their logs."""


class Measuring:
    """Knows what estimates rest on, as of some seconds ago."""

    def __init__(
        self, store: MeasuredStore, load: Callable[[], Load], clock: Clock, *, task_ttl_seconds: float
    ) -> None:
        """Ask `load` how many tasks there are that have not ended."""
        self._store, self._load, self._clock = store, load, clock
        self._ttl = timedelta(seconds=task_ttl_seconds)
        self._estimates = Estimates()
        self._known: frozenset[str] = frozenset()
        self._asked = False

    async def run(self) -> None:
        """Measure now and then; not at all while nobody asks."""
        while True:
            await self._clock.sleep(MEASURE_SECONDS)
            if self._asked:
                self._asked = False
                try:
                    await self.measure()
                except StoreUnavailable as error:
                    log.info("not measured", reason=str(error))

    async def measure(self) -> None:
        """Read the logs of the lessons that ended last, but for those read before. Raises StoreUnavailable."""
        since = self._clock.now() - self._ttl
        page = Page(finished_since=since, limit=MEASURED_MAX, status=Status.COMPLETED)
        found = sorted(await self._store.tasks(page), key=lambda task: task.completed_at or task.created_at)
        for task in found:
            if task.task_id not in self._known:
                lesson = measured(await self._store.events(task.task_id))
                if lesson is not None:
                    self._estimates.add(lesson)
        self._known = frozenset(task.task_id for task in found)

    def completion(self) -> str:
        """Say how long the lesson that was asked for last is going to take, for people."""
        return told(self._span())

    def first_poll_after(self) -> int:
        """Say after how many seconds it may have ended."""
        span = self._span()
        return POLL_AFTER_SECONDS if span is None else _within(span.low)

    def poll_after(self, seen: NumberedTask) -> int:
        """Say after how many seconds the next poll of a task is worth it."""
        self._asked = True
        task, now = seen.task, self._clock.now()
        left = self._estimates.left((now - task.request.requested_at).total_seconds())
        if task.progress.until is not None:
            left = max(left or 0.0, (task.progress.until - now).total_seconds())
        return POLL_AFTER_SECONDS if left is None else _within(left)

    def percent(self, seen: NumberedTask) -> int:
        """Give the share of its time that a task has behind it."""
        return self._estimates.percent(seen.task.progress.stage)

    def _span(self) -> Span | None:
        self._asked = True
        load = self._load()
        before = max(load.held + load.queued - 1, 0)  # the last one is counted, too
        return self._estimates.span(before, load.taken)


def _within(seconds: float) -> int:
    return min(max(math.ceil(seconds), 1), POLL_AFTER_SECONDS_MAX)
