"""Idempotency: the same key of the same user gives the same task, for a day, whether or not the task is still kept.

A task's id is made of its user and its key. So a key needs no record: the store keeps one task of an id, whoever
writes it how often, and the log keeps the end of a task that it has forgotten. A request without a key is given one
that nobody can guess, so that it can be repeated too when nobody knows whether it was kept.
"""

import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from pathshala_common.contract.derived_id import derived_id
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import LessonFailed, LessonStored
from pathshala_common.contract.lesson import LessonRequest, Status, Task
from pathshala_common.contract.ports.store import EventLog, Tasks

KEY_KEPT = timedelta(days=1)
"""From its task's end on; a task that is kept for longer keeps its key with it."""

KEY_SIZE_BYTES, KEYS_AT_ONCE = 16, 256

NAMESPACE = UUID("9715501f-0aca-4bf4-85c1-b7ec5657d113")


class KnownTasks(Tasks, EventLog, Protocol):
    """The places in which a key is looked up: tasks, and the ends of those that are forgotten."""


def new_key() -> str:
    """Make a key for a request that has none.

    The system gives randomness for many at a time, since each time it is asked other threads go first.
    """
    if not _unused:
        block = os.urandom(KEY_SIZE_BYTES * KEYS_AT_ONCE)
        _unused.extend(block[start : start + KEY_SIZE_BYTES].hex() for start in range(0, len(block), KEY_SIZE_BYTES))
    return _unused.pop()


_unused: list[str] = []
os.register_at_fork(after_in_child=_unused.clear)  # no two processes give the same key


def task_id_of(user_id: str, key: str) -> str:
    """Name the task of a user's key. Written as JSON, no user and key are spelled as another pair."""
    return derived_id(NAMESPACE, json.dumps([user_id, key]))


async def look_up(store: KnownTasks, request: LessonRequest, key: str) -> tuple[str, Task | None]:
    """Give the id that a request with this key has, and the task that it made before, as far as it is known.

    Of a forgotten task the end is known, and what was asked for if the log still has it; else it is taken to have
    been the same. A key whose day is over names another task, whose id follows from the old one's, so that of two
    who use it again at once both mean the same. Raises StoreUnavailable.
    """
    task_id = task_id_of(request.user_id, key)
    while True:
        task = await store.task(task_id)
        if task is not None:
            return task_id, task
        forgotten = _forgotten(task_id, await store.events(task_id), request)
        if forgotten is None:
            return task_id, None
        if not _is_over(forgotten, request.requested_at):
            return task_id, forgotten
        task_id = task_id_of(request.user_id, task_id)


def _forgotten(task_id: str, log: Sequence[Envelope], request: LessonRequest) -> Task | None:
    """Tell a task by the end that the log keeps of it; None if it has no end there."""
    asked = next((envelope.event.request for envelope in log if hasattr(envelope.event, "request")), request)
    for envelope in log:
        match envelope.event:
            case LessonStored(stored_at=moment):
                return Task(task_id=task_id, request=asked, status=Status.COMPLETED, completed_at=moment)
            case LessonFailed(failed_at=moment):
                return Task(task_id=task_id, request=asked, status=Status.FAILED, completed_at=moment)
    return None


def _is_over(task: Task, now: datetime) -> bool:
    return task.completed_at is not None and task.completed_at + KEY_KEPT <= now
