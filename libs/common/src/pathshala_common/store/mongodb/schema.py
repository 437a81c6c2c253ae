"""The schema in MongoDB: its indexes, and the keys that keep two writers apart. Nothing here connects.

Only what both a standalone server and small servers of its protocol understand is used: no transaction, no update
written as a pipeline, no index over `_id`, and whole numbers for moments.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

Collection = AsyncCollection[dict[str, Any]]

ASCENDING, DESCENDING = 1, -1

NOT_YET = 2**53
"""Stands for the end of a task that has not ended, so that one range says "unfinished, or finished since"."""

DUPLICATE_KEY = 11000

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
    (NEWEST, {}),
    ([("status", ASCENDING), *NEWEST], {}),
    ([("user_id", ASCENDING), *NEWEST], {}),
    ([("lesson_key", ASCENDING), *NEWEST], {}),
    ([("status", ASCENDING), ("finished_at", ASCENDING)], {}),
    ([("finished_at", ASCENDING), ("deadline", ASCENDING), ("task_id", ASCENDING)], {}),
    ([("finished_at", ASCENDING), ("task_id", ASCENDING)], {}),
    ([("outbox_due", ASCENDING)], _where("outbox_due")),
    ([("fault", ASCENDING)], _where("fault")),
    ([("user_id", ASCENDING), ("created_at", ASCENDING)], _where("outbox_held")),
    ([("finished_at", ASCENDING), ("user_id", ASCENDING), ("outbox_held", ASCENDING), ("taken", ASCENDING)], {}),
)


def log_id(task_id: str, position: int) -> str:
    """Name a place in a task's log: the primary key, so that of two writers one gets it."""
    return f"{task_id}/{position}"


def duplicates(error: BulkWriteError) -> list[int]:
    """Which writes met a duplicate key; raises the error again if anything else went wrong."""
    failures = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(failure["code"] != DUPLICATE_KEY for failure in failures):
        raise error
    return [failure["index"] for failure in failures]
