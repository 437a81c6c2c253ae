"""Reads task documents and the marks of lessons in a SQLite file, beside the house that owns it or without one."""

import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from pathshala_common.contract.ports.operator import StoredFold
from pathshala_common.store.records import LAST_ID, kept, read_mark
from pathshala_common.store.sqlite.connection import SQLiteThread
from pathshala_common.store.sqlite.file import open_log

DOCUMENTS = (
    "SELECT task_id, document, position FROM tasks WHERE {0}"
    " UNION ALL SELECT set_id AS task_id, document, position FROM class_sets WHERE {1}"
)
MARKS = "SELECT task_id, edition, edition_revision, revision FROM events WHERE revision IS NOT NULL AND"
RANGE = "task_id > ? AND task_id <= ?"


class SQLiteProjections:
    """Implements Projections. It takes no lock, and cannot write: a running house does not notice."""

    def __init__(self, path: str | Path) -> None:
        self._reader = SQLiteThread(partial(open_log, Path(path)), begin="BEGIN")

    async def open(self) -> None:
        """Open the file. Raises SettingsError if there is none, or none of ours of this version."""
        await self._reader.start()

    async def close(self) -> None:
        """Close the file."""
        await self._reader.close()

    async def task(self, task_id: str) -> StoredFold:
        """The stored fold of one task."""
        found = await self._reader.run(lambda connection: _read(connection, "task_id = ?", task_id))
        return found.get(task_id, StoredFold())

    async def tasks(self, *, after: str, until: str | None) -> Mapping[str, StoredFold]:
        """The stored folds of a range of tasks, by a range of each of two indexes."""
        return await self._reader.run(lambda connection: _read(connection, RANGE, after, until or LAST_ID))


def _read(connection: sqlite3.Connection, clause: str, *values: str) -> Mapping[str, StoredFold]:
    query = DOCUMENTS.format(clause, clause.replace("task_id", "set_id"))
    documents = connection.execute(query, (*values, *values))
    marks = connection.execute(f"{MARKS} {clause}", values)
    return kept(
        {task_id: (document, position) for task_id, document, position in documents},
        {task_id: read_mark(*mark) for task_id, *mark in marks},
    )
