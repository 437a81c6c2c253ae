"""Admission: who may add a task, and whose next one must wait so that nobody's flood stands before another's request.

What is known is the store's count at one moment, and what this replica has admitted since. So admitting reads
nothing. Within one replica no limit is ever exceeded; another replica's tasks are known from the next count on.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from pathshala_common.contract.ports.store import Load, Outbox

NOBODY = Load()


class LimitReachedError(Exception):
    """There are too many unfinished tasks to take another."""

    def __init__(self, setting: str, limit: int) -> None:
        super().__init__(f"{setting}={limit}")
        self.setting, self.limit = setting, limit


@dataclass(slots=True, eq=False)
class Place:
    """A place for one task. `held` says that its event waits in the store to be released."""

    user_id: str
    held: bool
    settled: bool = False


@dataclass(slots=True)
class _Since:
    """The tasks that were admitted and may be missing from the count."""

    places: set[Place] = field(default_factory=set)
    users: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def add(self, place: Place) -> None:
        self.places.add(place)
        self.users[place.user_id] += 1
        self.held[place.user_id] += place.held

    def remove(self, place: Place) -> None:
        if place in self.places:
            self.places.remove(place)
            self.users[place.user_id] -= 1
            self.held[place.user_id] -= place.held


class Admission:
    """Keeps the three limits: a user's tasks, all tasks, and a user's requests on their way to a writer."""

    def __init__(self, outbox: Outbox, *, user_tasks_max: int, tasks_max: int, user_in_flight_max: int) -> None:
        """Count in this outbox. All three limits are of tasks."""
        self._outbox = outbox
        self._user_tasks_max, self._tasks_max, self._window = user_tasks_max, tasks_max, user_in_flight_max
        self._counted: Mapping[str, Load] | None = None
        self._total = 0
        self._since = _Since()
        self._twice: set[Place] = set()
        self._begun = self._known = 0

    async def count(self) -> None:
        """Count anew. Raises StoreUnavailable, and what was known stays.

        What had settled before is surely in the count; what had not may be counted twice until the next, never
        missed. Of two counts at once the one that began later holds.
        """
        self._begun += 1
        number, settled = self._begun, [place for place in self._since.places if place.settled]
        counted = await self._outbox.loads()
        if number < self._known:
            return
        self._known, self._counted = number, counted
        self._total = sum(load.total for load in counted.values())
        for place in settled:
            self._since.remove(place)
        self._twice = set(self._since.places)

    async def admit(self, user_id: str) -> Place:
        """Give a place, to be settled once the task is kept. Raises LimitReachedError, StoreUnavailable.

        Before it refuses for what may be counted twice, it counts once more. Whoever floods a full house causes
        no reading.
        """
        if self._counted is None:
            await self.count()
        try:
            return self._place(user_id)
        except LimitReachedError:
            if self._twice.isdisjoint(self._since.places):
                raise
        await self.count()
        return self._place(user_id)

    def _place(self, user_id: str) -> Place:
        load = self._load(user_id)
        if load.total + self._since.users[user_id] >= self._user_tasks_max:
            raise LimitReachedError("PATHSHALA_USER_TASKS_MAX", self._user_tasks_max)
        if self._total + len(self._since.places) >= self._tasks_max:
            raise LimitReachedError("PATHSHALA_TASKS_MAX", self._tasks_max)
        held = self._since.held[user_id]
        queued = load.queued + self._since.users[user_id] - held
        place = Place(user_id, held=load.held + held > 0 or queued >= self._window)
        self._since.add(place)
        return place

    def settle(self, place: Place) -> None:
        """Its task is in the store: the next count will have it."""
        place.settled = True

    def give_back(self, place: Place) -> None:
        """Its task was not kept, as far as is known."""
        self._since.remove(place)

    @property
    def holds(self) -> bool:
        """Whether anybody's requests are held, as far as is known."""
        return any(place.held for place in self._since.places) or any(
            one.held for one in (self._counted or {}).values()
        )

    def releasable(self, users_max: int) -> list[tuple[str, int]]:
        """Which users' held requests may go on their way, and how many; those with the most room first."""
        room = [(user_id, self._room(user_id, load)) for user_id, load in (self._counted or {}).items() if load.held]
        return sorted(((user_id, count) for user_id, count in room if count > 0), key=lambda one: -one[1])[:users_max]

    def _room(self, user_id: str, load: Load) -> int:
        sent = self._since.users[user_id] - self._since.held[user_id]
        return min(load.held, self._window - load.queued - sent)

    def _load(self, user_id: str) -> Load:
        return (self._counted or {}).get(user_id, NOBODY)
