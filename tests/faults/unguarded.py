"""Stores without a guard each: what keeps revisions dense, or one unreadable event from ending a loop."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import ContractError
from pathshala_common.contract.ports.store import Change, Logged, Unreadable
from pathshala_common.store.mongodb import event_log as mongodb_log
from pathshala_common.store.mongodb import tasks as mongodb_tasks
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite import event_log as sqlite_log
from pathshala_common.store.sqlite import tasks as sqlite_tasks
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.servers.migrated import MigratedMongoStore


class UnguardedMongoStore(MigratedMongoStore):
    """Takes any revision that is free, in whatever order the events arrive."""

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        """Insert all events wave by wave."""
        logs = {index: mongodb_log.documents(change) for index, change in enumerate(changes)}
        async with self._collections() as (tasks, events):
            logged = await mongodb_log._insert(events, logs)
            await mongodb_tasks.write(tasks, [changes[index] for index in logged])
        return [index in logged for index in range(len(changes))]


class UnguardedSQLiteStore(SQLiteStore):
    """Takes any revision that is free."""

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        """Insert what is at the end of its task's log, and breaks no unique index."""
        steps = [sqlite_log.step(change) for change in changes]
        self._heads.forget([change.task_id for change in changes])
        return await self._writer.run(lambda connection: [_append(connection, one) for one in steps])


def _append(connection: sqlite3.Connection, one: sqlite_log.ChangeRows) -> bool:
    position, _ = sqlite_log._end(connection, one.change.task_id)
    if position != one.change.position:
        return False
    connection.execute("SAVEPOINT step")
    try:
        connection.executemany(sqlite_log.INSERT, sqlite_log.event_rows(one))
    except sqlite3.IntegrityError:
        connection.execute("ROLLBACK TO step")
        return False
    if one.task is not None:
        sqlite_tasks.write(connection, one.task)
    return True


class _Strict:
    """Reads all of a log or nothing."""

    async def logged(self, task_id: str, *, after: int, limit: int) -> Sequence[Logged | Unreadable]:
        raise NotImplementedError

    async def events(self, task_id: str) -> Sequence[Envelope]:
        """Raise what a decoder raises."""
        found = []
        for one in await self.logged(task_id, after=0, limit=1_000):
            if isinstance(one, Unreadable):
                raise ContractError(one.reason)
            found.append(one.envelope)
        return found


class StrictMongoStore(_Strict, MigratedMongoStore):
    """Reads all of a log or nothing."""

    logged = MongoStore.logged


class StrictSQLiteStore(_Strict, SQLiteStore):
    """Reads all of a log or nothing."""

    logged = SQLiteStore.logged
