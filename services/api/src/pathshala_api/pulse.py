"""The pulse of a house: what ended in the last hour, how long the oldest task waits, what models cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pathshala_api.lately import Lately
from pathshala_common.contract.lesson import Status
from pathshala_common.contract.ports.class_sets import Spending, Spent
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Page, Tasks, TaskUpkeep
from pathshala_common.contract.summary import TaskSummary

BEATS = 12
BEAT = timedelta(minutes=5)
COUNTED_MAX = 1_000
"""Tasks of each status that are looked at, the newest: a list that costs little, however many there are."""

FAR_AHEAD = timedelta(days=365)
PULSE = "pulse"


class BeatingStore(Tasks, TaskUpkeep, Spending, Protocol):
    """Tasks, and what is spent on them."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Some minutes: the tasks that ended in them, the age of the oldest unfinished one at their end, what was spent."""

    since: datetime
    completed: int
    failed: int
    oldest_seconds: float
    spent: Spent


@dataclass(frozen=True, slots=True)
class HousePulse:
    """The beats of the last hour, the oldest unfinished task, and what was spent today (of UTC).

    `whole` says whether all that ended was counted.
    """

    beats: Sequence[Beat]
    whole: bool
    oldest: TaskSummary | None
    today: Spent


class PulseReader:
    """Reads the pulse, every few seconds at the most, however many ask."""

    def __init__(self, store: BeatingStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._lately: Lately[HousePulse] = Lately(self._read, clock)

    async def read(self) -> HousePulse:
        """Give the pulse. Raises StoreUnavailable."""
        found = await self._lately.get(PULSE)
        assert found is not None, "a pulse is always read"
        return found

    async def _read(self, _name: str) -> HousePulse:
        now = self._clock.now()
        ends = [now - BEAT * number for number in range(BEATS - 1, -1, -1)]
        ended = {status: await self._ended(status, ends[0] - BEAT) for status in (Status.COMPLETED, Status.FAILED)}
        oldest = next(iter(await self._store.overdue(now + FAR_AHEAD, limit=1)), None)
        spent = [await self._store.spent(since=end - BEAT, until=end) for end in ends]
        today = await self._store.spent(since=now.replace(hour=0, minute=0, second=0, microsecond=0), until=now)
        whole = all(len(found) < COUNTED_MAX for found in ended.values())
        return HousePulse(
            beats(ends, ended[Status.COMPLETED], ended[Status.FAILED], oldest, spent), whole, oldest, today
        )

    async def _ended(self, status: Status, since: datetime) -> Sequence[TaskSummary]:
        return await self._store.tasks(Page(finished_since=since, limit=COUNTED_MAX, status=status))


def beats(
    ends: Sequence[datetime],
    completed: Sequence[TaskSummary],
    failed: Sequence[TaskSummary],
    oldest: TaskSummary | None,
    spent: Sequence[Spent],
) -> Sequence[Beat]:
    """Sort tasks into the beats that end at these moments. Pure."""
    done, lost = _by_beat(completed, ends), _by_beat(failed, ends)
    everybody = [*completed, *failed, *([oldest] if oldest is not None else [])]
    return [
        Beat(end - BEAT, done[place], lost[place], _oldest_seconds(everybody, end), spent[place])
        for place, end in enumerate(ends)
    ]


def _by_beat(tasks: Sequence[TaskSummary], ends: Sequence[datetime]) -> Counter[int]:
    places = (
        next((place for place, end in enumerate(ends) if end - BEAT <= task.completed_at < end), None)
        for task in tasks
        if task.completed_at is not None
    )
    return Counter(place for place in places if place is not None)


def _oldest_seconds(tasks: Sequence[TaskSummary], at: datetime) -> float:
    """Say how old the oldest of the tasks was that were unfinished at a moment."""
    waiting = (
        task for task in tasks if task.created_at <= at and (task.completed_at is None or task.completed_at > at)
    )
    return max(((at - task.created_at).total_seconds() for task in waiting), default=0.0)
