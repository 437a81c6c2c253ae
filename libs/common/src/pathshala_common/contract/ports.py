"""The ports: what the house asks of a broker, a store and a clock. Adapters are twins behind them.

A handler takes an event and yields events. It knows no acknowledgement, no broker and no retry.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any, Protocol

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import Event
from pathshala_common.contract.lesson import Lesson, LessonKey, Status, Task
from pathshala_common.contract.topology import Service

HeaderValue = str | int | None

# ---------------------------------------------------------------- handlers


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may know beside the event: the envelope as it travelled, and which attempt this is."""

    envelope: Envelope
    attempt: int
    attempts_max: int


# Any: a table's rows each take their own event, which no mapping type can say.
Handler = Callable[[Any, Context], AsyncGenerator[Event | Envelope, None]]
"""Yields what happened, as it happens. An event already wrapped (because it was logged) travels in those bytes.

Raises Retry or Reject; anything else is a fault of ours and is retried in bounds.
"""
Handlers = Mapping[type[Event], Handler]


# ---------------------------------------------------------------- broker


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes with an address. `exchange` "" is the default one: the routing key names a queue."""

    body: bytes = field(repr=False)
    exchange: str
    routing_key: str
    message_id: str
    type: str = ""
    correlation_id: str = ""
    headers: Mapping[str, HeaderValue] = field(default_factory=dict)


class Delivery(Protocol):
    """One message in the consumer's hands until it is acknowledged or given back."""

    @property
    def message(self) -> Message:
        """What was published; after a wait elsewhere, addressed to this queue by its name."""

    @property
    def returns(self) -> int:
        """How often it was delivered before and came back unacknowledged (a consumer died, say)."""

    async def ack(self) -> None:
        """Done with it: the broker forgets it. Raises BrokerUnavailable if it cannot be told."""

    async def requeue(self) -> None:
        """Give it back, to be delivered again soon."""


class Subscription(Protocol):
    """A running consumer of one queue."""

    async def cancel(self) -> None:
        """Take no more deliveries; those in hand stay valid."""


OnDelivery = Callable[[Delivery], Awaitable[None]]


class Publisher(Protocol):
    """Sends messages so that they survive what they are promised to survive."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once the broker has all of them safe. Raises BrokerUnavailable if that is not known of some."""


class Subscriber(Protocol):
    """Delivers what lies in a queue."""

    async def consume(self, queue: str, *, prefetch: int, on_delivery: OnDelivery) -> Subscription:
        """Call `on_delivery`, each call in a task of its own, with at most `prefetch` deliveries in hand."""


class Broker(Publisher, Subscriber, Protocol):
    """A broker connection, for a topology that it declares and keeps declared."""

    durable: bool
    """Whether messages outlive this process."""

    async def start(self) -> None:
        """Begin to connect. Returns at once if the broker is down, and goes on trying."""

    async def fault(self) -> str | None:
        """Why it is of no use now; None if it is well."""

    def left_in_hand(self) -> frozenset[str]:
        """Tasks of which the process before had a message in hand when it died; none if the broker counts by itself."""

    async def waiting(self) -> int:
        """How many messages lie ready in the queues of services. Raises BrokerUnavailable if it cannot be known."""

    async def close(self) -> None:
        """Give back what is held and disconnect."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that a service could not handle. `moved` is the broker's reason, if the broker itself moved it."""

    service: Service
    message: Message
    moved: str | None = None


class Verdict(Enum):
    """What becomes of a dead letter that was looked at. ENOUGH leaves it, and looks no further in this queue."""

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


class Sender(Publisher, Protocol):
    """Publishes for an operator. It declares nothing, so it can send only where a house has run."""

    async def open(self) -> None:
        """Connect. Raises BrokerUnavailable."""

    async def close(self) -> None:
        """Disconnect."""


# ---------------------------------------------------------------- store


@dataclass(frozen=True, slots=True)
class Stream:
    """What is known of one task: its document, and the events logged since that document was written.

    `position` is the last that was given in its log, whether the event there was cut or not. `repeats` are those of
    the asked-for ids that the log has already.
    """

    task: Task | None
    tail: Sequence[Envelope]
    position: int
    repeats: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One task's step: events to log after `position`, and the task document that results, if there is one.

    `lesson` is the revision that a LessonStored among the events, or in the tail before them, stands for.
    """

    task_id: str
    position: int
    envelopes: Sequence[Envelope]
    task: Task | None
    lesson: Lesson | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Which tasks to list: those that match, newest first, after the cursor.

    Finished ones count only if they finished at or after `finished_since`. `after` is the creation time and id
    of the last task already seen.
    """

    finished_since: datetime
    limit: int
    status: Status | None = None
    user_id: str | None = None
    lesson_key: LessonKey | None = None
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """One user's unfinished tasks: held back in the store, on their way to a writer, and in a writer's hands."""

    held: int = 0
    queued: int = 0
    taken: int = 0

    @property
    def total(self) -> int:
        """All that are unfinished."""
        return self.held + self.queued + self.taken


@dataclass(frozen=True, slots=True)
class Logged:
    """An event and its place, counted from 1, in the log of its task."""

    position: int
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Entry:
    """The same with the bytes as they are logged, for a pass over more than is to be decoded."""

    position: int
    type: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Extent:
    """A page of the log: events told of at `since` or later and before `until`, of these types (all if none is named).

    They come in the order of (time, task, position), after the one that `after` names. Times are compared by their
    whole milliseconds.
    """

    limit: int
    since: datetime | None = None
    until: datetime | None = None
    types: frozenset[str] = frozenset()
    after: tuple[datetime, str, int] | None = None


