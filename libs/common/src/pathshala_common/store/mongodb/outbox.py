"""The outbox in MongoDB: who is given its events, and what each user has there; store.py says why it is safe."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import LessonEdited
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.store import Load
from pathshala_common.store.mongodb.schema import NOT_YET, OUTBOX, Collection, duplicates, log_id
from pathshala_common.store.mongodb.tasks import document
from pathshala_common.store.records import Record, milliseconds, next_due


class Creation(NamedTuple):
    """The outcome for one task: whether it was inserted, or else the document that has its id, if it still has."""

    is_new: bool
    document: str | None = None


def record(task: Task, requested: Envelope, send_by: datetime | None) -> Record:
    """Make the document of a new task with its outbox."""
    made = document(task, 0, 0) | {"_id": task.task_id, "outbox": requested.raw}
    return made | ({"outbox_held": True} if send_by is None else {"outbox_due": milliseconds(send_by)})


def encoded(made: Record) -> RawBSONDocument:
    """Encode a document now, so that one that cannot be fails whoever made it, and nobody beside it."""
    return RawBSONDocument(encode(made))


async def create(tasks: Collection, made: Sequence[RawBSONDocument]) -> list[Creation]:
    """Insert tasks with their outboxes in one write; of those whose id was there already, find the documents."""
    try:
        await tasks.insert_many(made, ordered=False)
    except BulkWriteError as error:
        refused = set(duplicates(error))
    else:
        return [Creation(is_new=True)] * len(made)
    found = tasks.find({"_id": {"$in": [made[index]["_id"] for index in refused]}}, {"document": 1})
    documents = {one["_id"]: one["document"] async for one in found}
    return [Creation(index not in refused, documents.get(one["_id"])) for index, one in enumerate(made)]


async def claim(tasks: Collection, events: Collection, now: int, until: int, limit: int) -> list[bytes]:
    """Put off what is due, and give it."""
    return await _take(tasks, events, {"outbox_due": {"$lte": now}}, "outbox_due", (now, until), limit)


async def release(tasks: Collection, events: Collection, user_id: str, until: int, limit: int) -> list[bytes]:
    """Give a user's oldest held events, and the time at which they fall due."""
    return await _take(tasks, events, {"user_id": user_id, "outbox_held": True}, "created_at", (0, until), limit)


async def _take(
    tasks: Collection, events: Collection, where: Record, order: str, due: tuple[int, int], limit: int
) -> list[bytes]:
    """Take events that match, the first in order: mark them as ours in one write, then read what was marked.

    `due` is the moment now, and the one before which what was taken falls due to nobody. What somebody else takes
    meanwhile, or the log has, is not given.
    """
    mark = uuid4().hex
    while found := await tasks.find(where, {"created_at": 1}).sort(order).limit(limit).to_list(None):
        created = {one["_id"]: one["created_at"] for one in found}
        await _drop_logged(tasks, events, created)
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
            return [one["outbox"] for one in ours]
    return []


async def _drop_logged(tasks: Collection, events: Collection, ids: Iterable[str]) -> None:
    """Forget the first event's second copy, where the log has the task's events.

    Of an edit it is kept until that is folded: no store heard of it yet, and the API that logged it may have died.
    """
    first = {"_id": {"$in": [log_id(task_id, 1) for task_id in ids]}, "type": {"$ne": LessonEdited.__name__}}
    logged = [event["task_id"] async for event in events.find(first, {"task_id": 1})]
    await tasks.update_many({"_id": {"$in": logged}}, {"$unset": OUTBOX})


async def loads(tasks: Collection) -> dict[str, Load]:
    """Count the unfinished tasks of each user, place by place in the order in which tasks pass them.

    So one that goes on meanwhile is counted twice at worst, and not missed.
    """
    unfinished = {"finished_at": NOT_YET}
    held = await _by_user(tasks, {**unfinished, "outbox_held": True})
    queued = await _by_user(tasks, {**unfinished, "outbox_held": {"$ne": True}, "taken": {"$ne": True}})
    taken = await _by_user(tasks, {**unfinished, "taken": True})
    users = held.keys() | queued.keys() | taken.keys()
    return {user: Load(held.get(user, 0), queued.get(user, 0), taken.get(user, 0)) for user in users}


async def _by_user(tasks: Collection, where: Record) -> dict[str, int]:
    pipeline: list[Record] = [{"$match": where}, {"$group": {"_id": "$user_id", "tasks": {"$sum": 1}}}]
    return {group["_id"]: group["tasks"] async for group in await tasks.aggregate(pipeline)}
