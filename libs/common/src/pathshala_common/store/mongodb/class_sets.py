"""Class sets in MongoDB. A set's document is a fold of its log, and only ever replaced by one that is as far."""

from collections.abc import Collection as Ids
from collections.abc import Sequence
from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from pathshala_common.contract.lesson import Status
from pathshala_common.contract.ports.class_sets import Outcome
from pathshala_common.contract.ports.store import Change
from pathshala_common.store.mongodb.schema import (
    ASCENDING,
    NEWEST_SETS,
    OPEN_SETS,
    PAGE,
    SETS_OF_USER,
    Collection,
    log_id,
)
from pathshala_common.store.records import ENDS, Record, late_head, outcome, set_record

STATE: Record = {"status": 1, "progress_message": 1}
END: Record = {"_id": 0, "task_id": 1, "position": 1, "type": 1, "edition_revision": 1}


async def write_sets(class_sets: Collection, changes: Sequence[Change]) -> None:
    """Bring the documents of sets up to changes, unless somebody has brought them further.

    An upsert that meets a document that is further reports a duplicate key, and so may one that lost a race to be the
    first; the second time there is surely a document.
    """
    for record in filter(None, map(set_record, changes)):
        where = {"_id": record["set_id"], "position": {"$lte": record["position"]}}
        for _ in range(2):
            with suppress(DuplicateKeyError):
                await class_sets.update_one(where, {"$set": record}, upsert=True)
                break


async def class_set(class_sets: Collection, set_id: str) -> tuple[str, int] | None:
    """Give a set's document and its position."""
    found = await class_sets.find_one({"_id": set_id}, {"document": 1, "position": 1})
    return None if found is None else (found["document"], found["position"])


async def newest_sets(
    class_sets: Collection, user_id: str | None, since: int, before: tuple[int, str] | None, limit: int
) -> list[str]:
    """Give the heads of the newest sets before a time and id."""
    where: Record = {"created_at": {"$gte": since}} | ({} if user_id is None else {"user_id": user_id})
    if before is not None:
        created_at, set_id = before
        where["created_at"] = {"$gte": since, "$lte": created_at}
        where["$or"] = [{"created_at": {"$lt": created_at}}, {"created_at": created_at, "set_id": {"$lt": set_id}}]
    index = NEWEST_SETS if user_id is None else SETS_OF_USER
    found = class_sets.find(where, {"head": 1}).sort(NEWEST_SETS).limit(limit).hint(index)
    return [one["head"] if "head" in one else await _late_head(class_sets, one["_id"]) async for one in found]


async def _late_head(class_sets: Collection, set_id: str) -> str:
    """Make the head of a set that an older version wrote; "" if it is forgotten, or cannot be read."""
    found = await class_set(class_sets, set_id)
    return late_head(found[0]) if found is not None else ""


async def open_sets(class_sets: Collection, after: str, limit: int) -> list[str]:
    """Give the documents of sets that have not ended."""
    where = {"is_open": 1, "set_id": {"$gt": after}}
    found = class_sets.find(where, {"document": 1}).sort([("set_id", ASCENDING)]).limit(limit).hint(OPEN_SETS)
    return [one["document"] async for one in found]


async def outcomes(tasks: Collection, events: Collection, task_ids: Ids[str]) -> dict[str, Outcome]:
    """Give the states of tasks: those that have ended from the log, which knows them for ever."""
    states = tasks.find({"_id": {"$in": list(task_ids)}}, STATE, batch_size=PAGE)
    found = {one["_id"]: Outcome(Status(one["status"]), one["progress_message"]) async for one in states}
    ended = [task_id for task_id in task_ids if task_id not in found or found[task_id].status.final]
    return found | (await _ends(events, ended) if ended else {})


async def _ends(events: Collection, task_ids: Sequence[str]) -> dict[str, Outcome]:
    """Read the first final event of each task; of a lesson no more than its marks."""
    final = {"task_id": {"$in": task_ids}, "type": {"$in": ENDS}}
    ends = await events.find(final, END, batch_size=PAGE).to_list(None)
    first = {one["task_id"]: one for one in sorted(ends, key=lambda one: -one["position"])}
    unmarked = [log_id(one["task_id"], one["position"]) for one in first.values() if "edition_revision" not in one]
    fetched = events.find({"_id": {"$in": unmarked}}, {"task_id": 1, "raw": 1}, batch_size=PAGE) if unmarked else None
    raws = {one["task_id"]: one["raw"] async for one in fetched} if fetched is not None else {}
    return {
        task_id: outcome(one["type"], one.get("edition_revision"), raws.get(task_id)) for task_id, one in first.items()
    }


async def delete_class_sets(class_sets: Collection, before: int, limit: int) -> int:
    """Delete sets, the oldest first."""
    old = class_sets.find({"created_at": {"$lt": before}}, {"_id": 1}).sort([("created_at", ASCENDING)]).limit(limit)
    found = [one["_id"] async for one in old]
    return (await class_sets.delete_many({"_id": {"$in": found}})).deleted_count if found else 0
