"""Followers: whoever is told of changes, each once and in order, and the marks by which changes are told apart."""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from pathshala_common.contract.lesson import NumberedTask
from pathshala_common.logs import get_logger

log = get_logger()

UNTOLD_MAX = 1_000
"""Changes that wait for one follower to take them, at the most; one that is slower is cut."""

Mark = tuple[int, bool]
"""The number of a change, and whether what follows cannot be read: of two of one task, the greater is the later."""

NOTHING: Mark = (-1, False)
FAULTY = "-fault"


def mark_of(seen: NumberedTask) -> Mark:
    """Mark the state of a task by its last change."""
    return seen.number, seen.task.fault is not None


def name_of(mark: Mark) -> str:
    """Name a mark: an event's id in the stream, the opaque part of an ETag."""
    return f"{mark[0]}{FAULTY if mark[1] else ''}"


def mark_named(name: str | None) -> Mark:
    """Read a mark back; NOTHING if it is none of ours."""
    number = (name or "").removesuffix(FAULTY)
    return (int(number), number != name) if number.isascii() and number.isdigit() else NOTHING


@dataclass(frozen=True, slots=True)
class ToldState:
    """A state of a task as it is told. After a final one nothing more is told of the task."""

    task_id: str
    mark: Mark
    final: bool
    body: bytes


class Follower:
    """One who follows a task, or all tasks of a user. What is found waits here in order, each change once.

    One that is `held` takes nothing until it has begun: what is found meanwhile comes behind what it begins with.
    """

    def __init__(self, seen: Mark = NOTHING, *, held: bool = False) -> None:
        """Have seen a task's changes up to this mark."""
        self._before = seen
        self._early: list[ToldState] | None = [] if held else None
        self._seen: dict[str, Mark] = {}
        self._untold: deque[ToldState] = deque()
        self._woken = asyncio.Event()
        self._task = asyncio.current_task()
        self.ended = False

    def offer(self, told: ToldState) -> None:
        """Take a state, unless it is seen or older. Who has too many untaken is cut, wherever it hangs."""
        if self._early is not None:
            self._early.append(told)
            return
        if self.ended or told.mark <= self._seen.get(told.task_id, self._before):
            return
        self._seen[told.task_id] = told.mark
        self._untold.append(told)
        self._woken.set()
        if len(self._untold) > UNTOLD_MAX:
            log.info("cut a follower that is too slow", untold=len(self._untold))
            self._untold.clear()
            self.end()
            if self._task is not None:
                self._task.cancel()

    @property
    def held(self) -> bool:
        """Whether it has still to begin."""
        return self._early is not None

    def begin(self, states: Iterable[ToldState]) -> None:
        """Take these states, and behind them what was found since it began to follow."""
        early, self._early = self._early or (), None
        for told in (*states, *early):
            self.offer(told)

    def end(self) -> None:
        """Be told nothing more than what is waiting."""
        self.ended = True
        self._woken.set()

    def clear(self) -> None:
        """Take all that waits, unseen."""
        self._untold.clear()

    async def next(self, seconds: float) -> ToldState | None:
        """Give the next state; None when none came within this time, or when it has ended and nothing waits."""
        if not self._untold and not self.ended:
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
        return self._untold.popleft() if self._untold else None
