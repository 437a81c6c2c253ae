"""The outbox in MongoDB: who is given its events, and what each user has there; mongodb.py says why it is safe."""

from uuid import uuid4

from pathshala_common.contract.envelope import Envelope, decode
from pathshala_common.contract.ports.store import Load
from pathshala_common.store.mongodb import schema
from pathshala_common.store.mongodb.event_log import Collection
from pathshala_common.store.records import Record


async def take(
    tasks: Collection, events: Collection, where: Record, order: str, until: int, limit: int
) -> list[Envelope]:
    """Take events that match, the first in order: mark them as ours in one update, then read what was marked.

    What was taken falls due at `until`. What somebody else takes meanwhile, or the log has, is not given.
    """
    mark = uuid4().hex
    while found := await tasks.find(where, {"_id": 1}).sort(order).limit(limit).to_list(None):
        ids = [document["_id"] for document in found]
        first = {"_id": {"$in": [schema.log_id(task_id, 1) for task_id in ids]}}
        logged = [event["task_id"] async for event in events.find(first, {"task_id": 1})]
        await tasks.update_many({"_id": {"$in": logged}}, {"$unset": schema.OUTBOX})
        claim = {"$set": {"outbox_due": until, "outbox_claim": mark}, "$unset": {"outbox_held": ""}}
        await tasks.update_many({"_id": {"$in": ids}, **where}, claim)
        marked = tasks.find({"_id": {"$in": ids}, "outbox_claim": mark}, {"outbox": 1})
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
