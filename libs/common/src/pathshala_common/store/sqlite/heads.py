"""The heads of tasks in flight, in memory: what the only writer of the file wrote a moment ago it need not ask it for.

What a transaction changes is seen by that transaction alone until it is committed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pathshala_common.contract.lesson import Task

HEADS_MAX = 10_000
"""Tasks in flight that are kept in mind, each about 3 KiB. What is beyond them is asked of the file."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of one unfinished task's log: the task folded up to `position`, and the ids of the events.

    `shown` is what is kept of the task beside its document. No fault is told; only without events is there an outbox.
    """

    task: Task
    shown: Sequence[object]
    position: int = 0
    ids: frozenset[str] = frozenset()


class Heads:
    """Keeps a head for each task that was written last by this process and is not finished."""

    def __init__(self, *, size_max: int = HEADS_MAX) -> None:
        """Keep at most `size_max`: once they are so many, those that come wait until others have ended."""
        self._size_max = size_max
        self._committed: dict[str, Head] = {}
        self._written: dict[str, Head | None] = {}

    def committed(self, task_id: str) -> Head | None:
        """Give the head of a task as it is on the disk, to any thread."""
        return self._committed.get(task_id)

    def find(self, task_id: str) -> Head | None:
        """Give the head of a task within the writer's transaction."""
        return self._written[task_id] if task_id in self._written else self._committed.get(task_id)

    def put(self, task_id: str, head: Head | None) -> None:
        """Remember what the transaction makes of a task; None: nothing that can be kept."""
        self._written[task_id] = head

    def commit(self) -> None:
        """Show everybody what the transaction made."""
        for task_id, head in self._written.items():
            if head is None:
                self._committed.pop(task_id, None)
            elif task_id in self._committed or len(self._committed) < self._size_max:
                self._committed[task_id] = head
        self._written.clear()

    def roll_back(self) -> None:
        """Forget what the transaction touched: the file is asked for it."""
        self.forget(self._written)
        self._written.clear()

    def clear(self) -> None:
        """Ask the file for everything: others may have had it meanwhile."""
        self._committed.clear()

    def forget(self, task_ids: Iterable[str]) -> None:
        """Ask the file for these tasks from now on."""
        for task_id in task_ids:
            self._committed.pop(task_id, None)
