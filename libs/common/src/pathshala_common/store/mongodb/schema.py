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

PAGE = 10_000
"""Documents that a server may answer with at once, so that what is asked for together takes one round trip."""

Keys = Sequence[tuple[str, int]]
Index = tuple[Keys, Mapping[str, Any]]


def _where(field: str, unique: bool = False) -> Mapping[str, Any]:  # noqa: FBT001, FBT002 - reads as the index option
    """Index only the documents that have the field."""
    return {"unique": unique, "partialFilterExpression": {field: {"$exists": True}}}


BY_STATUS: Keys = [("status", ASCENDING), ("finished_at", ASCENDING)]
BY_DEADLINE: Keys = [("finished_at", ASCENDING), ("deadline", ASCENDING), ("task_id", ASCENDING)]
BY_ID: Keys = [("finished_at", ASCENDING), ("task_id", ASCENDING)]
BY_FAULT: Keys = [("task_id", ASCENDING)]
BY_TYPE: Keys = [("type", ASCENDING), ("time", ASCENDING), ("task_id", ASCENDING), ("position", ASCENDING)]
BY_EDITION: Keys = [("edition", ASCENDING), ("edition_revision", DESCENDING), ("revision", DESCENDING)]
BY_TERM: Keys = [("terms", ASCENDING), ("time", DESCENDING), ("task_id", DESCENDING)]
BY_SET: Keys = [("class_set", ASCENDING)]
BY_CALL: Keys = [("user_id", ASCENDING), ("time", ASCENDING)]
BY_TOLD: Keys = [("time", ASCENDING)]
NEWEST_SETS: Keys = [("created_at", DESCENDING), ("set_id", DESCENDING)]
SETS_OF_USER: Keys = [("user_id", ASCENDING), *NEWEST_SETS]
OPEN_SETS: Keys = [("is_open", ASCENDING), ("set_id", ASCENDING)]
BY_CHECK: Keys = [("checked_at", ASCENDING)]
NEWEST: Keys = [("created_at", DESCENDING), ("task_id", DESCENDING)]
BY_USER: Keys = [("user_id", ASCENDING), *NEWEST]
BY_TIME = BY_TYPE[1:]
OUTBOX = {"outbox": "", "outbox_due": "", "outbox_held": "", "outbox_claim": ""}
EVENT_INDEXES: Sequence[Index] = (
    ([("task_id", ASCENDING), ("id", ASCENDING)], {"unique": True}),
    ([("lesson_key", ASCENDING), ("revision", DESCENDING)], _where("revision", unique=True)),
    # It begins with the task, as every unique index must by which a collection is sharded.
    ([("task_id", ASCENDING), ("lesson_of", ASCENDING)], _where("lesson_of", unique=True)),
    # A page of all types is read from each type's range, so that an event costs one more index, and not two.
    (BY_TYPE, {}),
    (BY_EDITION, _where("edition")),
    # Lessons that a version without editions stored have no terms: it finds those too.
    (BY_TERM, _where("revision")),
)
TASK_INDEXES: Sequence[Index] = (
    (NEWEST, {}),
    ([("status", ASCENDING), *NEWEST], {}),
    (BY_USER, {}),
    ([("lesson_key", ASCENDING), *NEWEST], {}),
    (BY_STATUS, {}),
    (BY_DEADLINE, {}),
    (BY_ID, {}),
    ([("outbox_due", ASCENDING)], _where("outbox_due")),
    (BY_FAULT, _where("fault")),
    ([("user_id", ASCENDING), ("created_at", ASCENDING)], _where("outbox_held")),
    ([("finished_at", ASCENDING), ("user_id", ASCENDING), ("outbox_held", ASCENDING), ("taken", ASCENDING)], {}),
)

ARTICLE_INDEXES: Sequence[Index] = ((BY_CHECK, {}),)

SET_INDEXES: Sequence[Index] = ((NEWEST_SETS, {}), (SETS_OF_USER, {}), (OPEN_SETS, {}))

SPENDING_INDEXES: Sequence[Index] = ((BY_CALL, {}), (BY_SET, _where("class_set")), (BY_TOLD, {}))

INDEXES: Mapping[str, Sequence[Index]] = {
    "tasks": TASK_INDEXES,
    "events": EVENT_INDEXES,
    "articles": ARTICLE_INDEXES,
    "class_sets": SET_INDEXES,
    "spending": SPENDING_INDEXES,
}
"""The indexes that this version reads and writes by."""

RETIRED: Mapping[str, Sequence[Sequence[str]]] = {
    "tasks": [["idempotency_key"], ["finished_at", "deadline"]],
    "events": [["lesson_key"], ["lesson_of"]],
    "articles": [],
    "class_sets": [],
    "spending": [],
}
"""The fields of indexes that older versions made and this one does without."""


def log_id(task_id: str, position: int) -> str:
    """Name a place in a task's log: the primary key, so that of two writers one gets it."""
    return f"{task_id}/{position}"


def duplicates(error: BulkWriteError) -> list[int]:
    """Which writes met a duplicate key; raises the error again if anything else went wrong."""
    failures = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(failure["code"] != DUPLICATE_KEY for failure in failures):
        raise error
    return [failure["index"] for failure in failures]
