"""What is cut from the log in MongoDB. A task that is found old is finished, so the reads need not be of one moment."""

from collections.abc import AsyncGenerator

from pymongo import UpdateOne

from pathshala_common.store.mongodb import event_log, schema
from pathshala_common.store.mongodb.event_log import Collection
from pathshala_common.store.records import EVER, PASSING, Place, heading

PAGE = 500
"""Events looked at together."""

BEGINNING: Place = (-EVER, "", 0)


async def complete(events: Collection, limit: int) -> int:
    """Give events the time and type that they were logged without."""
    found = await events.find({"type": None}, {"raw": 1}).limit(limit).to_list(None)
    updates = []
    for document in found:
        time, name = heading(document["raw"])
        updates.append(UpdateOne({"_id": document["_id"]}, {"$set": {"time": time, "type": name}}))
    if updates:
        await events.bulk_write(updates, ordered=False)
    return len(updates)


async def delete_old_events(tasks: Collection, events: Collection, name: str, before: int, limit: int) -> int:
    """Delete events of one type, the oldest first, of tasks of which nothing is to come and all was told before."""
    keys: list[str] = []
    async for _, task_id, position in _old(tasks, events, name, before):
        keys.append(schema.log_id(task_id, position))
        if len(keys) == limit:
            break
    return (await events.delete_many({"_id": {"$in": keys}})).deleted_count if keys else 0


async def delete_old_logs(tasks: Collection, events: Collection, before: int, limit: int) -> int:
    """Delete the events of such tasks, but for final ones."""
    found: set[str] = set()
    for name in PASSING:
        if len(found) == limit:
            break
        async for _, task_id, _ in _old(tasks, events, name, before):
            found.add(task_id)
            if len(found) == limit:
                break
    passing = {"task_id": {"$in": sorted(found)}, "type": {"$in": PASSING}}
    return (await events.delete_many(passing)).deleted_count if found else 0


async def _old(tasks: Collection, events: Collection, name: str, before: int) -> AsyncGenerator[Place, None]:
    """Go through the places of such events, page by page."""
    begin = BEGINNING
    while page := await event_log.places(events, name, begin, before, PAGE):
        begin = page[-1]
        ids = sorted({task_id for _, task_id, _ in page})
        unfinished = tasks.find({"_id": {"$in": ids}, "finished_at": schema.NOT_YET}, {"_id": 1})
        younger = events.find({"task_id": {"$in": ids}, "time": {"$gte": before}}, {"task_id": 1})
        spared = {task["_id"] async for task in unfinished} | {event["task_id"] async for event in younger}
        for place in page:
            if place[1] not in spared:
                yield place
