"""Retention in SQLite: old events are found on the reader's thread and deleted on the writer's.

A task that is found old is finished, so what happens to it before its events are deleted does not matter. A class set
whose log is found old is forgotten: while it is kept, each of its acts is folded from its first event on.
"""

import sqlite3
from collections.abc import Sequence

from pathshala_common.store.records import PASSING

OLD = """
    SELECT task_id, position FROM events AS old
    WHERE type = :type AND time < :before
      AND NOT EXISTS (SELECT 1 FROM tasks WHERE task_id = old.task_id AND finished_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM class_sets WHERE set_id = old.task_id)
      AND NOT EXISTS (SELECT 1 FROM events WHERE task_id = old.task_id AND time >= :before)
    ORDER BY time, task_id, position LIMIT :limit
"""
DELETE = "DELETE FROM events WHERE task_id = ? AND position = ?"
DELETE_PASSING = f"DELETE FROM events WHERE task_id = ? AND type IN ({', '.join('?' * len(PASSING))})"  # noqa: S608 - only question marks

Key = tuple[str, int]


def old_events(connection: sqlite3.Connection, name: str, before: int, limit: int) -> list[Key]:
    """Give events of one type, the oldest first, of tasks of which nothing is to come and all was told before."""
    return connection.execute(OLD, {"type": name, "before": before, "limit": limit}).fetchall()


def old_tasks(connection: sqlite3.Connection, before: int, limit: int) -> list[str]:
    """Give such tasks that still have events that are not final."""
    found: dict[str, None] = {}
    for name in PASSING:
        if len(found) < limit:
            found |= dict.fromkeys(task_id for task_id, _ in old_events(connection, name, before, limit))
    return list(found)[:limit]


def delete(connection: sqlite3.Connection, keys: Sequence[Key]) -> int:
    """Delete events."""
    return connection.executemany(DELETE, keys).rowcount


def delete_passing(connection: sqlite3.Connection, tasks: Sequence[str]) -> int:
    """Delete the events of tasks, but for final ones."""
    return connection.executemany(DELETE_PASSING, [(task_id, *PASSING) for task_id in tasks]).rowcount


def count(connection: sqlite3.Connection) -> int:
    """Take the count that is kept."""
    return int(connection.execute("SELECT events FROM logged").fetchone()[0])
