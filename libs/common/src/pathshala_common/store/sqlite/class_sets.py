"""Class sets in SQLite. Each function runs inside a transaction on its thread."""

import json
import sqlite3
from collections.abc import Collection

from pathshala_common.contract.lesson import Status
from pathshala_common.contract.ports.class_sets import Outcome
from pathshala_common.store.records import ENDS, EVER, LAST_ID, Record, outcome
from pathshala_common.store.sqlite.packing import unpacked

COLUMNS = ("set_id", "user_id", "created_at", "is_open", "position", "head", "document")
WRITE = f"""
    INSERT INTO class_sets ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
    ON CONFLICT (set_id) DO UPDATE
    SET is_open = excluded.is_open, position = excluded.position, head = excluded.head, document = excluded.document
    WHERE position <= excluded.position
"""  # noqa: S608 - names of ours
SELECT = "SELECT document, position FROM class_sets WHERE set_id = ?"
NEWEST = """
    SELECT head FROM class_sets WHERE created_at >= ? AND (created_at, set_id) < (?, ?)
    ORDER BY created_at DESC, set_id DESC LIMIT ?
"""
NEWEST_OF_USER = """
    SELECT head FROM class_sets WHERE user_id = ? AND created_at >= ? AND (created_at, set_id) < (?, ?)
    ORDER BY created_at DESC, set_id DESC LIMIT ?
"""
OPEN = "SELECT document FROM class_sets WHERE is_open = 1 AND set_id > ? ORDER BY set_id LIMIT ?"
STATES = "SELECT task_id, status, progress_message FROM tasks WHERE task_id IN (SELECT value FROM json_each(?))"
FINAL = f"""
    SELECT position, task_id, type, edition_revision, iif(edition_revision IS NULL, raw, NULL) FROM events
    WHERE task_id IN (SELECT value FROM json_each(?)) AND type IN ({", ".join("?" * len(ENDS))})
"""  # noqa: S608 - only question marks
DELETE = """
    DELETE FROM class_sets WHERE set_id IN (
        SELECT set_id FROM class_sets WHERE created_at < ? ORDER BY created_at LIMIT ?
    )
"""


def write_set(connection: sqlite3.Connection, record: Record) -> None:
    """Set a set's document, unless it is further."""
    connection.execute(WRITE, [record[column] for column in COLUMNS])


def class_set(connection: sqlite3.Connection, set_id: str) -> tuple[str, int] | None:
    """Give a set's document and its position."""
    found: tuple[str, int] | None = connection.execute(SELECT, (set_id,)).fetchone()
    return found


def newest_sets(
    connection: sqlite3.Connection, user_id: str | None, since: int, before: tuple[int, str] | None, limit: int
) -> list[str]:
    """Give the heads of the newest sets before a time and id."""
    page = (since, *(before or (EVER, LAST_ID)), limit)
    found = (
        connection.execute(NEWEST, page) if user_id is None else connection.execute(NEWEST_OF_USER, (user_id, *page))
    )
    return [row[0] for row in found]


def open_sets(connection: sqlite3.Connection, after: str, limit: int) -> list[str]:
    """Give the documents of sets that have not ended."""
    return [row[0] for row in connection.execute(OPEN, (after, limit))]


def outcomes(connection: sqlite3.Connection, task_ids: Collection[str]) -> dict[str, Outcome]:
    """Give the states of tasks: those that have ended from the log, which knows them for ever."""
    found = {
        task_id: Outcome(Status(status), message)
        for task_id, status, message in connection.execute(STATES, (json.dumps(list(task_ids)),))
    }
    ended = [task_id for task_id in task_ids if task_id not in found or found[task_id].status.final]
    rows = connection.execute(FINAL, (json.dumps(ended), *ENDS)).fetchall() if ended else []
    # The first final event of a task counts, so it is written over the others.
    rows.sort(key=lambda row: -row[0])
    return found | {task_id: outcome(name, revision, raw and unpacked(raw)) for _, task_id, name, revision, raw in rows}


def delete_class_sets(connection: sqlite3.Connection, before: int, limit: int) -> int:
    """Delete sets."""
    return connection.execute(DELETE, (before, limit)).rowcount
