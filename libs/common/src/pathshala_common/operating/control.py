"""Control: tasks are called off, and failed ones are asked for anew, by a route or by a command.

A cancelled task has ended as soon as that is logged, by the rule by which the store records: of a lesson and a cancel,
the first one logged wins. Before that its claim is revoked, so that no generator begins to pay for it, and the one that
has it in hand stops: at once by a hint, which may be lost, and else when it renews its lease.

All this is promised first, by a notice in the store that is taken down once the end is told to whom it concerns. So if
the process dies in between, another one finds the notice: it finishes the cancel, and tells it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from pathshala_common.contract.derived_id import derived_id
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import (
    EditNotRetriedError,
    LimitReachedError,
    PathshalaError,
    Unavailable,
    UnreadableError,
)
from pathshala_common.contract.events import CANCELLED, LessonCancelled, TaskRetried
from pathshala_common.contract.lesson import Task, is_edit
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Publisher
from pathshala_common.contract.ports.claims import Claims
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import Hint, HintKind, HintSender
from pathshala_common.contract.ports.notices import Notice, Notices
from pathshala_common.contract.ports.store import EventLog, Lessons, Tasks
from pathshala_common.logs import get_logger
from pathshala_common.operating.orders import order_of

log = get_logger()

Record = Callable[[Sequence[Envelope]], Awaitable[object]]
"""Logs events and folds them into their tasks. Raises StoreUnavailable and Retry."""

AcceptAgain = Callable[[Task], Awaitable[Task]]
"""Keeps the new task of a failed one, or gives the one that was made of it. Raises LimitReachedError."""

RETRIES = UUID("9715501f-0aca-4bf4-85c1-b7ec5657d113")

AT_ONCE = 100
"""Tasks that are written together when many are cancelled or retried: between such writes others have their turn."""

PROMISES = "cancel/"
EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
LATE = timedelta(seconds=10)
"""A promise that is older was left by a process that died, or that could not reach the broker."""

UNTOLD_MAX = 1_000
"""Cancels that wait in memory to be told; those beyond it are told late."""


class ControlledTasks(Tasks, EventLog, Lessons, Claims, Notices, Protocol):
    """Tasks with their logs and lessons, who may pay for them, and what was promised of them."""


class Control:
    """Ends tasks before their time, and begins failed ones anew. Raises StoreUnavailable."""

    def __init__(  # noqa: PLR0913 - the parts of a house that a task's end concerns
        self,
        store: ControlledTasks,
        record: Record,
        accept_again: AcceptAgain,
        publisher: Publisher,
        hints: HintSender,
        clock: Clock,
        *,
        exchange: str,
        source: str,
    ) -> None:
        """Log by `record`, as told by `source`; tell generators by `hints`, and all others through the exchange."""
        self._store, self._record, self._accept_again = store, record, accept_again
        self._publisher, self._hints, self._clock = publisher, hints, clock
        self._exchange, self._source = exchange, source
        self._untold: asyncio.Queue[tuple[str, Sequence[Envelope]]] = asyncio.Queue(UNTOLD_MAX)

    async def cancel(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Cancel those of these tasks that have not ended. Returns all of them as they are then, if they are kept.

        If it raises, they may be cancelled all the same, now or a little later.
        """
        going = [task for task in tasks if not task.status.final]
        if not going:
            return tasks
        now, task_ids = self._clock.now(), [task.task_id for task in going]
        promise = _promise(task_ids, now)
        await self._store.put_notice(promise)
        await self._store.revoke(task_ids)
        self._hints.hint(*(Hint(HintKind.CANCEL, task.task_id, task.request.user_id) for task in going))
        cancelled = (LessonCancelled(task_id=task_id, failed_at=now) for task_id in task_ids)
        ends = [wrap(event, source=self._source, now=now) for event in cancelled]
        # One that was not logged yet begins with its order, and so leaves the outbox.
        orders = [await order_of(self._store, task) for task in going]
        await self._record([*orders, *ends])
        with suppress(asyncio.QueueFull):
            self._untold.put_nowait((promise.name, ends))
        found = await self._store.tasks_by_id([task.task_id for task in tasks])
        return [found[task.task_id] for task in tasks if task.task_id in found]

    async def retry(self, task: Task) -> Task:
        """Ask for a failed task's lesson anew. The same failed task gives the same new one, however often.

        Raises EditNotRetriedError.
        """
        if is_edit(task.request):
            raise EditNotRetriedError
        again = await self._accept_again(task)
        if task.retried_as is None:
            told = TaskRetried(task_id=task.task_id, retried_as=again.task_id)
            await self._record([wrap(told, source=self._source, now=self._clock.now())])
        return again

    async def cancel_all(self, tasks: Sequence[Task]) -> int:
        """Cancel these. Returns how many have ended so, and not in another way meanwhile."""
        done = 0
        for some in _by(AT_ONCE, tasks):
            done += sum(task.error_code == CANCELLED for task in await self.cancel(some))
        return done

    async def retry_all(self, tasks: Sequence[Task]) -> int:
        """Retry these, up to a limit of tasks that is reached. Returns how many were."""
        done = 0
        for some in _by(AT_ONCE, tasks):
            ends = await asyncio.gather(*map(self.retry, some), return_exceptions=True)
            faults = [end for end in ends if isinstance(end, BaseException)]
            done += len(ends) - len(faults)
            for fault in faults:
                if not isinstance(fault, LimitReachedError):
                    raise fault
            if faults:
                break
        return done

    async def run(self) -> None:
        """Tell what is cancelled here, and what others left untold, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tell_soon())
            group.create_task(self._keep_promises())

    async def tell(self) -> None:
        """Tell what was cancelled here since. Raises Unavailable; it is told later then, by a house that runs."""
        while not self._untold.empty():
            await self._tell(*self._untold.get_nowait())

    async def _tell_soon(self) -> None:
        while True:
            promise, ends = await self._untold.get()
            try:
                await self._tell(promise, ends)
            except Unavailable as error:
                log.warning("cancels are told later", count=len(ends), reason=str(error))

    async def _keep_promises(self) -> None:
        while True:
            try:
                for promise in await self._store.notices(PROMISES, since=EVER):
                    await self._try(promise)
            except Unavailable as error:
                log.warning("promised cancels wait", reason=str(error))
            await self._clock.sleep(LATE.total_seconds())

    async def _try(self, promise: Notice) -> None:
        """Keep a promise. One that cannot be kept holds up no other: it is tried again later."""
        try:
            await self._keep(promise)
        except PathshalaError as error:
            log.warning("a promised cancel waits", promise=promise.name, reason=str(error))

    async def _keep(self, promise: Notice) -> None:
        """Do what is left of a promise that was made long enough ago; it is made anew, so that no replica does too.

        Of tasks that this version cannot read, there is a promise of its own then.
        """
        now = self._clock.now()
        if promise.put_at + LATE > now:
            return
        await self._store.put_notice(replace(promise, put_at=now))
        tasks, ends, left = list[Task](), list[Envelope](), list[str]()
        for task_id in json.loads(promise.text):
            try:
                events, task = await self._store.events(task_id), await self._store.task(task_id)
            except UnreadableError:
                left.append(task_id)
                continue
            ends += filter(_is_cancel, events)
            if task is not None:
                tasks.append(task)
        log.warning("finishing cancels that were left", tasks=len(tasks), logged=len(ends), unreadable=len(left))
        await self.cancel(tasks)
        if left:
            await self._store.put_notice(_promise(left, now))
        await self._tell(promise.name, ends)

    async def _tell(self, promise: str, ends: Sequence[Envelope]) -> None:
        if ends:
            await self._publisher.publish([event_message(end, self._exchange) for end in ends])
        await self._store.take_down(promise, before=self._clock.now() + LATE)


def retry_of(failed: Task, now: datetime, deadline: datetime) -> Task:
    """Give the new task that asks for what a failed one asked for. Its id is no user's key's, and always the same."""
    again = {"requested_at": now, "deadline": deadline, "retry_of": failed.task_id}
    name = json.dumps([failed.request.user_id, "retry", failed.task_id])
    return Task(task_id=derived_id(RETRIES, name), request=failed.request.model_copy(update=again))


def _promise(task_ids: Sequence[str], now: datetime) -> Notice:
    return Notice(f"{PROMISES}{uuid4().hex}", json.dumps(task_ids), now)


def _is_cancel(envelope: Envelope) -> bool:
    return isinstance(envelope.event, LessonCancelled)


def _by(count: int, tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    return (tasks[first : first + count] for first in range(0, len(tasks), count))
