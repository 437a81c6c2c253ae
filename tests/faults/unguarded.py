"""Stores without the guards that keep a lesson's revisions dense: what a test of them must fail on."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.contract.ports.store import Change
from pathshala_common.store.mongodb import event_log as mongodb_log
from pathshala_common.store.mongodb import tasks as mongodb_tasks
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite import event_log as sqlite_log
from pathshala_common.store.sqlite import tasks as sqlite_tasks
from pathshala_common.store.sqlite.store import SQLiteStore


class UnguardedMongoStore(MongoStore):
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
        return await self._writer.run(lambda connection: [_append(connection, one) for one in steps])


def _append(connection: sqlite3.Connection, one: sqlite_log.ChangeRows) -> bool:
    position, _ = sqlite_log._end(connection, one.task_id)
    if position != one.position:
        return False
    connection.execute("SAVEPOINT step")
    try:
        connection.executemany(sqlite_log.INSERT, one.events)
    except sqlite3.IntegrityError:
        connection.execute("ROLLBACK TO step")
        return False
    if one.task is not None:
        sqlite_tasks.write(connection, one.task)
    return True
