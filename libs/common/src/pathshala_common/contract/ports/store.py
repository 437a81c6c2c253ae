"""The port of a store: tasks with their outbox, the log of events, lessons. Each protocol is what one reader needs.

Every method raises StoreUnavailable if it cannot be sure.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.lesson import (
    EditionKey,
    LanguageTag,
    Lesson,
    LessonKey,
    LessonRequest,
    Level,
    NumberedTask,
    Status,
    Task,
)
from pathshala_common.contract.ports.access_keys import AccessKeys, Secrets
from pathshala_common.contract.ports.articles import Articles
from pathshala_common.contract.ports.claims import Claims
from pathshala_common.contract.ports.class_sets import ClassSets, Spending
from pathshala_common.contract.ports.notices import Notices
from pathshala_common.contract.summary import TaskSummary


@dataclass(frozen=True, slots=True)
class Stream:
    """The state of one task: its document, and the events logged since that document was written.

    `position` is the last that was given in its log, whether the event there was cut or not. `repeats` are those of
    the asked-for ids that the log has already. With a `fault` there is neither document nor tail: this version cannot
    read one of them, for this reason.
    """

    task: Task | None
    tail: Sequence[Envelope]
    position: int
    repeats: frozenset[str]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One task's step: events to log after `position`, and the task document that results, if there is one.

    `lesson` is the revision that a LessonStored among the events, or in the tail before them, stands for. A `fault`
    says why nothing is folded: the document, if there is one, stays as it is and tells the reason. `changed` is the
    position of the last event that changed what is shown of the task; None if none of them did. `class_set` is the
    document that results if the events are a class set's. `request` is what the task asks for, if that is known,
    though the task itself be forgotten.
    """

    task_id: str
    position: int
    envelopes: Sequence[Envelope]
    task: Task | None
    lesson: Lesson | None = None
    fault: str | None = None
    changed: int | None = None
    class_set: ClassSet | None = None
    request: LessonRequest | None = None


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


Chain = LessonKey | EditionKey
"""A chain of stored lessons without a gap: an edition's, numbered by revisions, or a lesson's, by serials."""


@dataclass(frozen=True, slots=True)
class EditionHead:
    """The newest of an edition: its revision, its serial in the lesson, and how many revisions the edition has."""

    edition: EditionKey
    revision: int
    serial: int
    versions: int


@dataclass(frozen=True, slots=True)
class EditionSearch:
    """Which editions to list: those that match, newest first, after the cursor.

    `words` must all stand in subject, topic or title of the newest revision; case and accents do not count. `after` is
    the time and task of the newest revision of the last edition already seen.
    """

    limit: int
    words: str = ""
    language: LanguageTag | None = None
    level: Level | None = None
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class ListedEdition:
    """An edition in a list: its newest revision, and how many it has."""

    newest: Lesson
    versions: int


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A lesson, and what names the bytes that keep it: the id of its event in the log, and their SHA-256 in hex."""

    lesson: Lesson
    event_id: str
    sha256: str


def stored_lesson(envelope: Envelope) -> StoredLesson | None:
    """Give the lesson that an event stored; None if it stored none."""
    event = envelope.event
    if not isinstance(event, LessonStored):
        return None
    return StoredLesson(event.lesson, envelope.id, hashlib.sha256(envelope.raw).hexdigest())


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

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Where it stands in the log by time."""
        return self.envelope.time, self.envelope.task_id, self.position


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that this version cannot read, at its place in the log of its task, and why.

    Time and type are those of its head; the earliest moment and nothing if that cannot be read either.
    """

    position: int
    task_id: str
    time: datetime
    type: str
    raw: bytes = field(repr=False)
    reason: str

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Where it stands in the log by time."""
        return self.time, self.task_id, self.position


def legible(log: Iterable[Logged | Unreadable]) -> list[Logged]:
    """Leave out of a log what cannot be read."""
    return [one for one in log if isinstance(one, Logged)]


class Lifecycle(Protocol):
    """The life of every store: it is opened, tells its fault, and is closed."""

    async def open(self) -> None:
        """Connect and prepare tables or indexes."""

    async def close(self) -> None:
        """Finish what is under way and disconnect."""

    async def fault(self) -> str | None:
        """Why it is of no use now; None if it is well."""


