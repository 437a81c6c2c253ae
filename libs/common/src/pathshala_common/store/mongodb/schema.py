"""What MongoDB keeps, as plain values: indexes, documents and filters. Nothing here connects.

Only what both a standalone server and small servers of its protocol understand is used: no transaction, no update
written as a pipeline, no index over `_id`, and whole numbers for moments.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.store import Change, Page
from pathshala_common.store.records import Place, Record, event_records, key_text, milliseconds, task_record

ASCENDING, DESCENDING = 1, -1

NOT_YET = 2**53
"""Stands for the end of a task that has not ended, so that one range says "unfinished, or finished since"."""

Index = tuple[Sequence[tuple[str, int]], Mapping[str, Any]]


def _where(field: str, unique: bool = False) -> Mapping[str, Any]:  # noqa: FBT001, FBT002 - reads as the index option
    """Index only the documents that have the field."""
    return {"unique": unique, "partialFilterExpression": {field: {"$exists": True}}}


NEWEST = [("created_at", DESCENDING), ("task_id", DESCENDING)]
BY_TIME = [("time", ASCENDING), ("task_id", ASCENDING), ("position", ASCENDING)]
OUTBOX = {"outbox": "", "outbox_due": "", "outbox_held": "", "outbox_claim": ""}
EVENT_INDEXES: Sequence[Index] = (
    ([("task_id", ASCENDING), ("id", ASCENDING)], {"unique": True}),
    ([("lesson_key", ASCENDING), ("revision", DESCENDING)], _where("revision", unique=True)),
    # Says nothing that the one before does not, except to small servers, which use the index of one field only.
    ([("lesson_key", ASCENDING)], _where("lesson_key")),
    ([("lesson_of", ASCENDING)], _where("lesson_of", unique=True)),
    # A page of all types is read from each type's range, so that an event costs one more index, and not two.
    ([("type", ASCENDING), *BY_TIME], {}),
)
TASK_INDEXES: Sequence[Index] = (
    ([("idempotency_key", ASCENDING)], _where("idempotency_key", unique=True)),
    (NEWEST, {}),
    ([("status", ASCENDING), *NEWEST], {}),
    ([("user_id", ASCENDING), *NEWEST], {}),
    ([("lesson_key", ASCENDING), *NEWEST], {}),
    ([("status", ASCENDING), ("finished_at", ASCENDING)], {}),
    ([("finished_at", ASCENDING), ("deadline", ASCENDING)], {}),
    ([("finished_at", ASCENDING), ("task_id", ASCENDING)], {}),
    ([("outbox_due", ASCENDING)], _where("outbox_due")),
    ([("user_id", ASCENDING), ("created_at", ASCENDING)], _where("outbox_held")),
    ([("finished_at", ASCENDING), ("user_id", ASCENDING), ("outbox_held", ASCENDING), ("taken", ASCENDING)], {}),
)


def options(url: str, timeout_ms: int) -> Record:
    """Give the client's time limits, except for those that the URL names."""
    defaults: Record = {
        "timeoutMS": timeout_ms,
        "serverSelectionTimeoutMS": timeout_ms,
        "connectTimeoutMS": timeout_ms,
    }
    named = {name.lower() for name in parse_qs(urlsplit(url).query)}
    return {name: value for name, value in defaults.items() if name.lower() not in named}


def fault(url: str, error: Exception) -> str:
    """Say what PyMongo has against a URL, unless its words could quote a password that is not escaped."""
    return "escape '/' and '?' in its password (%2F, %3F)" if may_be_quoted(url) else str(error)


def may_be_quoted(url: str) -> bool:
    """Whether a part of the password could be taken for a path or an option, and so be shown."""
    return bool({"/", "?"} & set(url.partition("://")[2].rpartition("@")[0]))


def log_id(task_id: str, position: int) -> str:
    """Name a place in a task's log: the primary key, so that of two writers one gets it."""
    return f"{task_id}/{position}"


def event_documents(change: Change) -> list[Record]:
    """Make the log's documents of a change. An event's id counts within its task, so nobody can take another's."""
    documents = []
    for record in event_records(change):
        document = {name: value for name, value in record.items() if value is not None}
        document["_id"] = log_id(change.task_id, record["position"])
        if record["revision"] is not None:
            document["lesson_of"] = change.task_id
        documents.append(document)
    return documents


def task_document(task: Task, position: int) -> Record:
    """Make the document of a task, without its outbox."""
    record = task_record(task, position)
    return record | {"finished_at": NOT_YET} if record["finished_at"] is None else record


def task_update(change: Change) -> tuple[Record, Record] | None:
    """Make the filter and the update that bring a task document up to a change, unless it is further already."""
    if change.task is None:
        return None
    position = change.position + len(change.envelopes)
    update: Record = {"$set": task_document(change.task, position)}
    if position > 0:
        update["$unset"] = OUTBOX
    return {"_id": change.task_id, "position": {"$lte": position}}, update


def page_filter(page: Page) -> Record:
    """Write a page as a filter whose bounds an index can use."""
    found: Record = {"finished_at": {"$gte": milliseconds(page.finished_since)}}
    if page.status is not None:
        found["status"] = page.status.value
    if page.user_id is not None:
        found["user_id"] = page.user_id
    if page.lesson_key is not None:
        found["lesson_key"] = key_text(page.lesson_key)
    if page.after is not None:
        moment, task_id = milliseconds(page.after[0]), page.after[1]
        # The first bound says nothing new, but is the one that an index range can begin at.
        found["created_at"] = {"$lte": moment}
        found["$or"] = [{"created_at": {"$lt": moment}}, {"created_at": moment, "task_id": {"$lt": task_id}}]
    return found


def range_filter(name: str, begin: Place, end: int) -> Record:
    """Write the events of one type, after a place and before a millisecond, as a filter that an index can use."""
    time, task_id, position = begin
    return {
        "type": name,
        "time": {"$gte": time, "$lt": end},
        "$or": [
            {"time": {"$gt": time}},
            {"time": time, "task_id": {"$gt": task_id}},
            {"time": time, "task_id": task_id, "position": {"$gt": position}},
        ],
    }


def rounds(changes: Sequence[Change]) -> Iterable[list[int]]:
    """Part changes, by their index, so that each task comes at most once in a round, and in order."""
    waiting = list(range(len(changes)))
    while waiting:
        first: dict[str, int] = {}
        for index in waiting:
            first.setdefault(changes[index].task_id, index)
        taken = set(first.values())
        yield sorted(taken)
        waiting = [index for index in waiting if index not in taken]
