"""Housekeeping: tasks past their deadline fail with the reason, lost ones go on, finished ones are forgotten in time.

A lesson that was written before its deadline counts, however late it arrives. It may wait in the store's queue, in
the hands of another store that is about to freeze, or in a generator that cannot publish; so nobody is failed before
all of these were empty for longer than a message can stay in hand unseen.

An event can miss its queue, and nobody is told: RabbitMQ speaks up only if no queue at all takes it, and the store's
does. The log has the event then; so a task of which nothing is heard is driven on from there. That this makes no
paid call twice, as long as the event only waits, is why nothing is driven on while anything waits in a queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.events import LessonFailed, RetryScheduled
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Queues
from pathshala_common.contract.ports.claims import Claims
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog, TaskUpkeep
from pathshala_common.contract.summary import TaskSummary
from pathshala_common.logs import get_logger
from pathshala_common.recording.decision import SOURCE
from pathshala_common.recording.recorder import Recorder

log = get_logger()

BATCH_MAX = 500
HANDS_SECONDS = 45.0
"""A message is in hand unseen for less than this. RabbitMQ takes back what a frozen process holds after three
heartbeats of 10 s; what waits for a store that was away is tried again within 5 s."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LOOKS_PER_STALL = 4
"""Looked for this many times per stall; each look reads every old task's log."""


COUNTS_SECONDS = 60.0
"""The time between two counts of tasks that are too many to be counted at each request."""


@dataclass(frozen=True, slots=True)
class Times:
    """The times of housekeeping: its interval, the life of a finished task, the silence after which one is stalled.

    One of which nothing was heard for `stalled_seconds` is driven on, the next time after twice that. One is failed
    when nothing of it can be in anybody's hands for `hands_seconds` after its deadline.
    """

    interval_seconds: float
    task_ttl_seconds: float
    stalled_seconds: float
    hands_seconds: float = HANDS_SECONDS


class KeptTasks(TaskUpkeep, EventLog, Claims, Protocol):
    """Tasks to be looked after, with their logs and who works on them."""


