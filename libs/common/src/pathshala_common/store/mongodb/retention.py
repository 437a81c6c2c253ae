"""Retention in MongoDB. A task that is found old is finished, so the reads need not be of one moment.

A class set whose log is found old is forgotten: while it is kept, each of its acts is folded from its first event on.
"""

from collections.abc import AsyncGenerator, Sequence

from pymongo import UpdateOne

from pathshala_common.store.mongodb import event_log, lessons
from pathshala_common.store.mongodb.schema import NOT_YET, Collection, log_id
from pathshala_common.store.records import EVER, PASSING, Place, heading

PAGE = 500
"""Events looked at together."""

BEGINNING: Place = (-EVER, "", 0)


async def old_events(tasks: Collection, events: Collection, name: str, before: int, limit: int) -> list[str]:
    """Give events of one type, the oldest first, of tasks of which nothing is to come and all was told before."""
    found: list[str] = []
    async for _, task_id, position in _old(tasks, events, name, before):
        found.append(log_id(task_id, position))
        if len(found) == limit:
            break
    return found


async def old_tasks(tasks: Collection, events: Collection, before: int, limit: int) -> list[str]:
    """Give such tasks that still have events that are not final."""
    found: set[str] = set()
    for name in PASSING:
        if len(found) == limit:
            break
        async for _, task_id, _ in _old(tasks, events, name, before):
            found.add(task_id)
            if len(found) == limit:
                break
    return sorted(found)


async def delete(events: Collection, keys: Sequence[str]) -> int:
    """Delete events."""
    return (await events.delete_many({"_id": {"$in": keys}})).deleted_count if keys else 0


async def delete_passing(events: Collection, tasks: Sequence[str]) -> int:
    """Delete the events of tasks, but for final ones."""
    passing = {"task_id": {"$in": tasks}, "type": {"$in": PASSING}}
    return (await events.delete_many(passing)).deleted_count if tasks else 0


async def count(events: Collection) -> int:
    """Take the count that the server keeps."""
    return await events.estimated_document_count()


async def complete(events: Collection, limit: int) -> int:
    """Give events the time and type that they were logged without, and lessons the marks of their editions."""
    found = await events.find({"type": None}, {"raw": 1}).limit(limit).to_list(None)
    updates = []
    for document in found:
        time, name = heading(document["raw"])
        updates.append(UpdateOne({"_id": document["_id"]}, {"$set": {"time": time, "type": name}}))
    if updates:
        await events.bulk_write(updates, ordered=False)
    return len(updates) + await lessons.complete_editions(events, limit)


async def _old(tasks: Collection, events: Collection, name: str, before: int) -> AsyncGenerator[Place, None]:
    """Go through the places of such events, page by page."""
    begin = BEGINNING
    while page := await event_log.places(events, name, begin, before, PAGE):
        begin = page[-1]
        ids = sorted({task_id for _, task_id, _ in page})
        unfinished = tasks.find({"_id": {"$in": ids}, "finished_at": NOT_YET}, {"_id": 1})
        kept_sets = events.database["class_sets"].find({"_id": {"$in": ids}}, {"_id": 1})
        younger = events.find({"task_id": {"$in": ids}, "time": {"$gte": before}}, {"task_id": 1})
        spared = {one["_id"] for found in (unfinished, kept_sets) async for one in found}
        spared |= {event["task_id"] async for event in younger}
        for place in page:
            if place[1] not in spared:
                yield place
