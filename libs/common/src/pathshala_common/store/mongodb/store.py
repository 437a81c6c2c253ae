"""The store in MongoDB, shared by any number of processes. Needs no replica set: there is no transaction.

Why single writes are enough. An append (1) logs its events one after the other, and then (2) brings the task document
up to them. The log decides everything, by unique indexes: of two writers who saw the same end of a log, one gets the
next position; of two who give one serial, one gets it; a task marks one event as its lesson. A lesson has no
document of its own, so whoever logs it has stored it.

- Dies or loses before the first event: nothing happened.
- Dies or loses between two events (the second one's revision was taken): the log has the first. The next `streams`
  shows it in the tail and in `repeats`, and whoever reads that decides anew from there.
- Gives a serial and a revision: only where the ones before are logged, and these stay; those of one lesson in one
  append go in one after the other, up to the first that is refused. So neither chain has a gap. One unique index is
  enough for both, that of serials: who gets a serial has seen all that the lesson has, of every edition.
- An older version, which knows no editions, gives revisions by that same index, as serials. What it stores is marked
  later with its edition, and before anything is stored behind it.
- Dies before (2): the document lags behind the log. `streams` shows the difference as the tail, and any later append,
  one without events too, brings the document up.
- Two do (2) at once, or one wakes late: a document is a fold of the log up to its position, and is only ever replaced
  by one that is folded at least as far.
- The outbox is dropped in (2). Until then `claim_outbox` and `release` look into the log itself, and drop what
  is there.

Positions have no gaps, because a writer counts from an end that it has read, until a finished task's log is cut. Its
final event is not; so what comes later still finds an end to count from, and a task that is over. Whoever saw the log
before the cut, and writes only after it, may be given a place before that end, but not for a final event: before one
goes in, it is asked how far log and document have come, while the events before it are written.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bson.raw_bson import RawBSONDocument

from pathshala_common.contract.access_key import AccessKey
from pathshala_common.contract.class_set import ClassSet, SetHead
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.lesson import Lesson, LessonKey, NumberedTask, Status, Task
from pathshala_common.contract.ports.articles import KeptArticle
from pathshala_common.contract.ports.claims import Claim, Standing
from pathshala_common.contract.ports.class_sets import NumberedSet, Outcome, Spent
from pathshala_common.contract.ports.notices import Notice
from pathshala_common.contract.ports.store import (
    Chain,
    Change,
    EditionHead,
    EditionSearch,
    ListedEdition,
    Load,
    Logged,
    Page,
    StoredLesson,
    Stream,
    Unreadable,
)
from pathshala_common.contract.summary import TaskSummary
from pathshala_common.logs import get_logger
from pathshala_common.store.mongodb import (
    access_keys,
    articles,
    claims,
    class_sets,
    event_log,
    lessons,
    notices,
    outbox,
    retention,
    spending,
)
from pathshala_common.store.mongodb import tasks as documents
from pathshala_common.store.mongodb.connection import TIMEOUT_SECONDS, MongoLink
from pathshala_common.store.mongodb.migration import missing
from pathshala_common.store.mongodb.one_turn import OneTurn
from pathshala_common.store.mongodb.schema import BY_DEADLINE, BY_ID, NEWEST, NOT_YET, Collection, Keys
from pathshala_common.store.records import (
    RECORDING,
    REVISION_MAX,
    Record,
    entry,
    ids_by_task,
    key_text,
    listing_begin,
    milliseconds,
    number_in,
    read_heads,
    read_lessons,
    read_listed,
    read_numbered,
    read_set,
    read_sets,
    read_stored,
    read_task,
    readable,
)
from pathshala_common.store.terms import terms_wanted

log = get_logger()

CREATED_MAX = 100
"""Tasks that are created in one write at the most."""

REMEDY = "run `pathshala migrate`"


class MongoStore:
    """Implements Store. What it has answered is journaled by a majority of the servers.

    open() succeeds while the server is down. Indexes are made by `migrate` alone; until they are there, every method
    says StoreUnavailable. Each operation gives up after `timeout_seconds`, unless the URL names another time.
    """

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._link = MongoLink(url, timeout_seconds=timeout_seconds)
        self._ready = False
        self._create = OneTurn(self._create_all, size_max=CREATED_MAX)

    async def open(self) -> None:
        """Connect, or log that this has to wait. Raises SettingsError for a wrong URL."""
        self._link.open()
        fault = await self.fault()
        if fault is not None:
            log.warning("the store is of no use yet", reason=fault)

    async def close(self) -> None:
        """Disconnect."""
        self._ready = False
        await self._link.close()

    async def fault(self) -> str | None:
        """Ask the server."""
        try:
            async with self._collections() as (tasks, _):
                await tasks.database.command("ping")
        except StoreUnavailable as error:
            return str(error)
        return None

    # the outbox

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        """Keep a new task with its outbox; a task that has its id already is returned instead."""
        created = await self._create(outbox.encoded(outbox.record(task, requested, send_by)))
        if created.is_new:
            return task
        if created.document is None:
            raise StoreUnavailable("MongoDB: a task with this id was forgotten this moment")
        return read_task(created.document)

    async def claim_outbox(self, now: datetime, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Take due events."""
        async with self._collections() as (tasks, events):
            raws = await outbox.claim(tasks, events, milliseconds(now), milliseconds(until), limit)
        return readable(raws)

    async def release(self, user_id: str, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Take a user's oldest held events."""
        async with self._collections() as (tasks, events):
            raws = await outbox.release(tasks, events, user_id, milliseconds(until), limit)
        return readable(raws)

    async def loads(self) -> Mapping[str, Load]:
        """The loads, counted in one index."""
        async with self._collections() as (tasks, _):
            return await outbox.loads(tasks)

    # tasks

    async def task(self, task_id: str) -> Task | None:
        """One task."""
        return (await self.tasks_by_id([task_id])).get(task_id)

    async def tasks_by_id(self, task_ids: Iterable[str]) -> Mapping[str, Task]:
        """Some tasks, by one query."""
        return {task_id: kept.task for task_id, kept in (await self.numbered(task_ids)).items()}

    async def numbered(self, task_ids: Iterable[str]) -> Mapping[str, NumberedTask]:
        """Some tasks, by one query too."""
        async with self._collections() as (tasks, _):
            found = await documents.select(tasks, task_ids)
        return {kept[0]: read_numbered(*kept[1:]) for kept in found}

    async def tasks(self, page: Page) -> Sequence[TaskSummary]:
        """A page of tasks: one index range, whatever the page."""
        return await self._summaries(documents.page_filter(page), NEWEST, page.limit, documents.page_index(page))

    async def status_counts(self, finished_since: datetime, user_id: str | None = None) -> Mapping[Status, int]:
        """Counts, each over a range of an index; of very many tasks, those that are kept."""
        since = milliseconds(finished_since)
        async with self._collections() as (tasks, _):
            found = None if user_id else await documents.kept_counts(tasks.database["counts"], since)
            found = found or await documents.counts(tasks, since, user_id)
        return {status: found[status.value] for status in Status}

    # their upkeep

    async def overdue(
        self, now: datetime, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[TaskSummary]:
        """Unfinished tasks past their deadline."""
        return await self._summaries(documents.overdue_filter(now, after), BY_DEADLINE[1:], limit, BY_DEADLINE)

    async def unfinished(self, *, limit: int, after: str = "") -> Sequence[TaskSummary]:
        """Unfinished tasks by id."""
        where = {"finished_at": NOT_YET, "task_id": {"$gt": after}}
        return await self._summaries(where, BY_ID[1:], limit, BY_ID)

    async def keep_counts(self, finished_since: datetime) -> None:
        """Count, and keep it in a document."""
        since = milliseconds(finished_since)
        async with self._collections() as (tasks, _):
            found = await documents.counts(tasks, since)
            await documents.keep_counts(tasks.database["counts"], found, since)

    async def delete_finished(self, before: datetime, *, limit: int) -> int:
        """Forget finished tasks, the oldest first."""
        async with self._collections() as (tasks, _):
            return await documents.delete_finished(tasks, tasks.database["claims"], milliseconds(before), limit)

    # the log, written and read

    async def streams(self, envelopes: Sequence[Envelope]) -> Mapping[str, Stream]:
        """The streams of these tasks."""
        async with self._collections() as (tasks, events):
            return await event_log.streams(tasks, events, ids_by_task(envelopes))

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        """Log each change's events while nobody else does, and bring its document up. See above for what can fail."""
        async with self._collections() as (tasks, events):
            return await event_log.append(tasks, events, changes)

    async def latest_revisions(self, keys: Sequence[Chain]) -> Mapping[Chain, int]:
        """The greatest number of each chain that has one."""
        async with self._collections() as (_, events):
            found = await lessons.latest_revisions(events, [key_text(key) for key in keys])
        return {key: revision for key, revision in zip(keys, found, strict=True) if revision is not None}

    async def events(self, task_id: str) -> Sequence[Envelope]:
        """All logged events of one task."""
        async with self._collections() as (tasks, events):
            return readable(await event_log.raws(tasks, events, task_id))

    async def logged(self, task_id: str, *, after: int, limit: int) -> Sequence[Logged | Unreadable]:
        """Events of one task beyond a position."""
        async with self._collections() as (_, events):
            found = await event_log.logged(events, task_id, after, limit)
        return [entry(task_id, position, raw) for position, raw in found]

    # how long the log is kept

    async def event_count(self) -> int:
        """The count that the server keeps."""
        async with self._collections() as (_, events):
            return await retention.count(events)

    async def complete_log(self, *, limit: int) -> int:
        """Give events their time and type."""
        async with self._collections() as (_, events):
            return await retention.complete(events, limit)

    async def cut_recordings(self, before: datetime, *, limit: int) -> int:
        """Forget old recordings."""
        async with self._collections() as (tasks, events):
            found = await retention.old_events(tasks, events, RECORDING, milliseconds(before), limit)
            return await retention.delete(events, found)

    async def cut_logs(self, before: datetime, *, limit: int) -> int:
        """Forget the events of old tasks."""
        async with self._collections() as (tasks, events):
            found = await retention.old_tasks(tasks, events, milliseconds(before), limit)
            return await retention.delete_passing(events, found)

    # who may pay

    async def claim(
        self, holder: str, wanted: Sequence[Claim], *, now: datetime, until: datetime
    ) -> Sequence[Standing]:
        """Lease what is free."""
        async with self._claims() as found:
            return await claims.claim(found, holder, wanted, milliseconds(now), milliseconds(until))

    async def renew(self, holder: str, task_ids: Sequence[str], *, until: datetime) -> frozenset[str]:
        """Put off the end of the holder's leases."""
        async with self._claims() as found:
            return await claims.renew(found, holder, task_ids, milliseconds(until))

    async def settle(self, holder: str, settled: Sequence[Claim]) -> None:
        """End the holder's leases."""
        async with self._claims() as found:
            await claims.settle(found, holder, settled)

    async def revoke(self, task_ids: Sequence[str]) -> None:
        """End leases for good."""
        async with self._claims() as found:
            await claims.revoke(found, task_ids)

    async def leased(
        self, task_ids: Sequence[str], *, now: datetime, paid_since: datetime | None = None
    ) -> frozenset[str]:
        """Find the leases that run, and those that were settled as the last."""
        since = milliseconds(paid_since) if paid_since else None
        async with self._claims() as found:
            return await claims.leased(found, task_ids, milliseconds(now), since)

    async def disclaim(self, task_ids: Sequence[str]) -> None:
        """Forget claims."""
        async with self._claims() as found:
            await claims.disclaim(found, task_ids)

    # lessons

    async def lesson(self, key: Chain, number: int | None = None) -> Lesson | None:
        """One of a chain; the newest if none is named."""
        found = await self.stored(key, number)
        return found.lesson if found else None

    async def stored(self, key: Chain, number: int | None = None) -> StoredLesson | None:
        """The same with what names its event."""
        found = await self._lessons(key, 1, None if number is None else number + 1)
        newest = read_stored(found[0]) if found else None
        return newest if newest is None or number in {None, number_in(key, newest.lesson)} else None

    async def revisions(self, key: Chain, *, limit: int, below: int | None = None) -> Sequence[Lesson]:
        """Those of a chain, newest first."""
        return read_lessons(await self._lessons(key, limit, below))

    # editions

    async def editions_of(self, key: LessonKey) -> Sequence[EditionHead]:
        """The editions of one lesson, the one that was stored last first."""
        async with self._collections() as (_, events):
            found = await lessons.editions_of(events, key)
        return sorted(found, key=lambda head: -head.serial)

    async def editions(self, search: EditionSearch) -> Sequence[ListedEdition]:
        """A page of editions, newest first."""
        terms, found = terms_wanted(search), list[tuple[bytes, int]]()
        before: lessons.Before | None = listing_begin(search)
        async with self._collections() as (_, events):
            while before is not None and (lacking := search.limit - len(found)) > 0:
                page, before = await lessons.listed(events, terms, before, lacking)
                found += page
        return read_listed(found)

    # kept articles

    async def kept_article(self, name: str) -> KeptArticle | None:
        """One kept article."""
        async with self._collections() as (tasks, _):
            return await articles.kept_article(tasks.database["articles"], name)

    async def keep_article(self, kept: KeptArticle, *, newest: int) -> None:
        """Keep an article."""
        async with self._collections() as (tasks, _):
            await articles.keep_article(tasks.database["articles"], kept, newest)

    # notices

    async def put_notice(self, notice: Notice) -> None:
        """Put one up."""
        async with self._link.database() as database:
            await notices.put_notice(database["notices"], notice)

    async def notices(self, prefix: str, *, since: datetime) -> Sequence[Notice]:
        """Those whose names begin so."""
        async with self._link.database() as database:
            return await notices.find(database["notices"], prefix, milliseconds(since))

    async def take_down(self, prefix: str, *, before: datetime) -> None:
        """Take old ones down."""
        async with self._link.database() as database:
            await notices.take_down(database["notices"], prefix, milliseconds(before))

    # access keys

    async def add_key(self, key: AccessKey) -> None:
        """Keep a new key."""
        async with self._link.database() as database:
            await access_keys.add_key(database["access_keys"], key)

    async def access_key(self, key_id: str) -> AccessKey | None:
        """One key."""
        async with self._link.database() as database:
            return await access_keys.access_key(database["access_keys"], key_id)

    async def access_keys(self, *, after: str, limit: int) -> Sequence[AccessKey]:
        """A page of keys."""
        async with self._link.database() as database:
            return await access_keys.access_keys(database["access_keys"], after, limit)

    async def revoke_key(self, key_id: str, at: datetime) -> bool:
        """Mark a key."""
        async with self._link.database() as database:
            return await access_keys.revoke_key(database["access_keys"], key_id, milliseconds(at))

    async def note_uses(self, used: Mapping[str, datetime]) -> None:
        """Write when keys were used."""
        async with self._link.database() as database:
            moments = {key_id: milliseconds(at) for key_id, at in used.items()}
            await access_keys.note_uses(database["access_keys"], moments)

    async def secret(self, name: str, proposed: bytes) -> bytes:
        """One secret."""
        async with self._link.database() as database:
            return await access_keys.secret(database["secrets"], name, proposed)

    # class sets

    async def class_set(self, set_id: str) -> NumberedSet | None:
        """One set."""
        async with self._sets() as found:
            kept = await class_sets.class_set(found, set_id)
        return NumberedSet(read_set(kept[0]), kept[1]) if kept else None

    async def class_sets(
        self, user_id: str | None, *, since: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[SetHead]:
        """A page of sets."""
        begin, before = milliseconds(since), (milliseconds(after[0]), after[1]) if after else None
        async with self._sets() as found:
            return read_heads(await class_sets.newest_sets(found, user_id, begin, before, limit))

    async def open_sets(self, *, limit: int, after: str = "") -> Sequence[ClassSet]:
        """Sets that have not ended."""
        async with self._sets() as found:
            return read_sets(await class_sets.open_sets(found, after, limit))

    async def outcomes(self, task_ids: Iterable[str]) -> Mapping[str, Outcome]:
        """The states of tasks."""
        async with self._collections() as (tasks, events):
            return await class_sets.outcomes(tasks, events, list(task_ids))

    async def delete_class_sets(self, before: datetime, *, limit: int) -> int:
        """Forget old sets."""
        async with self._sets() as found:
            return await class_sets.delete_class_sets(found, milliseconds(before), limit)

    # what was spent

    async def spent_by(self, user_id: str, *, since: datetime) -> Spent:
        """Sum up what was spent on a user's lessons."""
        async with self._collections() as (tasks, _):
            return await spending.spent_by(tasks.database["spending"], user_id, milliseconds(since))

    async def spent(self, *, since: datetime, until: datetime) -> Spent:
        """Sum up what was spent on all lessons."""
        async with self._collections() as (tasks, _):
            return await spending.spent(tasks.database["spending"], milliseconds(since), milliseconds(until))

    async def spent_on_set(self, set_id: str) -> Spent:
        """Sum up what was spent on a set."""
        async with self._collections() as (tasks, _):
            return await spending.spent_on_set(tasks.database["spending"], set_id)

    async def forget_spending(self, before: datetime, *, limit: int) -> int:
        """Forget old calls."""
        async with self._collections() as (tasks, _):
            return await spending.forget_spending(tasks.database["spending"], milliseconds(before), limit)

    async def _lessons(self, key: Chain, limit: int, below: int | None) -> list[bytes]:
        text, bound = key_text(key), REVISION_MAX if below is None else min(below, REVISION_MAX)
        async with self._collections() as (_, events):
            return await lessons.newest(events, text, bound, limit)

    async def _create_all(self, made: Sequence[RawBSONDocument]) -> Sequence[outbox.Creation]:
        async with self._collections() as (tasks, _):
            return await outbox.create(tasks, made)

    async def _summaries(self, where: Record, order: Keys, limit: int, index: Keys) -> list[TaskSummary]:
        async with self._collections() as (tasks, _):
            return await documents.summaries(tasks, where, order, limit, index=index)

    @asynccontextmanager
    async def _sets(self) -> AsyncGenerator[Collection, None]:
        """Give the class sets, once their indexes are there."""
        async with self._collections() as (tasks, _):
            yield tasks.database["class_sets"]

    @asynccontextmanager
    async def _claims(self) -> AsyncGenerator[Collection, None]:
        """Give the claims, which are found by task id alone."""
        async with self._link.database() as database:
            yield database["claims"]

    @asynccontextmanager
    async def _collections(self) -> AsyncGenerator[tuple[Collection, Collection], None]:
        """Give the tasks and the events, once their indexes are there: without, two could get one place."""
        async with self._link.database() as database:
            tasks, events = database["tasks"], database["events"]
            if not self._ready:
                # So that a server that is away is told from one that works.
                await database.command("ping")
                if lacking := await missing(database):
                    raise StoreUnavailable(f"{len(lacking)} indexes are missing, {lacking[0]} first: {REMEDY}")
                self._ready = True
            yield tasks, events
