"""The outbox in MongoDB: who is given its events, and what each user has there; mongodb.py says why it is safe."""

from uuid import uuid4

from pymongo import UpdateOne

from pathshala_common.contract.envelope import Envelope, decode
from pathshala_common.contract.ports.store import Load
from pathshala_common.store.mongodb import schema
from pathshala_common.store.mongodb.event_log import Collection
from pathshala_common.store.records import Record, next_due


async def take(
    tasks: Collection, events: Collection, where: Record, order: str, due: tuple[int, int], limit: int
) -> list[Envelope]:
    """Take events that match, the first in order: mark them as ours in one write, then read what was marked.

    `due` is the moment now, and the one before which what was taken falls due to nobody. What somebody else takes
    meanwhile, or the log has, is not given.
    """
    mark = uuid4().hex
    while found := await tasks.find(where, {"created_at": 1}).sort(order).limit(limit).to_list(None):
        created = {document["_id"]: document["created_at"] for document in found}
        first = {"_id": {"$in": [schema.log_id(task_id, 1) for task_id in created]}}
        logged = [event["task_id"] async for event in events.find(first, {"task_id": 1})]
        await tasks.update_many({"_id": {"$in": logged}}, {"$unset": schema.OUTBOX})
        await tasks.bulk_write(
            [
                UpdateOne(
                    {"_id": task_id, **where},
                    {
                        "$set": {"outbox_due": next_due(created_at, *due), "outbox_claim": mark},
                        "$unset": {"outbox_held": ""},
                    },
                )
                for task_id, created_at in created.items()
            ],
            ordered=False,
        )
        marked = tasks.find({"_id": {"$in": list(created)}, "outbox_claim": mark}, {"outbox": 1})
        if ours := await marked.sort(order).to_list(None):
            return [decode(document["outbox"]) for document in ours]
    return []


async def loads(tasks: Collection) -> dict[str, Load]:
    """Count the unfinished tasks of each user, place by place in the order in which tasks pass them.

    So one that goes on meanwhile is counted twice at worst, and not missed.
    """
    unfinished = {"finished_at": schema.NOT_YET}
    held = await _by_user(tasks, {**unfinished, "outbox_held": True})
    queued = await _by_user(tasks, {**unfinished, "outbox_held": {"$ne": True}, "taken": {"$ne": True}})
    taken = await _by_user(tasks, {**unfinished, "taken": True})
    users = held.keys() | queued.keys() | taken.keys()
    return {user: Load(held.get(user, 0), queued.get(user, 0), taken.get(user, 0)) for user in users}


async def _by_user(tasks: Collection, where: Record) -> dict[str, int]:
    pipeline: list[Record] = [{"$match": where}, {"$group": {"_id": "$user_id", "tasks": {"$sum": 1}}}]
    return {group["_id"]: group["tasks"] async for group in await tasks.aggregate(pipeline)}