class Store(Protocol):
    """Tasks, lessons, and the log of events. Every method raises StoreUnavailable if it cannot be sure."""

    async def open(self) -> None:
        """Connect and prepare tables or indexes."""

    async def close(self) -> None:
        """Finish what is under way and disconnect."""

    async def fault(self) -> str | None:
        """Why it is of no use now; None if it is well."""

    # tasks and their outbox

    async def create(
        self, task: Task, requested: Envelope, *, send_by: datetime | None, key: str | None = None
    ) -> Task:
        """Keep a new task with its first event as the outbox, in one write.

        `key` is an idempotency key: if a task has it already, nothing is written and that task is returned.
        The event falls due for `claim_outbox` at `send_by`, unless it is logged before. Without a `send_by` it is
        held: it never falls due until `release` gives it a time.
        """

    async def claim_outbox(self, now: datetime, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Take events due at `now` that are not logged yet; nobody else is given them before `until`."""

    async def release(self, user_id: str, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Hold a user's oldest held events no longer, and give them, each to one caller; they fall due at `until`."""

    async def loads(self) -> Mapping[str, Load]:
        """The load of every user who has unfinished tasks. One that moves meanwhile may be counted where it was."""

    async def task(self, task_id: str) -> Task | None:
        """One task."""

    async def task_of_key(self, key: str) -> Task | None:
        """The task that an idempotency key made."""

    async def tasks(self, page: Page) -> Sequence[Task]:
        """A page of tasks, newest first."""

    async def status_counts(self, finished_since: datetime) -> Mapping[Status, int]:
        """How many tasks there are in each status, by the rule of Page."""

    async def overdue(self, now: datetime, *, limit: int) -> Sequence[Task]:
        """Unfinished tasks whose deadline has passed."""

    async def unfinished(self, *, limit: int, after: str = "") -> Sequence[Task]:
        """Unfinished tasks with an id greater than `after`, by id."""

    async def delete_finished(self, before: datetime, *, limit: int) -> int:
        """Forget tasks that finished before; their lessons and events stay. Returns how many."""

    # the log, and what is folded from it

    async def streams(self, envelopes: Sequence[Envelope]) -> Mapping[str, Stream]:
        """The stream of every task that these events are about, by task id."""

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        """Apply each change wholly, or not at all if its task has moved on or its revision is taken.

        Returns for each whether it was applied; after False, read the stream again and decide anew. A crash
        within may leave events logged and their document behind: the next `streams` shows them in the tail.
        """

    async def events(self, task_id: str) -> Sequence[Envelope]:
        """All events of one task that the log still has, in its order."""

    async def logged(self, task_id: str, *, after: int, limit: int) -> Sequence[Logged]:
        """Events of one task with their positions, those beyond `after`, in the order of the log."""

    # how long the log is kept

    async def event_count(self) -> int:
        """How many events are logged: kept and not counted, so it may be a moment old."""

    async def complete_log(self, *, limit: int) -> int:
        """Give events that an older version logged the fields that the log is searched by. Returns how many."""

    async def cut_recordings(self, before: datetime, *, limit: int) -> int:
        """Forget recordings (ProviderAnswered), at most `limit`, the oldest first. Returns how many.

        They must be of tasks of which the last event was told before, and which are not unfinished.
        """

    async def cut_logs(self, before: datetime, *, limit: int) -> int:
        """Forget the events of such tasks, at most `limit` tasks, but for final events. Returns how many events.

        A final event stays, so that the lesson does, the log does not begin anew, and what comes late changes nothing.
        """

    # lessons

    async def latest_revisions(self, keys: Sequence[LessonKey]) -> Mapping[LessonKey, int]:
        """The greatest revision of each lesson that has one."""

    async def lesson(self, key: LessonKey, revision: int | None = None) -> Lesson | None:
        """One revision of a lesson; the newest if none is named."""

    async def revisions(self, key: LessonKey, *, limit: int, below: int | None = None) -> Sequence[Lesson]:
        """Revisions of a lesson, newest first; only those less than `below`, if given."""


class Log(Protocol):
    """The log of events, to be read and never written: needs no more than read access, and creates nothing.

    Every method raises StoreUnavailable if the log does not answer.
    """

    async def open(self) -> None:
        """Connect. Raises SettingsError if there is no log there."""

    async def close(self) -> None:
        """Disconnect."""

    async def task(self, task_id: str) -> Sequence[Logged]:
        """One task's events, in the order of its log; none if there is no such task."""

    async def page(self, extent: Extent) -> Sequence[Logged]:
        """A page of the log by time."""

    async def tasks(self, *, after: str, limit: int) -> Mapping[str, Sequence[Entry]]:
        """The whole logs of the next tasks in the order of their ids, at most `limit`; none if there are no more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of the fold of one task's log.

    `document` is its task document in JSON, folded up to `position`; `lesson` the revision that an event of its log
    is marked to be.
    """

    document: str | None = None
    position: int = 0
    lesson: tuple[LessonKey, int] | None = None


class Projections(Protocol):
    """What is kept of the log's fold, to be read and never written: needs no more than read access.

    Every method raises StoreUnavailable if the store does not answer.
    """

    async def open(self) -> None:
        """Connect. Raises SettingsError if there is no store there."""

    async def close(self) -> None:
        """Disconnect."""

    async def task(self, task_id: str) -> Kept:
        """What is kept of one task."""

    async def tasks(self, *, after: str, until: str | None) -> Mapping[str, Kept]:
        """What is kept of the tasks whose ids are greater than `after`, and not greater than `until`, if given."""


# ---------------------------------------------------------------- time


class Clock(Protocol):
    """Tells the time and waits, so that tests can hold it."""

    def now(self) -> datetime:
        """The time, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
