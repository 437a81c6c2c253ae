"""The log of events in SQLite. Each function runs inside a transaction on its thread."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pathshala_common.contract.ports.store import Change, Stream
from pathshala_common.store.records import Record, event_records, stream, task_record
from pathshala_common.store.sqlite import lessons, outbox, tasks

INSERT = """
    INSERT INTO events (task_id, position, id, time, type, lesson_key, revision, raw)
    VALUES (:task_id, :position, :id, :time, :type, :lesson_key, :revision, :raw)
"""


@dataclass(frozen=True, slots=True)
class ChangeRows:
    """A Change as rows, made before the transaction so that nothing in it is in doubt."""

    task_id: str
    position: int
    events: Sequence[Record]
    task: Record | None
    fault: str | None


def step(change: Change) -> ChangeRows:
    """Turn a change into rows."""
    position = change.position + len(change.envelopes)
    task = None if change.task is None else task_record(change.task, position)
    return ChangeRows(change.task_id, change.position, event_records(change), task, change.fault)


def append(connection: sqlite3.Connection, steps: Sequence[ChangeRows]) -> list[bool]:
    """Apply each step, or nothing of it. There is one writer, so what is looked up first stays true."""
    return [_append(connection, one) for one in steps]


def _append(connection: sqlite3.Connection, one: ChangeRows) -> bool:
    position, logged = _end(connection, one.task_id)
    if position != one.position or any(event["id"] in logged for event in one.events):
        return False
    if any(event["revision"] is not None and not lessons.continues(connection, event) for event in one.events):
        return False
    connection.executemany(INSERT, one.events)
    if one.task is not None:
        tasks.write(connection, one.task)
    if one.fault is not None:
        tasks.tell_fault(connection, one.task_id, one.fault)
    if one.events:
        outbox.drop(connection, one.task_id)
    return True


def _end(connection: sqlite3.Connection, task_id: str) -> tuple[int, list[str]]:
    """Give the last position of a task's log, and the ids of the events that were not cut.

    Where the last event was cut, the task document knows its position, for as long as there is one.
    """
    rows = connection.execute(
        "SELECT position, id FROM events WHERE task_id = ?1"
        " UNION ALL SELECT position, NULL FROM tasks WHERE task_id = ?1",
        (task_id,),
    ).fetchall()
    return max((position for position, _ in rows), default=0), [identity for _, identity in rows if identity]


def streams(connection: sqlite3.Connection, asked: Mapping[str, Sequence[str]]) -> dict[str, Stream]:
    """Give the stream of each task."""
    tasks = json.dumps(list(asked))
    documents = {
        task_id: (position, document)
        for task_id, position, document in connection.execute(
            "SELECT task_id, position, document FROM tasks WHERE task_id IN (SELECT value FROM json_each(?))", (tasks,)
        )
    }
    found = {}
    for task_id, ids in asked.items():
        folded, document = documents.get(task_id, (0, None))
        position, logged = _end(connection, task_id)
        tail = raws(connection, task_id, after=folded) if position > folded else []
        found[task_id] = stream(document, tail, position, frozenset(ids).intersection(logged))
    return found


def raws(connection: sqlite3.Connection, task_id: str, *, after: int = 0) -> list[bytes]:
    """Give the events of a task after a position, as they were logged."""
    rows = connection.execute(
        "SELECT raw FROM events WHERE task_id = ? AND position > ? ORDER BY position", (task_id, after)
    )
    return [row[0] for row in rows]


def logged(connection: sqlite3.Connection, task_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Give a task's events after a position, each with its own."""
    return connection.execute(
        "SELECT position, raw FROM events WHERE task_id = ? AND position > ? ORDER BY position LIMIT ?",
        (task_id, after, limit),
    ).fetchall()
