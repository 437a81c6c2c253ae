"""Tasks by a filter, to be cancelled or retried together: counted first, in bounds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from pathshala_common.contract.lesson import LessonKey, Status, Task, is_edit
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Page, Tasks

FILTERED_MAX = 1_000
"""Tasks that are cancelled or retried at once; whoever has more asks again."""

UNFINISHED = (Status.PENDING, Status.IN_PROGRESS)


class FilteredTasks:
    """Tasks by a filter, in bounds."""

    def __init__(self, tasks: Tasks, clock: Clock, *, task_ttl_seconds: float) -> None:
        """Count no task that finished more than `task_ttl_seconds` ago."""
        self._tasks, self._clock, self._ttl = tasks, clock, timedelta(seconds=task_ttl_seconds)

    async def unfinished(self, *, user_id: str | None, lesson_key: LessonKey | None) -> list[Task]:
        """Give those that can be cancelled, at most one more than FILTERED_MAX. One that is unreadable is left out."""
        return await self._find(UNFINISHED, lambda _task: True, user_id, lesson_key)

    async def failed(self, *, user_id: str | None, lesson_key: LessonKey | None, error_code: str | None) -> list[Task]:
        """Give those that can be retried and were not before, in the same bounds."""

        def wanted(task: Task) -> bool:
            is_new = task.retried_as is None and not is_edit(task.request)
            return is_new and error_code in {None, task.error_code}

        return await self._find([Status.FAILED], wanted, user_id, lesson_key)

    async def _find(
        self,
        statuses: Sequence[Status],
        wanted: Callable[[Task], bool],
        user_id: str | None,
        lesson_key: LessonKey | None,
    ) -> list[Task]:
        found: dict[str, Task] = {}
        since = self._clock.now() - self._ttl
        for status in statuses:
            page = Page(since, FILTERED_MAX, status=status, user_id=user_id, lesson_key=lesson_key)
            while len(found) <= FILTERED_MAX and (listed := await self._tasks.tasks(page)):
                kept = await self._tasks.tasks_by_id([task.task_id for task in listed if task.fault is None])
                found |= {task.task_id: task for task in kept.values() if task.status is status and wanted(task)}
                page = replace(page, after=(listed[-1].created_at, listed[-1].task_id))
        return list(found.values())[: FILTERED_MAX + 1]
