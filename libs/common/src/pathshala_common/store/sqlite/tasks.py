"""Task documents in SQLite. Each function runs inside a transaction on the connection's thread."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.contract.ports.store import Page
from pathshala_common.store.records import Record, key_text, milliseconds

# What comes from the request never changes, so its indexes are left alone.
WRITE = """
    INSERT INTO tasks (task_id, position, status, user_id, lesson_key, created_at, finished_at, deadline, taken,
                       document)
    VALUES (:task_id, :position, :status, :user_id, :lesson_key, :created_at, :finished_at, :deadline, :taken,
            :document)
    ON CONFLICT (task_id) DO UPDATE SET
        position = excluded.position, status = excluded.status, finished_at = excluded.finished_at,
        taken = excluded.taken, document = excluded.document
"""


def write(connection: sqlite3.Connection, record: Record) -> None:
    """Set a task's document, whether it had one or not."""
    connection.execute(WRITE, record)


def select(connection: sqlite3.Connection, where: str, *values: object) -> list[str]:
    """Give the documents that a clause picks."""
    return [row[0] for row in connection.execute(f"SELECT document FROM tasks WHERE {where}", values)]  # noqa: S608 - clauses are ours, values are bound


def page_clause(page: Page) -> tuple[str, Sequence[object]]:
    """Write a page as an index range: the clause and its values."""
    terms: dict[str, object] = {"(finished_at IS NULL OR finished_at >= ?)": milliseconds(page.finished_since)}
    if page.status is not None:
        terms["status = ?"] = page.status.value
    if page.user_id is not None:
        terms["user_id = ?"] = page.user_id
    if page.lesson_key is not None:
        terms["lesson_key = ?"] = key_text(page.lesson_key)
    values = list(terms.values())
    clause = " AND ".join(terms)
    if page.after is not None:
        created_at, task_id = page.after
        clause += " AND (created_at, task_id) < (?, ?)"
        values += [milliseconds(created_at), task_id]
    return f"{clause} ORDER BY created_at DESC, task_id DESC LIMIT ?", [*values, page.limit]


def counts(connection: sqlite3.Connection, finished_since: int) -> dict[str, int]:
    """Take the kept counts, less the finished tasks that are too old and not deleted yet."""
    found = dict(connection.execute("SELECT status, tasks FROM counts").fetchall())
    old = connection.execute(
        "SELECT status, count(*) FROM tasks INDEXED BY tasks_finished WHERE finished_at < ? GROUP BY status",
        (finished_since,),
    )
    for status, tasks in old:
        found[status] -= tasks
    return found


def delete_finished(connection: sqlite3.Connection, before: int, limit: int) -> int:
    """Delete the tasks that finished before, the oldest first, and what was claimed of them."""
    found = connection.execute(
        "SELECT task_id FROM tasks WHERE finished_at < ? ORDER BY finished_at LIMIT ?", (before, limit)
    ).fetchall()
    connection.executemany("DELETE FROM claims WHERE task_id = ?", found)
    return connection.executemany("DELETE FROM tasks WHERE task_id = ?", found).rowcount if found else 0
