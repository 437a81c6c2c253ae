"""The acts on class sets: ordered, cancelled, retried, a row mended. Each is one event, logged before it is answered.

An act counts on the set as it was read. If another one was logged before it, it has no effect, and is decided anew.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

from pathshala_api.ceilings import MonthCeiling
from pathshala_api.class_sets.ordering import Ordering
from pathshala_api.class_sets.outcomes import Outcomes
from pathshala_api.class_sets.rows import WantedSet
from pathshala_api.class_sets.set_log import ORDERS_MAX_BYTES, SetLog, TooLargeError
from pathshala_api.class_sets.standing import Item, ItemStatus, SetStanding, standing
from pathshala_api.idempotency import new_key
from pathshala_api.intake import KeyReusedError, MaybeAcceptedError
from pathshala_api.problems import BodyTooLargeError, ProblemError, unknown_set
from pathshala_common.contract.class_set import ClassSet, RowOrder, SetRow, set_id_of
from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.events import CANCELLED, ClassRowsOrdered, ClassSetRequested, ClassSetStopped
from pathshala_common.contract.lesson import whole_milliseconds
from pathshala_common.contract.ports.class_sets import ClassSets, Spending
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog

OPEN_OF_USER_MAX = 10
"""Sets of one user that have not ended; who has so many orders no further one."""

ROUNDS_MAX = 20
"""Times that an act is decided anew because others were faster. Each round one of them wins."""

CALLED_OFF = "The class set was cancelled."


class KeptSets(ClassSets, Spending, EventLog, Protocol):
    """Class sets with their logs, and what is spent on them."""


class SetActs:
    """Orders class sets, and changes what is ordered. Raises StoreUnavailable."""

    def __init__(
        self,
        store: KeptSets,
        outcomes: Outcomes,
        set_log: SetLog,
        ordering: Ordering,
        month: MonthCeiling,
        clock: Clock,
        *,
        ttl_seconds: float,
    ) -> None:
        """Know a set for `ttl_seconds` after it was ordered."""
        self.store, self._outcomes, self._log = store, outcomes, set_log
        self._ordering, self.month, self._clock = ordering, month, clock
        self._ttl = timedelta(seconds=ttl_seconds)

    @property
    def since(self) -> datetime:
        """Sets that were ordered before are forgotten."""
        return self._clock.now() - self._ttl

    async def order(self, wanted: WantedSet, key: str | None) -> ClassSet:
        """Keep a set; or give the one that this user's key made before.

        Raises KeyReusedError, MaybeAcceptedError, CeilingReachedError and ProblemError.
        """
        key = key or new_key()
        now = whole_milliseconds(self._clock.now())
        set_id = set_id_of(wanted.user_id, key)
        asked = ClassSetRequested(
            task_id=set_id,
            user_id=wanted.user_id,
            title=wanted.title,
            rows=wanted.rows,
            calls_max=wanted.calls_max,
            cost_max=wanted.cost_max,
            requested_at=now,
        )
        kept = await self._kept(set_id)
        if kept is None:
            await self._admit(asked)
        try:
            if kept is None:
                kept = await self._begin(asked)
            first = next((one.event for one in await self.store.events(set_id)), None)
        except StoreUnavailable as error:
            raise MaybeAcceptedError(key) from error
        if isinstance(first, ClassSetRequested) and _asked(first) != _asked(asked):
            raise KeyReusedError
        self._ordering.wake()
        return kept

    async def read(self, set_id: str) -> ClassSet:
        """Read a set. Raises ProblemError if there is none."""
        kept = await self._kept(set_id)
        if kept is None or kept.requested_at < self.since:
            raise unknown_set()
        return kept

    async def standing(self, made: ClassSet) -> SetStanding:
        """Say how each row of a set stands."""
        return standing(made, await self._outcomes.of(list(made.task_ids.values())))

    async def cancel(self, set_id: str) -> ClassSet:
        """Order no more of a set, and cancel what is unfinished."""

        def stop(made: ClassSet, stands: SetStanding) -> ClassSetStopped | None:
            over = all(item.status.settled for item in stands.items)
            if over or (made.stop is not None and made.stop.code == CANCELLED):
                return None
            now = whole_milliseconds(self._clock.now())
            return ClassSetStopped(task_id=set_id, number=made.number, told_at=now, code=CANCELLED, message=CALLED_OFF)

        made = await self._act(set_id, stop)
        self._ordering.wake()
        return made

    async def failed_rows(self, set_id: str) -> Sequence[Item]:
        """The rows that a retry orders anew: those that failed, and those that are not ordered any more."""
        return _retried(await self.standing(await self.read(set_id)))

    async def retry(self, set_id: str, rows: Sequence[int]) -> None:
        """Order rows anew, as far as they still need it. Raises CeilingReachedError."""
        await self.month.check((await self.read(set_id)).user_id)

        def anew(made: ClassSet, stands: SetStanding) -> ClassRowsOrdered | None:
            again = [item.row for item in _retried(stands) if item.row.row in rows]
            return self._ordered(made, again) if again else None

        await self._act(set_id, anew)
        self._ordering.wake()

    async def mend(self, set_id: str, row: int, order: RowOrder) -> Item:
        """Order a row that was refused or failed by another order. A repeat finds it ordered so.

        Raises ProblemError for any other row, or if the set grew too large, and CeilingReachedError.
        """
        await self.month.check((await self.read(set_id)).user_id)

        def mended(made: ClassSet, stands: SetStanding) -> ClassRowsOrdered | None:
            found = _found(stands, row)
            if found.row.order == order and not found.can_be_ordered_anew:
                return None
            if not found.can_be_ordered_anew:
                raise _not_refused(found)
            edition = order.edition
            for item in stands.items:
                other = item.row.order
                if item.row.row != row and other is not None and other.edition == edition:
                    raise _taken(item.row.row)
            return self._ordered(made, [SetRow(row=row, order=order)])

        made = await self._act(set_id, mended)
        self._ordering.wake()
        return _found(await self.standing(made), row)

    def _ordered(self, made: ClassSet, rows: Sequence[SetRow]) -> ClassRowsOrdered:
        now = whole_milliseconds(self._clock.now())
        return ClassRowsOrdered(task_id=made.set_id, number=made.number, told_at=now, rows=tuple(rows))

    async def _act(
        self, set_id: str, decide: Callable[[ClassSet, SetStanding], ClassRowsOrdered | ClassSetStopped | None]
    ) -> ClassSet:
        """Log what is decided until nothing is left to decide. Returns the set as it is then."""
        for _ in range(ROUNDS_MAX):
            made = await self.read(set_id)
            event = decide(made, await self.standing(made))
            if event is None:
                return made
            try:
                await self._log.go_on(made, event)
            except TooLargeError:
                raise _too_large() from None
        raise StoreUnavailable("others were changing the same class set at the same time")

    async def _admit(self, asked: ClassSetRequested) -> None:
        """Raise CeilingReachedError or ProblemError if the user may order no further set now."""
        await self.month.check(asked.user_id)
        newest = await self.store.class_sets(asked.user_id, since=self.since, limit=OPEN_OF_USER_MAX)
        if len(newest) == OPEN_OF_USER_MAX and all(one.ended_at is None for one in newest):
            raise _too_many()

    async def _begin(self, asked: ClassSetRequested) -> ClassSet:
        """Log a set, and read it back. Raises StoreUnavailable, too, if it may be logged all the same."""
        try:
            await self._log.begin(asked)
        except TooLargeError as error:
            raise BodyTooLargeError(MESSAGE_SIZE_MAX_BYTES) from error
        kept = await self._kept(asked.task_id)
        if kept is None:
            raise StoreUnavailable("the class set was forgotten this moment")
        return kept

    async def _kept(self, set_id: str) -> ClassSet | None:
        found = await self.store.class_set(set_id)
        return found.class_set if found is not None else None


def _asked(made: ClassSetRequested) -> object:
    """Give what was asked for of a set; not why a row was refused, which another release says in other words."""
    return made.model_dump(exclude={"requested_at": True, "rows": {"__all__": {"refusal"}}})


def _retried(stands: SetStanding) -> Sequence[Item]:
    return [item for item in stands.items if item.can_be_ordered_anew and item.row.order is not None]


def _found(stands: SetStanding, row: int) -> Item:
    found = next((item for item in stands.items if item.row.row == row), None)
    if found is None:
        detail = "The set has no such row. GET /class-sets/{set_id} lists its rows by their numbers."
        raise ProblemError(HTTPStatus.NOT_FOUND, "row_not_found", detail)
    return found


def _not_refused(found: Item) -> ProblemError:
    hint = (
        "wait until it has ended, or cancel its task" if found.status is not ItemStatus.COMPLETED else "edit its lesson"
    )
    detail = f"This row is {found.status}. Only one that was refused or failed takes another order: {hint}."
    return ProblemError(HTTPStatus.CONFLICT, "row_not_failed", detail, row_status=found.status)


def _taken(row: int) -> ProblemError:
    detail = f"Row {row} of the set orders this very lesson. Choose another topic, language or level."
    return ProblemError(HTTPStatus.CONFLICT, "row_ordered_twice", detail, row=row)


def _too_large() -> ProblemError:
    detail = (
        f"With this order the set would take more than {ORDERS_MAX_BYTES} bytes. Shorten its source_text, or order the "
        "lesson by itself, or in a set of its own."
    )
    return ProblemError(HTTPStatus.CONFLICT, "class_set_too_large", detail)


def _too_many() -> ProblemError:
    detail = f"You have {OPEN_OF_USER_MAX} class sets that have not ended; nothing was accepted. Wait, or cancel one."
    headers = {"Retry-After": "60"}
    return ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_class_sets", detail, headers=headers)
