"""Task documents in MongoDB; store.py says why single writes are enough."""

import asyncio
from collections.abc import Mapping, Sequence

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.store import Change, Page
from pathshala_common.store.mongodb.claims import disclaim
from pathshala_common.store.mongodb.schema import NOT_YET, OUTBOX, Collection, duplicates
from pathshala_common.store.records import Record, key_text, milliseconds, task_record


def document(task: Task, position: int) -> Record:
    """Make the document of a task, without its outbox."""
    record = task_record(task, position)
    return record | {"finished_at": NOT_YET} if record["finished_at"] is None else record


async def write(tasks: Collection, changes: Sequence[Change]) -> None:
    """Bring task documents up to changes, unless somebody has brought them further.

    An upsert that meets a document that is further, or that was inserted a moment ago, reports a duplicate key. The
    second time there is surely a document, so it is further.
    """
    updates = [UpdateOne(*update, upsert=True) for update in map(_update, changes) if update]
    for _ in range(2):
        if not updates:
            return
        try:
            await tasks.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            updates = [updates[index] for index in duplicates(error)]
        else:
            return


def _update(change: Change) -> tuple[Record, Record] | None:
    """Make the filter and the update that bring a task document up to a change, unless it is further already."""
    if change.task is None:
        return None
    position = change.position + len(change.envelopes)
    update: Record = {"$set": document(change.task, position)}
    if position > 0:
        update["$unset"] = OUTBOX
    return {"_id": change.task_id, "position": {"$lte": position}}, update


async def select(tasks: Collection, where: Record, order: Sequence[tuple[str, int]], limit: int) -> list[str]:
    """Give the documents that a filter picks."""
    found = await tasks.find(where, {"document": 1}).sort(order).limit(limit).to_list(None)
    return [one["document"] for one in found]


async def select_one(tasks: Collection, where: Record) -> str | None:
    """Give the document that a filter picks, if there is one."""
    found = await tasks.find_one(where, {"document": 1})
    return found["document"] if found else None


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


async def counts(tasks: Collection, finished_since: int) -> Mapping[str, int]:
    """Count the tasks in each status, each over a range of an index."""
    recent = {"finished_at": {"$gte": finished_since}}
    wanted = [{"status": status.value, **(recent if status.final else {})} for status in Status]
    found = await asyncio.gather(*map(tasks.count_documents, wanted))
    return {status.value: count for status, count in zip(Status, found, strict=True)}


async def delete_finished(tasks: Collection, claims: Collection, before: int, limit: int) -> int:
    """Delete the tasks that finished before, the oldest first, and what was claimed of them."""
    old = {"finished_at": {"$lt": before}}
    found = await tasks.find(old, {"_id": 1}).sort("finished_at").limit(limit).to_list(None)
    ids = [one["_id"] for one in found]
    if not ids:
        return 0
    await disclaim(claims, ids)
    return (await tasks.delete_many({"_id": {"$in": ids}, **old})).deleted_count
