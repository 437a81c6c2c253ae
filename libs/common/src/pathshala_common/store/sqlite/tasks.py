"""Task documents and their outbox in SQLite. Each function runs inside a transaction on the connection's thread."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.contract.ports.store import Load, Page
from pathshala_common.store.records import Record, key_text, milliseconds, next_due

CREATE = """
    INSERT INTO tasks (task_id, position, status, user_id, lesson_key, created_at, finished_at, deadline,
                       taken, outbox_due, outbox_held, idempotency_key, document, outbox)
    VALUES (:task_id, :position, :status, :user_id, :lesson_key, :created_at, :finished_at, :deadline,
            :taken, :outbox_due, :outbox_held, :idempotency_key, :document, :outbox)
    ON CONFLICT DO NOTHING
"""
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

LOADS = """
    SELECT user_id, count(outbox_held), sum(outbox_held IS NULL AND NOT taken), sum(taken)
    FROM tasks INDEXED BY tasks_load WHERE finished_at IS NULL GROUP BY user_id
"""


def create(connection: sqlite3.Connection, record: Record) -> str | None:
    """Insert a task with its outbox; give the document that has its id or idempotency key already, if one has."""
    if connection.execute(CREATE, record).rowcount:
        return None
    found = connection.execute(
        "SELECT document FROM tasks WHERE idempotency_key = :idempotency_key"
        " UNION ALL SELECT document FROM tasks WHERE task_id = :task_id",
        record,
    ).fetchone()
    return str(found[0])


def write(connection: sqlite3.Connection, record: Record) -> None:
    """Set a task's document, whether it had one or not."""
    connection.execute(WRITE, record)


def drop_outbox(connection: sqlite3.Connection, task_id: str) -> None:
    """Forget the first event's second copy, now that the log has the task's events."""
    connection.execute(
        "UPDATE tasks SET outbox = NULL, outbox_due = NULL, outbox_held = NULL"
        " WHERE task_id = ? AND outbox IS NOT NULL",
        (task_id,),
    )


def claim_outbox(connection: sqlite3.Connection, now: int, until: int, limit: int) -> list[bytes]:
    """Put off what is due, and give it."""
    due = connection.execute(
        "SELECT task_id, outbox, created_at FROM tasks WHERE outbox_due <= ? ORDER BY outbox_due LIMIT ?", (now, limit)
    ).fetchall()
    connection.executemany(
        "UPDATE tasks SET outbox_due = ? WHERE task_id = ?",
        [(next_due(created_at, now, until), task_id) for task_id, _, created_at in due],
    )
    return [row[1] for row in due]


def release(connection: sqlite3.Connection, user_id: str, until: int, limit: int) -> list[bytes]:
    """Give a user's oldest held events, and the time at which they fall due."""
    held = connection.execute(
        "SELECT task_id, outbox FROM tasks WHERE user_id = ? AND outbox_held IS NOT NULL ORDER BY created_at LIMIT ?",
        (user_id, limit),
    ).fetchall()
    connection.executemany(
        "UPDATE tasks SET outbox_held = NULL, outbox_due = ? WHERE task_id = ?", [(until, row[0]) for row in held]
    )
    return [row[1] for row in held]


def loads(connection: sqlite3.Connection) -> dict[str, Load]:
    """Count the unfinished tasks of each user, in an index that holds nothing else."""
    return {user_id: Load(held, queued, taken) for user_id, held, queued, taken in connection.execute(LOADS)}


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