class Outbox(Protocol):
    """New tasks with their first events, which wait there until they are logged."""

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        """Keep a new task with its first event as the outbox, in one write, and return `task` itself.

        If a task has its id already, nothing is written, and that one is returned as it is kept.
        The event falls due for `claim_outbox` at `send_by`, unless it is logged before. Without a `send_by` it is
        held: it never falls due until `release` gives it a time.
        """

    async def claim_outbox(self, now: datetime, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Take events due at `now` that are not logged yet; nobody else is given them before `until`.

        Those of a task that is older than that are put off for as long again as it is old.
        """

    async def release(self, user_id: str, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Hold a user's oldest held events no longer, and give them, each to one caller; they fall due at `until`."""

    async def loads(self) -> Mapping[str, Load]:
        """The load of every user who has unfinished tasks. One that moves meanwhile may be counted where it was."""


class Tasks(Protocol):
    """Tasks, as they are shown. A list reads no documents."""

    async def task(self, task_id: str) -> Task | None:
        """One task. Raises UnreadableError if this version cannot read its document."""

    async def tasks_by_id(self, task_ids: Collection[str]) -> Mapping[str, Task]:
        """Those of these tasks that are kept, in one read. Raises UnreadableError if one of them cannot be read."""

    async def numbered(self, task_ids: Collection[str]) -> Mapping[str, NumberedTask]:
        """The same with the numbers of their last changes, in one read, too."""

    async def tasks(self, page: Page) -> Sequence[TaskSummary]:
        """A page of tasks, newest first."""

    async def status_counts(self, finished_since: datetime, user_id: str | None = None) -> Mapping[Status, int]:
        """Count the tasks in each status, by the rule of Page. A count of very many may be a minute old."""


class TaskUpkeep(Protocol):
    """Tasks that are to be ended, driven on, or forgotten."""

    async def overdue(
        self, now: datetime, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[TaskSummary]:
        """Unfinished tasks whose deadline has passed, by deadline and id, those after this one."""

    async def unfinished(self, *, limit: int, after: str = "") -> Sequence[TaskSummary]:
        """Unfinished tasks with an id greater than `after`, by id."""

    async def keep_counts(self, finished_since: datetime) -> None:
        """Count for `status_counts` what takes long to count. Called once a minute."""

    async def delete_finished(self, before: datetime, *, limit: int) -> int:
        """Forget tasks that finished before; their lessons and events stay. Returns how many."""


class Streams(Protocol):
    """The log as it is written: what is known of a task, and the step that follows from it."""

    async def streams(self, envelopes: Sequence[Envelope]) -> Mapping[str, Stream]:
        """The stream of every task that these events are about, by task id."""

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        """Apply each change wholly, or not at all if its task has moved on or its revision is not the next one.

        Returns for each whether it was applied; after False, read the stream again and decide anew. An edition's
        revisions are dense, and a lesson's serials: r goes in only if the greatest is r - 1, whoever dies or appends
        meanwhile. A crash
        within may leave events logged and their document behind: the next `streams` shows them in the tail. So may a
        refusal, of events that end nothing. If a log was cut since it was read, those alone may still be logged, in
        places that the cut freed before its end, where they change nothing.
        """

    async def latest_revisions(self, keys: Sequence[Chain]) -> Mapping[Chain, int]:
        """The greatest revision of each edition, and serial of each lesson, that has one."""


class EventLog(Protocol):
    """The log as it is read, one task at a time."""

    async def events(self, task_id: str) -> Sequence[Envelope]:
        """All events of one task that the log still has and this version can read, in its order."""

    async def logged(self, task_id: str, *, after: int, limit: int) -> Sequence[Logged | Unreadable]:
        """Events of one task with their positions, those beyond `after`, in the order of the log."""


LOG_PAGE = 500
"""Events of a task that are read at once."""


async def legible_log(store: EventLog, task_id: str) -> list[Logged]:
    """Read the whole log of a task page by page, but for what cannot be read. Raises StoreUnavailable."""
    log: list[Logged] = []
    after = 0
    while page := await store.logged(task_id, after=after, limit=LOG_PAGE):
        log += legible(page)
        after = page[-1].position
    return log


class LogRetention(Protocol):
    """The retention of the log."""

    async def event_count(self) -> int:
        """The number of logged events. It is kept, not counted, so it may be a moment old."""

    async def complete_log(self, *, limit: int) -> int:
        """Give events that an older version logged the fields that the log is searched by. Returns how many."""

    async def cut_recordings(self, before: datetime, *, limit: int) -> int:
        """Forget recordings (ProviderAnswered), at most `limit`, the oldest first. Returns how many.

        They must be of tasks of which the last event was told before, and which are not unfinished, nor class sets that
        are kept.
        """

    async def cut_logs(self, before: datetime, *, limit: int) -> int:
        """Forget the events of such tasks, at most `limit` tasks, but for final events. Returns how many events.

        A final event stays, so that the lesson does, the log does not begin anew, and what comes late changes nothing.
        """


class Lessons(Protocol):
    """The lessons that the log has."""

    async def lesson(self, key: Chain, number: int | None = None) -> Lesson | None:
        """One of a chain; the newest if none is named. Raises UnreadableError if it cannot be read."""

    async def stored(self, key: Chain, number: int | None = None) -> StoredLesson | None:
        """The same with what names its event. Raises UnreadableError if it cannot be read."""

    async def revisions(self, key: Chain, *, limit: int, below: int | None = None) -> Sequence[Lesson]:
        """Those of a chain that can be read, newest first; only those numbered less than `below`, if given."""


class Editions(Protocol):
    """The editions that lessons have."""

    async def editions_of(self, key: LessonKey) -> Sequence[EditionHead]:
        """The editions of one lesson, the one that was stored last first."""

    async def editions(self, search: EditionSearch) -> Sequence[ListedEdition]:
        """A page of editions, newest first, of those whose newest revision can be read."""


class Store(
    Lifecycle,
    Outbox,
    Tasks,
    TaskUpkeep,
    Streams,
    EventLog,
    LogRetention,
    Claims,
    Lessons,
    Editions,
    Articles,
    Notices,
    AccessKeys,
    Secrets,
    ClassSets,
    Spending,
    Protocol,
):
    """All of it, as an adapter implements it and a composition hands it out."""
