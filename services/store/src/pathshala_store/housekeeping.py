"""Housekeeping: tasks past their deadline fail with the reason, and finished ones are forgotten in time."""

from datetime import timedelta

import structlog

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.events import LessonFailed
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports import Clock, Publisher, Store
from pathshala_store.decision import SOURCE
from pathshala_store.recorder import Recorder

log = structlog.get_logger()

BATCH_MAX = 500


class Housekeeping:
    """Looks after tasks that no event will come for any more."""

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        publisher: Publisher,
        clock: Clock,
        *,
        exchange: str,
        interval_seconds: float,
        task_ttl_seconds: float,
    ) -> None:
        """Look every `interval_seconds`; forget tasks `task_ttl_seconds` after they finished."""
        self._store, self._recorder, self._publisher, self._clock = store, recorder, publisher, clock
        self._exchange, self._interval_seconds = exchange, interval_seconds
        self._task_ttl = timedelta(seconds=task_ttl_seconds)

    async def run(self) -> None:
        """Look again and again, until cancelled. What is down is waited for."""
        while True:
            try:
                await self.fail_overdue()
                await self.forget_finished()
            except Unavailable as error:
                log.warning("housekeeping waits", reason=str(error))
            await self._clock.sleep(self._interval_seconds)

    async def fail_overdue(self) -> int:
        """Fail every task whose deadline has passed: log it first, then tell. Returns how many."""
        failed = 0
        while overdue := await self._store.overdue(self._clock.now(), limit=BATCH_MAX):
            envelopes = [self._failure(task) for task in overdue]
            await self._recorder.record(envelopes)
            await self._publisher.publish([event_message(envelope, self._exchange) for envelope in envelopes])
            failed += len(envelopes)
        return failed

    async def forget_finished(self) -> int:
        """Forget tasks that finished long enough ago; their lessons and events stay. Returns how many."""
        before, forgotten = self._clock.now() - self._task_ttl, 0
        while count := await self._store.delete_finished(before, limit=BATCH_MAX):
            forgotten += count
        return forgotten

    def _failure(self, task: Task) -> Envelope:
        allowed = task.request.deadline - task.request.requested_at
        failed = LessonFailed(
            task_id=task.task_id,
            service=SOURCE,
            code="deadline_exceeded",
            message=f"No lesson within {allowed.total_seconds():.0f} s. Last seen: {task.progress.message}.",
            failed_at=self._clock.now(),
        )
        return wrap(failed, source=SOURCE, now=self._clock.now())
