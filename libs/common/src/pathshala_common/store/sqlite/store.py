"""The store in one SQLite file, owned by one process: one thread writes, another reads."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

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
from pathshala_common.store.records import (
    EVER,
    RECORDING,
    REVISION_MAX,
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
from pathshala_common.store.sqlite import (
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
from pathshala_common.store.sqlite import tasks as documents
from pathshala_common.store.sqlite.connection import GROUP_MAX, SQLiteThread
from pathshala_common.store.sqlite.file import disown, open_reader, open_writer, own
from pathshala_common.store.sqlite.heads import HEADS_MAX, Heads
from pathshala_common.store.sqlite.schema import SCHEMA_VERSION
from pathshala_common.store.terms import terms_wanted


class SQLiteStore:
    """Implements Store. What it has answered is on the disk: a kill or a power cut loses none of it.

    Every write is one transaction, shared with those that arrive at the same time. open() raises SettingsError if
    another process owns the file, or if it is no file of ours.
    """

    def __init__(self, path: str | Path, *, group_max: int = GROUP_MAX, heads_max: int = HEADS_MAX) -> None:
        """Name the file; calls share a transaction, at most `group_max` of them. Keep `heads_max` tasks in mind."""
        self._path, self._owned = Path(path), -1
        self._heads = Heads(size_max=heads_max)
        self._writer = SQLiteThread(
            partial(open_writer, self._path), begin="BEGIN IMMEDIATE", group_max=group_max, memory=self._heads
        )
        self._reader = SQLiteThread(partial(open_reader, self._path), begin="BEGIN", group_max=group_max)

    async def open(self) -> None:
        """Own the file, and prepare its tables."""
        self._owned = own(self._path)
        self._heads.clear()
        try:
            await self._writer.start()
            await self._reader.start()
            await self._writer.run(claims.release_all)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what is under way; the writer ends last, so that it folds the write-ahead log into the file."""
        await self._reader.close()
        await self._writer.close()
        if self._owned >= 0:
            descriptor, self._owned = self._owned, -1
            disown(descriptor)

    async def fault(self) -> str | None:
        """Try a write that changes the file for certain, since a full disk can still be read."""
        try:
            await self._writer.run(lambda connection: connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        except StoreUnavailable as error:
            return str(error)
        return None

    # the outbox

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        """Keep a new task with its outbox; a task that has its id already is returned instead."""
        made = outbox.record(task, requested, send_by)
        existing = await self._writer.run(lambda connection: outbox.create(connection, self._heads, task, made))
        return task if existing is None else read_task(existing)

    async def claim_outbox(self, now: datetime, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Take due events; what is logged has left the outbox in the same transaction."""
        due, next_due = milliseconds(now), milliseconds(until)
        raws = await self._writer.run(lambda connection: outbox.claim(connection, due, next_due, limit))
        return readable(raws)

    async def release(self, user_id: str, *, until: datetime, limit: int) -> Sequence[Envelope]:
        """Give a user's oldest held events."""
        due = milliseconds(until)
        raws = await self._writer.run(lambda connection: outbox.release(connection, user_id, due, limit))
        return readable(raws)

    async def loads(self) -> Mapping[str, Load]:
        """The loads, all as of one moment."""
        return await self._reader.run(outbox.loads)

    # tasks

    async def task(self, task_id: str) -> Task | None:
        """One task."""
        return (await self.tasks_by_id([task_id])).get(task_id)

    async def tasks_by_id(self, task_ids: Collection[str]) -> Mapping[str, Task]:
        """Some tasks, by one statement."""
        return {task_id: kept.task for task_id, kept in (await self.numbered(task_ids)).items()}

    async def numbered(self, task_ids: Collection[str]) -> Mapping[str, NumberedTask]:
        """Some tasks, by one statement too."""
        found = await self._reader.run(lambda connection: documents.select(connection, task_ids))
        return {kept[0]: read_numbered(*kept[1:]) for kept in found}

    async def tasks(self, page: Page) -> Sequence[TaskSummary]:
        """A page of tasks: one index range, whatever the page."""
        clause, values = documents.page_clause(page)
        return await self._summaries(clause, *values)

    async def status_counts(self, finished_since: datetime, user_id: str | None = None) -> Mapping[Status, int]:
        """Counts that triggers keep; those of one user are counted."""
        since = milliseconds(finished_since)
        if user_id is None:
            found = await self._reader.run(lambda connection: documents.counts(connection, since))
        else:
            found = await self._reader.run(lambda connection: documents.user_counts(connection, user_id, since))
        return {status: found[status.value] for status in Status}

    # their upkeep

    async def overdue(
        self, now: datetime, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[TaskSummary]:
        """Unfinished tasks past their deadline."""
        deadline, task_id = (milliseconds(after[0]), after[1]) if after else (-EVER, "")
        return await self._summaries(documents.OVERDUE, milliseconds(now), deadline, task_id, limit)

    async def unfinished(self, *, limit: int, after: str = "") -> Sequence[TaskSummary]:
        """Unfinished tasks by id."""
        return await self._summaries(documents.UNFINISHED, after, limit)

    async def keep_counts(self, finished_since: datetime) -> None:
        """Do nothing: triggers keep them at each write."""

    async def delete_finished(self, before: datetime, *, limit: int) -> int:
        """Forget finished tasks, the oldest first."""
        moment = milliseconds(before)
        return await self._writer.run(lambda connection: documents.delete_finished(connection, moment, limit))

    # the log, written and read

    async def streams(self, envelopes: Sequence[Envelope]) -> Mapping[str, Stream]:
        """The streams of these tasks: from memory, or else all as of one moment."""
        asked = ids_by_task(envelopes)
        found = event_log.remembered(self._heads, asked)
        unknown = {task_id: ids for task_id, ids in asked.items() if task_id not in found}
        if unknown:
            found |= await self._reader.run(lambda connection: event_log.streams(connection, unknown))
        return found

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        """Apply each change wholly or not at all, all in one transaction."""
        steps = [event_log.step(change) for change in changes]
        return await self._writer.run(lambda connection: event_log.append(connection, self._heads, steps))

    async def latest_revisions(self, keys: Sequence[Chain]) -> Mapping[Chain, int]:
        """The greatest number of each chain that has one."""
        texts = [key_text(key) for key in keys]
        found = await self._reader.run(lambda connection: lessons.latest_revisions(connection, texts))
        return {key: revision for key, revision in zip(keys, found, strict=True) if revision is not None}

    async def events(self, task_id: str) -> Sequence[Envelope]:
        """All logged events of one task."""
        return readable(await self._reader.run(lambda connection: event_log.raws(connection, task_id)))

    async def logged(self, task_id: str, *, after: int, limit: int) -> Sequence[Logged | Unreadable]:
        """Events of one task beyond a position."""
        found = await self._reader.run(lambda connection: event_log.logged(connection, task_id, after, limit))
        return [entry(task_id, position, raw) for position, raw in found]

    # how long the log is kept

    async def event_count(self) -> int:
        """The count that is kept at each write."""
        return await self._reader.run(retention.count)

    async def complete_log(self, *, limit: int) -> int:  # noqa: ARG002 - the port's
        """Nothing: a file is brought up when it is opened."""
        return 0

    async def cut_recordings(self, before: datetime, *, limit: int) -> int:
        """Forget old recordings."""
        moment = milliseconds(before)
        found = await self._reader.run(lambda connection: retention.old_events(connection, RECORDING, moment, limit))
        return await self._writer.run(lambda connection: retention.delete(connection, found)) if found else 0

    async def cut_logs(self, before: datetime, *, limit: int) -> int:
        """Forget the events of old tasks."""
        moment = milliseconds(before)
        found = await self._reader.run(lambda connection: retention.old_tasks(connection, moment, limit))
        return await self._writer.run(lambda connection: retention.delete_passing(connection, found)) if found else 0

    # who may pay

    async def claim(
        self, holder: str, wanted: Sequence[Claim], *, now: datetime, until: datetime
    ) -> Sequence[Standing]:
        """Lease what is free."""
        moment, end = milliseconds(now), milliseconds(until)
        return await self._writer.run(lambda connection: claims.claim(connection, holder, wanted, moment, end))

    async def renew(self, holder: str, task_ids: Sequence[str], *, until: datetime) -> frozenset[str]:
        """Put off the end of the holder's leases."""
        end = milliseconds(until)
        return await self._writer.run(lambda connection: claims.renew(connection, holder, task_ids, end))

    async def settle(self, holder: str, settled: Sequence[Claim]) -> None:
        """End the holder's leases."""
        await self._writer.run(lambda connection: claims.settle(connection, holder, settled))

    async def revoke(self, task_ids: Sequence[str]) -> None:
        """End leases for good."""
        await self._writer.run(lambda connection: claims.revoke(connection, task_ids))

    async def leased(
        self, task_ids: Sequence[str], *, now: datetime, paid_since: datetime | None = None
    ) -> frozenset[str]:
        """Find the leases that run, and those that were settled as the last."""
        moment, since = milliseconds(now), milliseconds(paid_since) if paid_since else None
        return await self._reader.run(lambda connection: claims.leased(connection, task_ids, moment, since))

    async def disclaim(self, task_ids: Sequence[str]) -> None:
        """Forget claims."""
        await self._writer.run(lambda connection: claims.disclaim(connection, task_ids))

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
        found = await self._reader.run(lambda connection: lessons.editions_of(connection, key))
        return sorted(found, key=lambda head: -head.serial)

    async def editions(self, search: EditionSearch) -> Sequence[ListedEdition]:
        """A page of editions, newest first."""
        terms, found = terms_wanted(search), list[tuple[bytes, int]]()
        before: lessons.Before | None = listing_begin(search)
        while before is not None and (lacking := search.limit - len(found)) > 0:
            look = partial(lessons.listed, terms=terms, before=before, limit=lacking)
            page, before = await self._reader.run(look)
            found += page
        return read_listed(found)

    # kept articles

    async def kept_article(self, name: str) -> KeptArticle | None:
        """One kept article."""
        return await self._reader.run(lambda connection: articles.kept_article(connection, name))

    async def keep_article(self, kept: KeptArticle, *, newest: int) -> None:
        """Keep an article."""
        await self._writer.run(lambda connection: articles.keep_article(connection, kept, newest))

    # notices

    async def put_notice(self, notice: Notice) -> None:
        """Put one up."""
        await self._writer.run(lambda connection: notices.put_notice(connection, notice))

    async def notices(self, prefix: str, *, since: datetime) -> Sequence[Notice]:
        """Those whose names begin so."""
        moment = milliseconds(since)
        return await self._reader.run(lambda connection: notices.find(connection, prefix, moment))

    async def take_down(self, prefix: str, *, before: datetime) -> None:
        """Take old ones down."""
        moment = milliseconds(before)
        await self._writer.run(lambda connection: notices.take_down(connection, prefix, moment))

    # access keys

    async def add_key(self, key: AccessKey) -> None:
        """Keep a new key."""
        await self._writer.run(lambda connection: access_keys.add_key(connection, key))

    async def access_key(self, key_id: str) -> AccessKey | None:
        """One key."""
        return await self._reader.run(lambda connection: access_keys.access_key(connection, key_id))

    async def access_keys(self, *, after: str, limit: int) -> Sequence[AccessKey]:
        """A page of keys."""
        return await self._reader.run(lambda connection: access_keys.access_keys(connection, after, limit))

    async def revoke_key(self, key_id: str, at: datetime) -> bool:
        """Mark a key."""
        moment = milliseconds(at)
        return await self._writer.run(lambda connection: access_keys.revoke_key(connection, key_id, moment))

    async def note_uses(self, used: Mapping[str, datetime]) -> None:
        """Write when keys were used."""
        moments = {key_id: milliseconds(at) for key_id, at in used.items()}
        await self._writer.run(lambda connection: access_keys.note_uses(connection, moments))

    async def secret(self, name: str, proposed: bytes) -> bytes:
        """One secret."""
        return await self._writer.run(lambda connection: access_keys.secret(connection, name, proposed))

    # class sets

    async def class_set(self, set_id: str) -> NumberedSet | None:
        """One set."""
        found = await self._reader.run(lambda connection: class_sets.class_set(connection, set_id))
        return NumberedSet(read_set(found[0]), found[1]) if found else None

    async def class_sets(
        self, user_id: str | None, *, since: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[SetHead]:
        """A page of sets."""
        begin, before = milliseconds(since), (milliseconds(after[0]), after[1]) if after else None
        look = partial(class_sets.newest_sets, user_id=user_id, since=begin, before=before, limit=limit)
        return read_heads(await self._reader.run(look))

    async def open_sets(self, *, limit: int, after: str = "") -> Sequence[ClassSet]:
        """Sets that have not ended."""
        return read_sets(await self._reader.run(lambda connection: class_sets.open_sets(connection, after, limit)))

    async def outcomes(self, task_ids: Collection[str]) -> Mapping[str, Outcome]:
        """The states of tasks."""
        return await self._reader.run(lambda connection: class_sets.outcomes(connection, task_ids))

    async def delete_class_sets(self, before: datetime, *, limit: int) -> int:
        """Forget old sets."""
        moment = milliseconds(before)
        return await self._writer.run(lambda connection: class_sets.delete_class_sets(connection, moment, limit))

    # what was spent

    async def spent_by(self, user_id: str, *, since: datetime) -> Spent:
        """Sum up what was spent on a user's lessons."""
        moment = milliseconds(since)
        return await self._reader.run(lambda connection: spending.spent_by(connection, user_id, moment))

    async def spent(self, *, since: datetime, until: datetime) -> Spent:
        """Sum up what was spent on all lessons."""
        span = milliseconds(since), milliseconds(until)
        return await self._reader.run(lambda connection: spending.spent(connection, *span))

    async def spent_on_set(self, set_id: str) -> Spent:
        """Sum up what was spent on a set."""
        return await self._reader.run(lambda connection: spending.spent_on_set(connection, set_id))

    async def forget_spending(self, before: datetime, *, limit: int) -> int:
        """Forget old calls."""
        moment = milliseconds(before)
        return await self._writer.run(lambda connection: spending.forget_spending(connection, moment, limit))

    async def _lessons(self, key: Chain, limit: int, below: int | None) -> list[bytes]:
        text, bound = key_text(key), REVISION_MAX if below is None else min(below, REVISION_MAX)
        return await self._reader.run(lambda connection: lessons.newest(connection, text, bound, limit))

    async def _summaries(self, clause: str, *values: object) -> list[TaskSummary]:
        return await self._reader.run(lambda connection: documents.summaries(connection, clause, *values))
