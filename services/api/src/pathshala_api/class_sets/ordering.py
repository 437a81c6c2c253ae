"""The ordering of class sets: row after row becomes a task, as those before it end and as ceilings allow.

A set is in the log before anybody is answered, and the ids of its tasks follow from it. So whichever API finds a set
that has not ended orders what is due of it, again and again, and a task is made once: an API may die between a set
and its tasks, and two may order the same rows. One that was late, and orders what somebody called off or ordered anew
meanwhile, cancels that itself, since the others may take the set for ended. A row is not ordered until there is room,
and its deadline begins then, so that a large set neither stands before another user's order nor grows old in a queue.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Protocol

from pathshala_api.ceilings import Ceiling, MonthCeiling
from pathshala_api.class_sets.outcomes import Outcomes
from pathshala_api.class_sets.set_log import SetLog
from pathshala_api.class_sets.standing import UNFINISHED, ItemStatus, SetStanding, standing
from pathshala_api.intake import Intake
from pathshala_common.contract.class_set import ClassSet, SetRow, task_id_of_row
from pathshala_common.contract.errors import LimitReachedError, PathshalaError
from pathshala_common.contract.events import CANCELLED, ClassSetEnded, ClassSetStopped
from pathshala_common.contract.lesson import Task, whole_milliseconds
from pathshala_common.contract.ports.class_sets import ClassSets, Spending
from pathshala_common.contract.ports.clock import Clock, until_set
from pathshala_common.contract.ports.store import Tasks
from pathshala_common.logs import get_logger
from pathshala_common.operating.control import Control

log = get_logger()

UNFINISHED_MAX = 64
"""Tasks of one set that are unfinished at once: as many as one generator writes."""

BEGUN_MAX = 4
"""Lessons of a set under a ceiling that are ordered until it is known what one of them takes."""

OPEN_PAUSE_SECONDS = 0.25
IDLE_PAUSE_SECONDS = 5.0
"""While no set is open here, one whose API died is found so soon."""

PAGE = 20

SET_CEILING, USER_CEILING = "set_ceiling_reached", "user_ceiling_reached"
WORDS = {
    SET_CEILING: "The ceiling of the set is reached: what is left of it does for no further lesson.",
    USER_CEILING: "What the user may spend this month is spent: it does for no further lesson.",
}


class OrderedSets(ClassSets, Spending, Tasks, Protocol):
    """Class sets, what is spent on them, and their tasks."""


class Ordering:
    """Orders what is due of all sets that have not ended."""

    def __init__(
        self,
        store: OrderedSets,
        outcomes: Outcomes,
        intake: Intake,
        control: Control,
        set_log: SetLog,
        month: MonthCeiling,
        clock: Clock,
    ) -> None:
        self._store, self._outcomes, self._intake, self._control = store, outcomes, intake, control
        self._log, self._month, self._clock = set_log, month, clock
        self._woken = asyncio.Event()
        self._begun: dict[str, set[str]] = {}

    def wake(self) -> None:
        """Look at once: there is a set with something to order."""
        self._woken.set()

    async def run(self) -> None:
        """Order until cancelled. What is down is waited for."""
        while True:
            self._woken.clear()
            pause = IDLE_PAUSE_SECONDS
            try:
                if await self.look():
                    pause = OPEN_PAUSE_SECONDS
            except PathshalaError as error:
                log.warning("class sets wait", reason=str(error))
            await until_set(self._woken, self._clock, pause)

    async def look(self) -> bool:
        """Bring every open set on by a step. Returns whether there is any that it could.

        Whatever is wrong with one stops neither the others nor the process, which would meet it again.
        """
        for set_id in list(self._begun):
            await self._alone(set_id, self._call_off(set_id))
        after, found = "", False
        while page := await self._store.open_sets(limit=PAGE, after=after):
            after = page[-1].set_id
            for made in page:
                found |= await self._alone(made.set_id, self._advance(made))
        return found

    async def _alone(self, set_id: str, step: Awaitable[None]) -> bool:
        """Take a step of one set. Returns whether it could be taken."""
        try:
            await step
        except PathshalaError as error:
            log.warning("a class set waits", set=set_id, reason=str(error))
        except Exception:
            log.exception("a class set waits", set=set_id)
        else:
            return True
        return False

    async def _advance(self, made: ClassSet) -> None:
        """Order what there is room for, or say that nothing more is ordered, or that all has ended."""
        stands = standing(made, await self._outcomes.of(list(made.task_ids.values())))
        unfinished, waiting = stands.of(*UNFINISHED), stands.of(ItemStatus.WAITING)
        if made.stop is not None and made.stop.code == CANCELLED and unfinished:
            await self._cancel([item.task_id for item in unfinished if item.task_id is not None])
        elif waiting:
            room, reached = await self._room(made, stands, len(unfinished))
            await self._order(made, [item.row for item in waiting[:room]])
            if reached is not None and not unfinished and room == 0:
                await self._log.go_on(made, self._stopped(made, reached))
        elif not unfinished:
            counts = stands.counts
            ended = ClassSetEnded(
                task_id=made.set_id,
                number=made.number,
                told_at=whole_milliseconds(self._clock.now()),
                completed=counts[ItemStatus.COMPLETED],
                failed=counts[ItemStatus.FAILED],
                refused=counts[ItemStatus.REFUSED],
            )
            await self._log.go_on(made, ended)

    async def _room(self, made: ClassSet, stands: SetStanding, unfinished: int) -> tuple[int, str | None]:
        """Say how many rows may be ordered now, and which ceiling leaves room for none more, if one does.

        A lesson that is under way takes as much as those before it did, so what is left is not given out twice.
        """
        room, reached = UNFINISHED_MAX - unfinished, None
        spent = await self._store.spent_on_set(made.set_id)
        ended, prices = len(stands.of(ItemStatus.COMPLETED, ItemStatus.FAILED)), self._month.prices
        own = Ceiling(made.calls_max, made.cost_max)
        lefts = {SET_CEILING: own.left(spent, prices), USER_CEILING: await self._month.left(made.user_id)}
        for code, left in lefts.items():
            if left.calls is None and left.cost is None:
                continue
            share = left.lessons(spent, prices, ended) - unfinished
            if ended == 0:
                share = min(share, BEGUN_MAX - unfinished)
            if share < 1:
                reached = reached or code
            room = min(room, max(int(min(share, UNFINISHED_MAX)), 0))
        return max(room, 0), reached

    async def _order(self, made: ClassSet, rows: Sequence[SetRow]) -> None:
        """Order rows, unless the set went on since it was read. Where there are too many tasks, the others wait."""
        if not rows or await self._now(made.set_id) != made:
            return
        begun = self._begun.setdefault(made.set_id, set())
        for row in rows:
            begun.add(task_id_of_row(made.set_id, row.row, row.tries))
            try:
                await self._intake.accept_row(made, row)
            except LimitReachedError:
                break
        await self._call_off(made.set_id)

    async def _call_off(self, set_id: str) -> None:
        """Cancel what was begun here of a set that orders no more, or in a try that is not its row's last.

        If it raises, it is still to be done.
        """
        now = await self._now(set_id)
        going = now.task_ids.values() if now is not None and now.stop is None else ()
        if over := self._begun[set_id].difference(going):
            await self._cancel(list(over))
        del self._begun[set_id]

    async def _now(self, set_id: str) -> ClassSet | None:
        found = await self._store.class_set(set_id)
        return found.class_set if found is not None else None

    async def _cancel(self, task_ids: Sequence[str]) -> None:
        found: Sequence[Task] = list((await self._store.tasks_by_id(task_ids)).values())
        await self._control.cancel_all(found)

    def _stopped(self, made: ClassSet, code: str) -> ClassSetStopped:
        now = whole_milliseconds(self._clock.now())
        return ClassSetStopped(task_id=made.set_id, number=made.number, told_at=now, code=code, message=WORDS[code])
