"""Task documents in MongoDB; store.py says why single writes are enough."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from pathshala_common.contract.errors import UnreadableError
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.store import Change, Page
from pathshala_common.contract.summary import TaskSummary, summary_of
from pathshala_common.store.mongodb.claims import disclaim
from pathshala_common.store.mongodb.schema import (
    ASCENDING,
    BY_STATUS,
    BY_USER,
    NEWEST,
    NOT_YET,
    OUTBOX,
    Collection,
    Keys,
    duplicates,
)
from pathshala_common.store.records import (
    Record,
    key_text,
    milliseconds,
    read_key,
    read_summary,
    read_task,
    task_record,
)


def document(task: Task, position: int, change: int | None = None) -> Record:
    """Make the document of a task, without its outbox, and without the number of its change if that is as it was.

    `listed` is the position up to which what a list shows is right: a writer that knows no lists leaves it behind.
    """
    record = task_record(task, position, change) | {"listed": position}
    if change is None:
        del record["change"]
    return record | {"finished_at": NOT_YET} if record["finished_at"] is None else record


NULLABLE = ("error_code", "error_message", "fault")
LISTED = dict.fromkeys(
    (
        "task_id", "subject", "topic", "user_id", "lesson_key", "status", "created_at", "deadline", "finished_at",
        "progress_message", *NULLABLE, "position", "listed",
    ), 1
)  # fmt: skip
"""The fields that a list shows, and those that tell whether it is right."""

COUNTS = "tasks by status"
COUNTED_MAX = 5_000
"""Up to this many tasks are counted at each request: that is exact, and takes a few milliseconds."""

COUNTS_AGE_MAX_MILLISECONDS = 300_000
"""Counts that nobody has renewed for so long are of a house whose store service is away."""

FAULTY: Record = {"fault": {"$exists": True}}


async def write(tasks: Collection, changes: Sequence[Change]) -> None:
    """Bring task documents up to changes, unless somebody has brought them further.

    An upsert that meets a document that is further, or that was inserted a moment ago, reports a duplicate key. The
    second time there is surely a document, so it is further.
    """
    updates = [update for update in map(_update, changes) if update]
    for _ in range(2):
        if not updates:
            return
        try:
            await tasks.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            updates = [updates[index] for index in duplicates(error)]
        else:
            return


def _update(change: Change) -> UpdateOne | None:
    """Make the update that brings a task document up to a change, unless it is further already, or tells its fault."""
    if change.task is None:
        told = {"$set": {"fault": change.fault}}
        return UpdateOne({"_id": change.task_id}, told) if change.fault is not None else None
    position = change.position + len(change.envelopes)
    update: Record = {"$set": document(change.task, position, change.changed)}
    if position > 0:
        update["$unset"] = OUTBOX | {"fault": ""}
    return UpdateOne({"_id": change.task_id, "position": {"$lte": position}}, update, upsert=True)


NUMBERED = dict.fromkeys(("document", "fault", "position", "listed", "change"), 1)


async def select(tasks: Collection, task_ids: Iterable[str]) -> list[tuple[str, str, str | None, int]]:
    """Give the ids of those of these tasks that are there, each with its document, its fault and its change.

    A writer that knows no lists leaves the number of the change behind, too.
    """
    found = tasks.find({"_id": {"$in": list(task_ids)}}, NUMBERED)
    return [(one["_id"], one["document"], one.get("fault"), _number(one)) async for one in found]


def _number(kept: Record) -> int:
    position = int(kept["position"])
    return int(kept["change"]) if kept.get("listed") == position and "change" in kept else position


async def summaries(tasks: Collection, where: Record, order: Keys, limit: int, *, index: Keys) -> list[TaskSummary]:
    """Give what a list shows of the tasks that a filter picks; documents are read of those alone that lack it."""
    found = await tasks.find(where, LISTED).sort(order).limit(limit).hint(index).to_list(None)
    lacking = [one["_id"] for one in found if one.get("listed") != one["position"]]
    read = tasks.find({"_id": {"$in": lacking}}, {"document": 1}) if lacking else None
    documents = {one["_id"]: one["document"] async for one in read} if read else {}
    return [_summary(one, documents.get(one["_id"])) for one in found]


def _summary(kept: Record, document: str | None) -> TaskSummary:
    """Read a summary, from its document if that is given; if it cannot be read, from what an older version kept."""
    if document is not None:
        with suppress(UnreadableError):
            return summary_of(read_task(document, kept.get("fault")))
    key = read_key(kept["lesson_key"])
    known = {"subject": key.subject, "topic": key.topic, "progress_message": "", **dict.fromkeys(NULLABLE), **kept}
    return read_summary(known | ({"finished_at": None} if kept["finished_at"] == NOT_YET else {}))


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


def page_index(page: Page) -> Keys:
    """Name the index whose range a page is, so that no server takes a longer one."""
    named = {"lesson_key": page.lesson_key, "user_id": page.user_id, "status": page.status}
    lead = next((field for field, value in named.items() if value is not None), None)
    return NEWEST if lead is None else [(lead, ASCENDING), *NEWEST]


def overdue_filter(now: datetime, after: tuple[datetime, str] | None) -> Record:
    """Write unfinished tasks past their deadline, after a deadline and id, as a filter that an index can use."""
    found: Record = {"finished_at": NOT_YET, "deadline": {"$lt": milliseconds(now)}}
    if after is not None:
        deadline, task_id = milliseconds(after[0]), after[1]
        found["deadline"]["$gte"] = deadline
        found["$or"] = [{"deadline": {"$gt": deadline}}, {"deadline": deadline, "task_id": {"$gt": task_id}}]
    return found


async def counts(tasks: Collection, finished_since: int, user_id: str | None = None) -> Mapping[str, int]:
    """Count the tasks in each status, each over a range of an index; or those of one user, among that user's."""
    recent = {"finished_at": {"$gte": finished_since}}
    whose: Record
    whose, index = ({}, BY_STATUS) if user_id is None else ({"user_id": user_id}, BY_USER)
    wanted = [{**whose, "status": status.value, **(recent if status.final else {})} for status in Status]
    found = await asyncio.gather(*(tasks.count_documents(one, hint=index) for one in wanted))
    return {status.value: count for status, count in zip(Status, found, strict=True)}


async def kept_counts(kept: Collection, finished_since: int) -> Mapping[str, int] | None:
    """Give the counts that are kept, if they are young, and of so many tasks that to count them anew takes long."""
    found = await kept.find_one({"_id": COUNTS})
    if found is None or finished_since - found["finished_since"] > COUNTS_AGE_MAX_MILLISECONDS:
        return None
    counted = {status.value: int(found[status.value]) for status in Status}
    return counted if sum(counted.values()) > COUNTED_MAX else None


async def keep_counts(kept: Collection, counted: Mapping[str, int], finished_since: int) -> None:
    """Keep counts, in the place of those before."""
    await kept.replace_one({"_id": COUNTS}, {**counted, "finished_since": finished_since}, upsert=True)


async def delete_finished(tasks: Collection, claims: Collection, before: int, limit: int) -> int:
    """Delete the tasks that finished before, the oldest first, and what was claimed of them."""
    old = {"finished_at": {"$lt": before}}
    found = await tasks.find(old, {"_id": 1}).sort("finished_at").limit(limit).to_list(None)
    ids = [one["_id"] for one in found]
    if not ids:
        return 0
    await disclaim(claims, ids)
    return (await tasks.delete_many({"_id": {"$in": ids}, **old})).deleted_count
