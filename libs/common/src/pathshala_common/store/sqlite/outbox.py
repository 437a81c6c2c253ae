"""The outbox in SQLite. Each function runs inside a transaction on the connection's thread."""

import sqlite3
from datetime import datetime

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.store import Load
from pathshala_common.store.records import Record, milliseconds, next_due, task_record
from pathshala_common.store.sqlite import event_log, tasks
from pathshala_common.store.sqlite.heads import Head, Heads

COLUMNS = (*tasks.COLUMNS, "outbox", "outbox_due", "outbox_held")
CREATE = f"{tasks.insert_into(COLUMNS)} ON CONFLICT DO NOTHING"

LOADS = """
    SELECT user_id, count(outbox_held), sum(outbox_held IS NULL AND NOT taken), sum(taken)
    FROM tasks INDEXED BY tasks_load WHERE finished_at IS NULL GROUP BY user_id
"""


def record(task: Task, requested: Envelope, send_by: datetime | None) -> Record:
    """Make the row of a new task with its outbox."""
    due, held = (None, 1) if send_by is None else (milliseconds(send_by), None)
    return task_record(task, 0, 0) | {"outbox": requested.raw, "outbox_due": due, "outbox_held": held}


def create(connection: sqlite3.Connection, heads: Heads, task: Task, made: Record) -> str | None:
    """Insert a task with its outbox; give the document that has its id already, if one has."""
    if connection.execute(CREATE, [made[column] for column in COLUMNS]).rowcount:
        # A task that was forgotten and is asked for again has events.
        new = event_log.is_empty(connection, task.task_id)
        heads.put(task.task_id, Head(task, tasks.shown(made)) if new else None)
        return None
    return str(connection.execute("SELECT document FROM tasks WHERE task_id = :task_id", made).fetchone()[0])


def claim(connection: sqlite3.Connection, now: int, until: int, limit: int) -> list[bytes]:
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
