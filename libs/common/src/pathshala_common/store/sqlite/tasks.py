"""Task documents in SQLite. Each function runs inside a transaction on the connection's thread."""

import json
import sqlite3
from collections.abc import Collection, Sequence

from pathshala_common.contract.lesson import Status
from pathshala_common.contract.ports.store import Page
from pathshala_common.contract.summary import TaskSummary
from pathshala_common.store.records import Record, key_text, milliseconds, read_summary

REQUESTED = ("task_id", "user_id", "lesson_key", "created_at", "deadline", "subject", "topic")
"""The columns that come from the request, and never change."""

SHOWN = ("status", "finished_at", "taken", "progress_message", "error_code", "error_message")
FOLDED = ("position", "change", "document", *SHOWN)
"""The columns that events change."""

REPLACED = ("position", "document", *SHOWN)
"""Those that each fold sets anew; the number of the change stays if nothing that is shown changed."""

COLUMNS = (*REQUESTED, *FOLDED)
NO_OUTBOX = "outbox = NULL, outbox_due = NULL, outbox_held = NULL"
"""The first event's second copy is forgotten, once the log has events of the task."""

DROP_OUTBOX = f"UPDATE tasks SET {NO_OUTBOX} WHERE task_id = ? AND outbox IS NOT NULL"  # noqa: S608 - names of ours


def insert_into(columns: Sequence[str]) -> str:
    """Write the insertion of a task with these columns."""
    return f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names of ours


WRITE = f"""
    {insert_into(COLUMNS)}
    ON CONFLICT (task_id) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in REPLACED)},
    change = coalesce(excluded.change, change), fault = NULL
"""
FIELDS = (
    "task_id", "subject", "topic", "user_id", "status", "created_at", "deadline", "finished_at", "progress_message",
    "error_code", "error_message", "fault",
)  # fmt: skip
"""The columns that a list shows."""

SELECT = (
    "SELECT task_id, document, fault, coalesce(change, position) FROM tasks"
    " WHERE task_id IN (SELECT value FROM json_each(?))"
)
OVERDUE = "deadline < ? AND finished_at IS NULL AND (deadline, task_id) > (?, ?) ORDER BY deadline, task_id LIMIT ?"
FAULTY = "fault IS NOT NULL ORDER BY task_id LIMIT ?"
UNFINISHED = "task_id > ? AND finished_at IS NULL ORDER BY task_id LIMIT ?"


def write(connection: sqlite3.Connection, record: Record) -> None:
    """Set a task's document, whether it had one or not."""
    connection.execute(WRITE, [record[column] for column in COLUMNS])


def shown(record: Record) -> Sequence[object]:
    """Give what events changed of a task beside its document, to be compared with what they change next."""
    return [record[column] for column in SHOWN]


def update(connection: sqlite3.Connection, record: Record, before: Sequence[object], *, outbox: bool) -> None:
    """Set what changed of a task that is there and has no fault, so that other columns' indexes are left alone.

    If it has an `outbox`, that is dropped.
    """
    changed = [column for column, old in zip(SHOWN, before, strict=True) if record[column] != old]
    numbered = [] if record["change"] is None else ["change"]
    columns = ("position", "document", *numbered, *changed)
    terms = [*(f"{column} = ?" for column in columns), *([NO_OUTBOX] if outbox else [])]
    statement = f"UPDATE tasks SET {', '.join(terms)} WHERE task_id = ?"  # noqa: S608 - names of ours
    connection.execute(statement, [record[column] for column in (*columns, "task_id")])


def drop_outbox(connection: sqlite3.Connection, task_id: str) -> None:
    """Forget the first event's second copy, now that the log has the task's events."""
    connection.execute(DROP_OUTBOX, (task_id,))


def tell_fault(connection: sqlite3.Connection, task_id: str, fault: str) -> None:
    """Say beside a task's document, if there is one, why it lags behind the log."""
    connection.execute("UPDATE tasks SET fault = ? WHERE task_id = ?", (fault, task_id))


def select(connection: sqlite3.Connection, task_ids: Collection[str]) -> list[tuple[str, str, str | None, int]]:
    """Give the ids of those of these tasks that are there, each with its document, its fault and its change."""
    return connection.execute(SELECT, (json.dumps(list(task_ids)),)).fetchall()


def summaries(connection: sqlite3.Connection, where: str, *values: object) -> list[TaskSummary]:
    """Give what a list shows of the tasks that a clause picks."""
    query = f"SELECT {', '.join(FIELDS)} FROM tasks WHERE {where}"  # noqa: S608 - clauses are ours, values are bound
    return [read_summary(dict(zip(FIELDS, row, strict=True))) for row in connection.execute(query, values)]


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


def user_counts(connection: sqlite3.Connection, user_id: str, finished_since: int) -> dict[str, int]:
    """Count the tasks of one user."""
    found = connection.execute(
        "SELECT status, count(*) FROM tasks INDEXED BY tasks_user "
        "WHERE user_id = ? AND coalesce(finished_at, ?) >= ? GROUP BY status",
        (user_id, finished_since, finished_since),
    )
    return {**dict.fromkeys((status.value for status in Status), 0), **dict(found.fetchall())}


def delete_finished(connection: sqlite3.Connection, before: int, limit: int) -> int:
    """Delete the tasks that finished before, the oldest first, and what was claimed of them."""
    found = connection.execute(
        "SELECT task_id FROM tasks WHERE finished_at < ? ORDER BY finished_at LIMIT ?", (before, limit)
    ).fetchall()
    connection.executemany("DELETE FROM claims WHERE task_id = ?", found)
    return connection.executemany("DELETE FROM tasks WHERE task_id = ?", found).rowcount if found else 0