class Housekeeping:
    """Looks after tasks that no event will come for any more."""

    def __init__(
        self,
        store: KeptTasks,
        recorder: Recorder,
        queues: Queues,
        clock: Clock,
        *,
        exchange: str,
        times: Times,
    ) -> None:
        """Look at `times`, and tell of what is found to `exchange`."""
        self._store, self._recorder, self._queues, self._clock = store, recorder, queues, clock
        self._exchange, self._interval_seconds = exchange, times.interval_seconds
        self._task_ttl = timedelta(seconds=times.task_ttl_seconds)
        self._stalled, self._stalled_seconds = timedelta(seconds=times.stalled_seconds), times.stalled_seconds
        self._driven: dict[str, int] = {}
        self._hands, self._hands_seconds = timedelta(seconds=times.hands_seconds), times.hands_seconds
        self._late_look_seconds = times.hands_seconds + times.interval_seconds
        # By the clock that nobody sets: one that is set forward makes no second of quiet an hour.
        self._count_at = self._well_since = self._look_again_at = self._quiet_since = self._looked_at = (
            clock.monotonic()
        )

    async def run(self) -> None:
        """Look again and again, until cancelled. What is down is waited for."""
        while True:
            try:
                await self.fail_overdue()
                await self.drive_on_stalled()
                await self.forget_finished()
                await self.keep_counts()
            except Unavailable as error:
                log.warning("housekeeping waits", reason=str(error))
                self._well_since = self._quiet_since = self._clock.monotonic()
            await self._clock.sleep(self._interval_seconds)

    async def fail_overdue(self) -> int:
        """Fail every task whose deadline has passed and of which no lesson is on its way: tell it, and log it.

        Returns how many. Raises BrokerUnavailable while nobody knows what is on its way: then nobody is failed.
        """
        failed = 0
        if not await self._quiet():
            return failed
        before, after = self._clock.now() - self._hands, None
        while overdue := await self._store.overdue(before, limit=BATCH_MAX, after=after):
            after = overdue[-1].deadline, overdue[-1].task_id
            given_up = await self._given_up(overdue)
            failures = [self._failure(task) for task in given_up]
            # Of one with a fault it was told before; it is recorded again, in case that it can be folded by now.
            told = [failure for failure, task in zip(failures, given_up, strict=True) if task.fault is None]
            # Told first: if this process dies in between, it is logged all the same, since the store hears it too.
            await self._publish(told)
            await self._recorder.record(failures)
            failed += len(told)
        return failed

    async def _quiet(self) -> bool:
        """Whether the store's queue was empty at each look for so long that nobody can hold anything from before.

        What was not looked at in time may have been full.
        """
        now, waiting = self._clock.monotonic(), await self._queues.waiting("store")
        if waiting or now - self._looked_at > self._late_look_seconds:
            self._quiet_since = now
        self._looked_at = now
        return not waiting and now >= self._quiet_since + self._hands_seconds

    async def drive_on_stalled(self) -> int:
        """Publish again the last event that drives each stalled task, if all queues are empty. Returns how many.

        It keeps its id: to all but the one who never got it, it is a repeat. While something is down, and soon after,
        silence says nothing.
        """
        waiting = await self._queues.waiting()  # asked every time, or an outage between two looks would go unseen
        now, seconds = self._clock.now(), self._clock.monotonic()
        if waiting or seconds < max(self._well_since + self._stalled_seconds, self._look_again_at):
            return 0
        self._look_again_at = seconds + self._stalled_seconds / LOOKS_PER_STALL
        driven: dict[str, int] = {}
        after, count = "", 0
        while tasks := await self._store.unfinished(limit=BATCH_MAX, after=after):
            after = tasks[-1].task_id
            old = [task for task in tasks if task.created_at + self._stalled <= now]
            lost = [envelope for task in old if (envelope := await self._lost(task)) is not None]
            stalled = await self._unclaimed(lost)
            driven |= {task.task_id: self._driven.get(task.task_id, 0) for task in old}
            if stalled:
                log.warning("driving stalled tasks on", count=len(stalled), tasks=[e.task_id for e in stalled[:10]])
                await self._publish(stalled)
            driven |= {envelope.task_id: driven[envelope.task_id] + 1 for envelope in stalled}
            count += len(stalled)
        self._driven = driven
        return count

    async def forget_finished(self) -> int:
        """Forget tasks that finished long enough ago; their lessons and events stay. Returns how many."""
        before, forgotten = self._clock.now() - self._task_ttl, 0
        while count := await self._store.delete_finished(before, limit=BATCH_MAX):
            forgotten += count
        return forgotten

    async def keep_counts(self) -> None:
        """Have the store count its tasks, once a minute."""
        now = self._clock.monotonic()
        if now >= self._count_at:
            self._count_at = now + COUNTS_SECONDS
            await self._store.keep_counts(self._clock.now() - self._task_ttl)

    async def _given_up(self, overdue: Sequence[TaskSummary]) -> Sequence[TaskSummary]:
        """Leave out what somebody writes or publishes, and what a store that could not log it will try again."""
        now = self._clock.now()
        written = await self._store.leased([task.task_id for task in overdue], now=now)
        left = [task for task in overdue if task.task_id not in written]
        logs = [await self._store.events(task.task_id) for task in left]
        return [task for task, logged in zip(left, logs, strict=True) if _tried_again(logged) + self._hands <= now]

    async def _lost(self, task: TaskSummary) -> Envelope | None:
        """The event that a task waits on, if nothing was heard of it for so long that it must be lost."""
        logged = await self._store.events(task.task_id)
        patience = self._stalled * 2 ** self._driven.get(task.task_id, 0)
        if not logged or _last_heard(logged) + patience > self._clock.now():
            return None
        return next((envelope for envelope in reversed(logged) if envelope.event.DRIVES), None)

    async def _unclaimed(self, lost: Sequence[Envelope]) -> Sequence[Envelope]:
        """Leave out what somebody works on, and what was paid for so lately that a store may have it in hand.

        The rest was claimed by nobody, or by somebody whose event got lost.
        """
        now, task_ids = self._clock.now(), [envelope.task_id for envelope in lost]
        working = await self._store.leased(task_ids, now=now, paid_since=now - self._hands)
        unclaimed = [envelope for envelope in lost if envelope.task_id not in working]
        await self._store.disclaim([envelope.task_id for envelope in unclaimed])
        return unclaimed

    async def _publish(self, envelopes: Sequence[Envelope]) -> None:
        await self._queues.publish([event_message(envelope, self._exchange) for envelope in envelopes])

    def _failure(self, task: TaskSummary) -> Envelope:
        allowed = task.deadline - task.created_at
        failed = LessonFailed(
            task_id=task.task_id,
            service=SOURCE,
            code="deadline_exceeded",
            message=f"No lesson within {allowed.total_seconds():.0f} s. Last seen: {task.progress_message}.",
            failed_at=self._clock.now(),
        )
        return wrap(failed, source=SOURCE, now=self._clock.now())


def _last_heard(logged: Sequence[Envelope]) -> datetime:
    """The latest moment that the events tell of; that of an attempt to come, if one was announced."""
    return max(e.event.retry_at if isinstance(e.event, RetryScheduled) else e.time for e in logged)


def _tried_again(logged: Sequence[Envelope]) -> datetime:
    """The latest moment at which a store tries again to log something of this task; long ago, if none does."""
    told = (e.event for e in logged if isinstance(e.event, RetryScheduled) and e.event.service == SOURCE)
    return max((event.retry_at for event in told), default=LONG_AGO)
