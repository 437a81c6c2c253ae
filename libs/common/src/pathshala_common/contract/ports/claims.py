"""The port of claims: who may pay for a task now, so that at most one call to a model is in flight for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

ENDED = 2**31
"""Stands for the next attempt at a task that has none: it was paid for, or has failed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at a task, because of one event: what a generator claims before it pays."""

    task_id: str
    cause_id: str
    attempt: int


class Standing(Enum):
    """The answer to a claim: the holder may pay, must ask again, or has nothing to pay for."""

    GRANTED = auto()
    """Nobody claimed the task before."""
    INHERITED = auto()
    """Granted, but somebody claimed the task before, and may have paid for it."""
    TAKEN = auto()
    """Another's lease runs."""
    PASSED = auto()
    """The task was paid for, has failed or was cancelled, or is at a later attempt."""


class Claims(Protocol):
    """One claim a task, held by a lease or settled. Every method raises StoreUnavailable if it cannot be sure.

    Leases lapse by the machines' own clocks, which may differ by no more than the reserve that `now` leaves.
    """

    async def claim(
        self, holder: str, wanted: Sequence[Claim], *, now: datetime, until: datetime
    ) -> Sequence[Standing]:
        """Lease each task to the holder until `until`, if it is free. Asking again for what one holds is granted.

        Free is a task without a claim; one whose lease lapsed before `now`; and one that was settled for this
        attempt or an earlier one of the same cause. Of the same cause, an attempt before the settled one has passed;
        of another cause, every attempt has.
        """

    async def renew(self, holder: str, task_ids: Sequence[str], *, until: datetime) -> frozenset[str]:
        """Let the leases that the holder still has run until `until`. Returns the tasks of which it has none any more.

        Such a lease lapsed and is another's, or it was revoked.
        """

    async def settle(self, holder: str, settled: Sequence[Claim]) -> None:
        """End the holder's leases: of each task and cause, the attempt that comes next is the one named, or ENDED."""

    async def revoke(self, task_ids: Sequence[str]) -> None:
        """End whatever leases there are of these tasks, and grant none any more: nobody is to pay for them."""

    async def leased(
        self, task_ids: Sequence[str], *, now: datetime, paid_since: datetime | None = None
    ) -> frozenset[str]:
        """Which of these tasks somebody holds a lease of that has not lapsed before `now`.

        With `paid_since`, those are named too that were settled as ENDED by a lease that ran then or later: what was
        paid for may still be on its way to the log.
        """

    async def disclaim(self, task_ids: Sequence[str]) -> None:
        """Forget what is known of these tasks: whatever drove them is lost, and they are driven on anew."""
