"""Admission: who may add a task, and whose next one must wait so that no flood stands before another's request."""

from pathshala_api.places import Place, Places
from pathshala_common.contract.errors import LimitReachedError
from pathshala_common.contract.ports.store import Load, Outbox


class Admission:
    """Gives places by the store's counts."""

    def __init__(self, outbox: Outbox, *, user_tasks_max: int, tasks_max: int, user_in_flight_max: int) -> None:
        """Count in this outbox. All three limits are of tasks."""
        self._outbox = outbox
        self._places = Places(user_tasks_max=user_tasks_max, tasks_max=tasks_max, user_in_flight_max=user_in_flight_max)
        self.settle, self.give_back = self._places.settle, self._places.give_back
        self.releasable = self._places.releasable

    async def count(self) -> None:
        """Count anew. Raises StoreUnavailable, and what was known stays."""
        counting = self._places.begin_count()
        self._places.end_count(counting, await self._outbox.loads())

    async def admit(self, user_id: str) -> Place:
        """Give a place, to be settled once the task is kept. Raises LimitReachedError, StoreUnavailable.

        Before it refuses for what may be counted twice, it counts once more. Whoever floods a full house causes
        no reading.
        """
        if not self._places.known:
            await self.count()
        try:
            return self._places.take(user_id)
        except LimitReachedError:
            if self._places.exact:
                raise
        await self.count()
        return self._places.take(user_id)

    def load(self) -> Load:
        """All users' unfinished tasks, as far as is known."""
        return self._places.load

    @property
    def holds(self) -> bool:
        """Whether anybody's requests are held, as far as is known."""
        return self._places.holds
