"""The lessons in the log in SQLite. Each function runs inside a transaction on its thread."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.store.records import Record


def latest_revisions(connection: sqlite3.Connection, keys: Sequence[str]) -> list[int | None]:
    """Give the greatest revision of each lesson, in the order of the keys."""
    query = "SELECT max(revision) FROM events WHERE lesson_key = ? AND revision IS NOT NULL"
    return [connection.execute(query, (key,)).fetchone()[0] for key in keys]


def newest(connection: sqlite3.Connection, key: str, below: int, limit: int) -> list[bytes]:
    """Give the events that stored a lesson's revisions, newest first."""
    rows = connection.execute(
        "SELECT raw FROM events WHERE lesson_key = ? AND revision < ? ORDER BY revision DESC LIMIT ?",
        (key, below, limit),
    )
    return [row[0] for row in rows]


def continues(connection: sqlite3.Connection, event: Record) -> bool:
    """Whether an event's revision is the next one of its lesson, and its task has no lesson yet."""
    [latest] = latest_revisions(connection, [event["lesson_key"]])
    query = "SELECT 1 FROM events WHERE task_id = :task_id AND revision IS NOT NULL"
    return event["revision"] == (latest or 0) + 1 and connection.execute(query, event).fetchone() is None
