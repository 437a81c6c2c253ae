"""Places for unfinished tasks: who may have another, and whose next one must wait. Pure: it counts, and asks nobody.

What is known is the store's count at one moment, and what was given since. So giving reads nothing, and no limit is
ever exceeded by what one replica gives; another replica's tasks are known from the next count on.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pathshala_common.contract.errors import LimitReachedError
from pathshala_common.contract.ports.store import Load

NOBODY = Load()


@dataclass(slots=True, eq=False)
class Place:
    """A place for one task. `held` says that its event waits in the store to be released."""

    user_id: str
    held: bool
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Counting:
    """A count that has begun: what had settled before it is surely in it."""

    number: int
    settled: frozenset[Place]


class Places:
    """Keeps the three limits: a user's tasks, all tasks, and a user's requests on their way to a writer."""

    def __init__(self, *, user_tasks_max: int, tasks_max: int, user_in_flight_max: int) -> None:
        """Give nothing before the first count."""
        self._user_tasks_max, self._tasks_max, self._window = user_tasks_max, tasks_max, user_in_flight_max
        self._counted: Mapping[str, Load] = {}
        self._sum = NOBODY
        self._since: set[Place] = set()
        self._users, self._held = Counter[str](), Counter[str]()
        self._twice: set[Place] = set()
        self._begun = self._known = 0

    @property
    def known(self) -> bool:
        """Whether anything was counted yet."""
        return self._known > 0

    @property
    def load(self) -> Load:
        """All that are unfinished, as far as is known: as counted, and what was given since."""
        return Load(self._sum.held, self._sum.queued + len(self._since), self._sum.taken)

    def begin_count(self) -> Counting:
        """Begin to count anew."""
        self._begun += 1
        return Counting(self._begun, frozenset(place for place in self._since if place.settled))

    def end_count(self, counting: Counting, loads: Mapping[str, Load]) -> None:
        """Take what was counted. What had not settled before may be counted twice until the next, never missed.

        Of two counts at once the one that began later holds.
        """
        if counting.number < self._known:
            return
        self._known, self._counted = counting.number, loads
        self._sum = Load(
            sum(load.held for load in loads.values()),
            sum(load.queued for load in loads.values()),
            sum(load.taken for load in loads.values()),
        )
        for place in counting.settled:
            self.give_back(place)
        self._twice = set(self._since)

    @property
    def exact(self) -> bool:
        """Whether nothing that was given may be counted twice."""
        return self._twice.isdisjoint(self._since)

    def take(self, user_id: str) -> Place:
        """Give a place, to be settled once the task is kept. Raises LimitReachedError."""
        load = self._counted.get(user_id, NOBODY)
        if load.total + self._users[user_id] >= self._user_tasks_max:
            raise LimitReachedError("PATHSHALA_USER_TASKS_MAX", self._user_tasks_max)
        if self.load.total >= self._tasks_max:
            raise LimitReachedError("PATHSHALA_TASKS_MAX", self._tasks_max)
        held = self._held[user_id]
        queued = load.queued + self._users[user_id] - held
        place = Place(user_id, held=load.held + held > 0 or queued >= self._window)
        self._since.add(place)
        self._users[user_id] += 1
        if place.held:
            self._held[user_id] += 1
        return place

    def settle(self, place: Place) -> None:
        """Its task is in the store: the next count will have it."""
        place.settled = True

    def give_back(self, place: Place) -> None:
        """Its task was not kept, as far as is known; or it is counted. Who has no place left is forgotten."""
        if place not in self._since:
            return
        self._since.remove(place)
        self._twice.discard(place)
        _one_less(self._users, place.user_id)
        if place.held:
            _one_less(self._held, place.user_id)

    @property
    def users(self) -> frozenset[str]:
        """All of whom anything is remembered besides the count."""
        return frozenset(self._users) | frozenset(self._held)

    @property
    def holds(self) -> bool:
        """Whether anybody's requests are held, as far as is known."""
        return bool(self._held) or any(load.held for load in self._counted.values())

    def releasable(self, users_max: int) -> list[tuple[str, int]]:
        """Which users' held requests may go on their way, and how many; those with the most room first."""
        room = [(user_id, self._room(user_id, load)) for user_id, load in self._counted.items() if load.held]
        return sorted(((user_id, count) for user_id, count in room if count > 0), key=lambda one: -one[1])[:users_max]

    def _room(self, user_id: str, load: Load) -> int:
        sent = self._users[user_id] - self._held[user_id]
        return min(load.held, self._window - load.queued - sent)


def _one_less(counts: Counter[str], user_id: str) -> None:
    counts[user_id] -= 1
    if not counts[user_id]:
        del counts[user_id]
