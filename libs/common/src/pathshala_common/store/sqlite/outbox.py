"""The outbox in SQLite. Each function runs inside a transaction on the connection's thread."""

import sqlite3
from datetime import datetime

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.store import Load
from pathshala_common.store.records import Record, milliseconds, next_due, task_record

CREATE = """
    INSERT INTO tasks (task_id, position, status, user_id, lesson_key, created_at, finished_at, deadline,
                       taken, outbox_due, outbox_held, document, outbox, subject, topic, progress_message)
    VALUES (:task_id, :position, :status, :user_id, :lesson_key, :created_at, :finished_at, :deadline,
            :taken, :outbox_due, :outbox_held, :document, :outbox, :subject, :topic, :progress_message)
    ON CONFLICT DO NOTHING
"""

LOADS = """
    SELECT user_id, count(outbox_held), sum(outbox_held IS NULL AND NOT taken), sum(taken)
    FROM tasks INDEXED BY tasks_load WHERE finished_at IS NULL GROUP BY user_id
"""


def record(task: Task, requested: Envelope, send_by: datetime | None) -> Record:
    """Make the row of a new task with its outbox."""
    due, held = (None, 1) if send_by is None else (milliseconds(send_by), None)
    return task_record(task, 0) | {"outbox": requested.raw, "outbox_due": due, "outbox_held": held}


def create(connection: sqlite3.Connection, made: Record) -> str | None:
    """Insert a task with its outbox; give the document that has its id already, if one has."""
    if connection.execute(CREATE, made).rowcount:
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


def drop(connection: sqlite3.Connection, task_id: str) -> None:
    """Forget the first event's second copy, now that the log has the task's events."""
    connection.execute(
        "UPDATE tasks SET outbox = NULL, outbox_due = NULL, outbox_held = NULL"
        " WHERE task_id = ? AND outbox IS NOT NULL",
        (task_id,),
    )


def loads(connection: sqlite3.Connection) -> dict[str, Load]:
    """Count the unfinished tasks of each user, in an index that holds nothing else."""
    return {user_id: Load(held, queued, taken) for user_id, held, queued, taken in connection.execute(LOADS)}
