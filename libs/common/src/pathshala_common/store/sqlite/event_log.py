"""The log of events in SQLite. Each function runs inside a transaction on its thread."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pathshala_common.contract.ports.store import Change, Stream
from pathshala_common.store.records import (
    MARKS,
    Record,
    event_records,
    set_record,
    spending_records,
    stream,
    task_record,
)
from pathshala_common.store.sqlite import lessons, tasks
from pathshala_common.store.sqlite.class_sets import write_set
from pathshala_common.store.sqlite.heads import Head, Heads
from pathshala_common.store.sqlite.packing import packed, unpacked
from pathshala_common.store.sqlite.schema import terms_text
from pathshala_common.store.sqlite.spending import note_spending

COLUMNS = ("task_id", "position", "id", "time", "type", *MARKS, "raw")
INSERT = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - names of ours

COUNT = "UPDATE logged SET events = events + ?"


@dataclass(frozen=True, slots=True)
class ChangeRows:
    """A Change with its rows, made before the transaction so that nothing in it is in doubt."""

    change: Change
    events: Sequence[Record]
    task: Record | None
    class_set: Record | None = None
    spending: Sequence[Record] = ()


def step(change: Change) -> ChangeRows:
    """Turn a change into rows."""
    position = change.position + len(change.envelopes)
    record = task_record(change.task, position, change.changed) if change.task else None
    return ChangeRows(change, event_records(change), record, set_record(change), spending_records(change))


def append(connection: sqlite3.Connection, heads: Heads, steps: Sequence[ChangeRows]) -> list[bool]:
    """Apply each step, or nothing of it. There is one writer, so what is looked up first stays true."""
    applied = [_append(connection, heads, one) for one in steps]
    events = sum(len(one.events) for one, done in zip(steps, applied, strict=True) if done)
    if events:
        connection.execute(COUNT, (events,))
    return applied


def _append(connection: sqlite3.Connection, heads: Heads, one: ChangeRows) -> bool:
    task_id = one.change.task_id
    head = heads.find(task_id)
    heads.put(task_id, None)
    position, ids = _end(connection, task_id) if head is None else (head.position, head.ids)
    if position != one.change.position or any(event["id"] in ids for event in one.events):
        return False
    lessons_of = [event for event in one.events if event["revision"] is not None]
    if not all(lessons.continues(connection, event) for event in lessons_of):
        return False
    connection.executemany(INSERT, event_rows(one))
    _write_task(connection, head, one)
    if one.class_set is not None:
        write_set(connection, one.class_set)
    if one.spending:
        note_spending(connection, one.spending)
    if not lessons_of:
        heads.put(task_id, _next_head(one, ids))
    return True


def event_rows(one: ChangeRows) -> list[list[object]]:
    """Give the rows to insert of a step's events. Long ones are packed here, off the event loop."""
    return [[event[column] for column in COLUMNS] for event in map(_row, one.events)]


def _row(event: Record) -> Record:
    terms = event["terms"]
    return event | {"raw": packed(event["type"], event["raw"]), "terms": None if terms is None else terms_text(terms)}


def _write_task(connection: sqlite3.Connection, head: Head | None, one: ChangeRows) -> None:
    """Bring a task's row up; the log has events now, if not before, so its outbox is dropped."""
    if one.task is not None and head is not None:
        tasks.update(connection, one.task, head.shown, outbox=bool(one.events) and head.position == 0)
    elif one.task is not None:
        tasks.write(connection, one.task)
    if one.change.fault is not None:
        tasks.tell_fault(connection, one.change.task_id, one.change.fault)
    if one.events and (head is None or one.task is None):
        tasks.drop_outbox(connection, one.change.task_id)


def _next_head(one: ChangeRows, ids: Collection[str]) -> Head | None:
    """Give the head that a step leaves, if the task goes on."""
    if one.task is None or one.change.task is None or one.change.task.status.final or one.change.fault is not None:
        return None
    logged = frozenset(event["id"] for event in one.events)
    return Head(one.change.task, tasks.shown(one.task), one.task["position"], logged.union(ids))


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


def is_empty(connection: sqlite3.Connection, task_id: str) -> bool:
    """Whether the log has nothing of a task."""
    return connection.execute("SELECT 1 FROM events WHERE task_id = ? LIMIT 1", (task_id,)).fetchone() is None


def remembered(heads: Heads, asked: Mapping[str, Sequence[str]]) -> dict[str, Stream]:
    """Give the streams of those tasks whose heads are in memory."""
    found = {task_id: heads.committed(task_id) for task_id in asked}
    return {
        task_id: Stream(head.task, [], head.position, head.ids.intersection(asked[task_id]))
        for task_id, head in found.items()
        if head is not None
    }


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
    return [unpacked(row[0]) for row in rows]


def logged(connection: sqlite3.Connection, task_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Give a task's events after a position, each with its own."""
    rows = connection.execute(
        "SELECT position, raw FROM events WHERE task_id = ? AND position > ? ORDER BY position LIMIT ?",
        (task_id, after, limit),
    )
    return [(position, unpacked(raw)) for position, raw in rows]
