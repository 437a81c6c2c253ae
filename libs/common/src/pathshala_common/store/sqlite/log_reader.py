"""The log in a SQLite file, read beside the house that owns it or without one."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from pathlib import Path

from pathshala_common.contract.ports.operator import Entry, Extent
from pathshala_common.contract.ports.store import Logged, Unreadable
from pathshala_common.store.records import Place, entry, span, types
from pathshala_common.store.sqlite.connection import SQLiteThread
from pathshala_common.store.sqlite.file import open_log
from pathshala_common.store.sqlite.packing import unpacked
from pathshala_common.store.sqlite.schema import CALLING

Row = tuple[str, int, bytes]
"""A task, a position, and what is kept of the event there."""

RANGE = """
    SELECT time, task_id, position FROM events
    WHERE type = ? AND (time, task_id, position) > (?, ?, ?) AND time < ?
    ORDER BY time, task_id, position LIMIT ?
"""
CALLING_RANGE = f"""
    SELECT time, task_id, position FROM events INDEXED BY events_calling
    WHERE {CALLING} AND (time, task_id, position) > (?, ?, ?) AND time < ?
    ORDER BY time, task_id, position LIMIT ?
"""  # noqa: S608 - a clause of ours
TASK = "SELECT task_id, position, raw FROM events WHERE task_id = ? ORDER BY position"
EVENT = "SELECT raw FROM events WHERE task_id = ? AND position = ?"
TASKS = "SELECT task_id, position, type, raw FROM events WHERE task_id > ? ORDER BY task_id, position"


class SQLiteLog:
    """Implements Log. It takes no lock, and cannot write: a running house does not notice."""

    def __init__(self, path: str | Path) -> None:
        self._reader = SQLiteThread(partial(open_log, Path(path)), begin="BEGIN")

    async def open(self) -> None:
        """Open the file. Raises SettingsError if there is none, or none of ours of this version."""
        await self._reader.start()

    async def close(self) -> None:
        """Close the file."""
        await self._reader.close()

    async def task(self, task_id: str) -> Sequence[Logged | Unreadable]:
        """One task's events."""
        return _logged(await self._reader.run(lambda connection: connection.execute(TASK, (task_id,)).fetchall()))

    async def page(self, extent: Extent) -> Sequence[Logged | Unreadable]:
        """A page of the log, merged from the ranges of its types."""
        return _logged(await self._reader.run(lambda connection: _page(connection, extent)))

    async def tasks(self, *, after: str, limit: int) -> Mapping[str, Sequence[Entry]]:
        """The whole logs of the next tasks."""
        return await self._reader.run(lambda connection: _tasks(connection, after, limit))


def _page(connection: sqlite3.Connection, extent: Extent) -> list[Row]:
    begin, end = span(extent)
    places: list[Place] = []
    if extent.calling:
        places += connection.execute(CALLING_RANGE, (*begin, end, extent.limit))
    else:
        for name in types(extent):
            places += connection.execute(RANGE, (name, *begin, end, extent.limit))
    return [
        (task_id, position, connection.execute(EVENT, (task_id, position)).fetchone()[0])
        for _, task_id, position in sorted(places)[: extent.limit]
    ]


def _tasks(connection: sqlite3.Connection, after: str, limit: int) -> dict[str, list[Entry]]:
    logs = groupby(connection.execute(TASKS, (after,)), key=lambda row: row[0])
    return {
        task_id: [Entry(position, name, raw, unpacked) for _, position, name, raw in rows]
        for task_id, rows in islice(logs, limit)
    }


def _logged(rows: Iterable[Row]) -> list[Logged | Unreadable]:
    return [entry(task_id, position, unpacked(raw)) for task_id, position, raw in rows]
