"""The answers about finished tasks that were given lately: what has ended changes no more, and is not read again."""

from datetime import datetime
from typing import NamedTuple

from pathshala_api.answers import Tagged
from pathshala_common.contract.ports.clock import Clock

SIZE_MAX_BYTES = 33_554_432
"""About 7,000 lessons; those that were read first give way."""

OVERHEAD_BYTES = 1_500
"""An answer takes so much besides its body."""

AGE_MAX_SECONDS = 60.0
"""Then it is read again, for what may be done to a task from outside: a rebuild, or a fault that is told later."""


class _Kept(NamedTuple):
    answer: Tagged
    finished_at: datetime
    until: float


class FinishedAnswers:
    """Keeps answers by task, within a size and an age."""

    def __init__(self, clock: Clock, *, size_max_bytes: int = SIZE_MAX_BYTES) -> None:
        """Keep nothing yet."""
        self._clock, self._size_max = clock, size_max_bytes
        self._kept: dict[str, _Kept] = {}
        self.size_bytes = 0

    def get(self, task_id: str, *, finished_since: datetime) -> Tagged | None:
        """Give the answer about a task that finished at or after that moment, if there is a young one."""
        kept = self._kept.get(task_id)
        if kept is None:
            return None
        if kept.finished_at < finished_since or kept.until <= self._clock.monotonic():
            self._drop(task_id)
            return None
        return kept.answer

    def keep(self, task_id: str, answer: Tagged, finished_at: datetime) -> None:
        """Keep an answer in the place of the one before, and no more of the oldest than there is room for."""
        self._drop(task_id)
        self._kept[task_id] = _Kept(answer, finished_at, self._clock.monotonic() + AGE_MAX_SECONDS)
        self.size_bytes += _size(answer)
        while self.size_bytes > self._size_max:
            self._drop(next(iter(self._kept)))

    def _drop(self, task_id: str) -> None:
        kept = self._kept.pop(task_id, None)
        if kept is not None:
            self.size_bytes -= _size(kept.answer)


def _size(answer: Tagged) -> int:
    return len(answer.whole.body) + OVERHEAD_BYTES
