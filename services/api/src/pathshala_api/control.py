"""Control: tasks are called off, and failed ones are asked for anew.

A cancelled task has ended as soon as that is logged, by the rule by which the store records: of a lesson and a cancel,
the first one logged wins. Before that its claim is revoked, so that no generator begins to pay for it, and the one that
has it in hand stops: at once by a hint, which may be lost, and else when it renews its lease. If this process dies
between the two, the task goes on once it is seen to have stalled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol

from pathshala_api.intake import SOURCE, Intake, requested_of
from pathshala_api.places import LimitReachedError
from pathshala_api.relay import Relay
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import CANCELLED, LessonCancelled, TaskRetried
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.claims import Claims
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import Hint, HintKind, HintSender
from pathshala_common.contract.ports.store import Tasks

Record = Callable[[Sequence[Envelope]], Awaitable[object]]
"""Logs events and folds them into their tasks. Raises StoreUnavailable and Retry."""


AT_ONCE = 100
"""Tasks that are written together when many are cancelled or retried: between such writes others have their turn."""


class ControlledTasks(Tasks, Claims, Protocol):
    """Tasks, and who may pay for them."""


class Control:
    """Ends tasks before their time, and begins failed ones anew. Raises StoreUnavailable, and what Intake raises."""

    def __init__(
        self, store: ControlledTasks, record: Record, intake: Intake, relay: Relay, hints: HintSender, clock: Clock
    ) -> None:
        """Log by `record`; tell generators by `hints`, and all others by the relay."""
        self._store, self._record, self._intake, self._relay = store, record, intake, relay
        self._hints, self._clock = hints, clock

    async def cancel(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Cancel those of these tasks that have not ended. Returns all of them as they are then, if they are kept."""
        open_tasks = [task for task in tasks if not task.status.final]
        if not open_tasks:
            return tasks
        task_ids = [task.task_id for task in open_tasks]
        await self._store.revoke(task_ids)
        self._hints.hint(*(Hint(HintKind.CANCEL, task.task_id, task.request.user_id) for task in open_tasks))
        now = self._clock.now()
        ends = [wrap(LessonCancelled(task_id=task_id, failed_at=now), source=SOURCE, now=now) for task_id in task_ids]
        # One that was not logged yet begins with its order, and so leaves the outbox.
        await self._record([*map(requested_of, open_tasks), *ends])
        for end in ends:
            self._relay.send(end)
        found = await self._store.tasks_by_id([task.task_id for task in tasks])
        return [found[task.task_id] for task in tasks if task.task_id in found]

    async def retry(self, task: Task) -> Task:
        """Ask for a failed task's lesson anew. The same failed task gives the same new one, however often."""
        again = await self._intake.accept_again(task)
        if task.retried_as is None:
            told = TaskRetried(task_id=task.task_id, retried_as=again.task_id)
            await self._record([wrap(told, source=SOURCE, now=self._clock.now())])
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


def _by(count: int, tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    return (tasks[first : first + count] for first in range(0, len(tasks), count))
