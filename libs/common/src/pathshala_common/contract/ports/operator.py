"""The ports of an operator: dead letters, sending again, and reading what is kept without the right to write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from pathshala_common.contract.lesson import LessonMark
from pathshala_common.contract.ports.broker import Message, Publisher
from pathshala_common.contract.ports.store import Logged, Unreadable
from pathshala_common.contract.services import Service


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that a service could not handle. `moved` is the broker's reason, if the broker itself moved it."""

    service: Service
    message: Message
    moved: str | None = None


class Verdict(Enum):
    """The verdict on a dead letter that was looked at. ENOUGH leaves it, and looks no further in this queue."""

    LEAVE = auto()
    REDRIVE = auto()
    DROP = auto()
    ENOUGH = auto()


Judge = Callable[[DeadLetter], Verdict]


class DeadLetters(Protocol):
    """The dead-letter queues of all services, for an operator."""

    async def walk(self, services: Sequence[Service], judge: Judge) -> int:
        """Show the dead letters of these services to `judge`, the oldest of each first, and do as it says of each.

        REDRIVE sends the message to its service's queue as a first attempt, and takes it off the dead-letter queue
        once that is safe. What is left goes back unharmed and in order. Returns how many were too many to be looked
        at. Raises BrokerUnavailable; what was done until then stays done.
        """

    async def counts(self) -> Mapping[Service, int]:
        """Count the dead letters of each service. Raises BrokerUnavailable."""


class Sender(Publisher, Protocol):
    """Publishes for an operator. It declares nothing, so it can send only where a house has run."""

    async def open(self) -> None:
        """Connect. Raises BrokerUnavailable."""

    async def close(self) -> None:
        """Disconnect."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The same as it is kept, for a pass over more than is to be decoded; `unpack` makes the event's bytes of that."""

    position: int
    type: str
    kept: bytes = field(repr=False)
    unpack: Callable[[bytes], bytes] = field(default=bytes, repr=False, compare=False)

    @property
    def raw(self) -> bytes:
        """The event's bytes, made anew each time."""
        return self.unpack(self.kept)


@dataclass(frozen=True, slots=True)
class Extent:
    """A page of the log: events told of at `since` or later and before `until`, of these types (all if none is named).

    They come in the order of (time, task, position), after the one that `after` names. Times are compared by their
    whole milliseconds. Of `calling`, given with the types of orders, those that name no webhook may be left out.
    """

    limit: int
    since: datetime | None = None
    until: datetime | None = None
    types: frozenset[str] = frozenset()
    after: tuple[datetime, str, int] | None = None
    calling: bool = False


class Log(Protocol):
    """The log of events, to be read and never written: needs no more than read access, and creates nothing.

    Every method raises StoreUnavailable if the log does not answer.
    """

    async def open(self) -> None:
        """Connect. Raises SettingsError if there is no log there."""

    async def close(self) -> None:
        """Disconnect."""

    async def task(self, task_id: str) -> Sequence[Logged | Unreadable]:
        """One task's events, in the order of its log; none if there is no such task."""

    async def page(self, extent: Extent) -> Sequence[Logged | Unreadable]:
        """A page of the log by time."""

    async def tasks(self, *, after: str, limit: int) -> Mapping[str, Sequence[Entry]]:
        """The whole logs of the next tasks in the order of their ids, at most `limit`; none if there are no more."""


@dataclass(frozen=True, slots=True)
class StoredFold:
    """The stored fold of one task's log, or of one class set's.

    `document` is its document in JSON, folded up to `position`; `lesson` the place in its edition and lesson that
    an event of its log is marked to have.
    """

    document: str | None = None
    position: int = 0
    lesson: LessonMark | None = None


class Projections(Protocol):
    """The stored folds, to be read and never written: read access suffices.

    Every method raises StoreUnavailable if the store does not answer.
    """

    async def open(self) -> None:
        """Connect. Raises SettingsError if there is no store there."""

    async def close(self) -> None:
        """Disconnect."""

    async def task(self, task_id: str) -> StoredFold:
        """The stored fold of one task."""

    async def tasks(self, *, after: str, until: str | None) -> Mapping[str, StoredFold]:
        """The stored folds of the tasks whose ids are greater than `after`, and not greater than `until`, if given."""
