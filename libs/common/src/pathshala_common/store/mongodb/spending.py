"""The spending on language models, in MongoDB: a document a call, whose key is its event's, so each is kept once."""

from collections.abc import Sequence

from pymongo.errors import BulkWriteError

from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.store.mongodb.schema import ASCENDING, BY_CALL, BY_SET, BY_TOLD, Collection, duplicates
from pathshala_common.store.records import Record, read_spent

SUMS: Record = {
    "_id": None,
    "calls": {"$sum": 1},
    "prompt_tokens": {"$sum": "$prompt_tokens"},
    "completion_tokens": {"$sum": "$completion_tokens"},
}


async def note_spending(spending: Collection, records: Sequence[Record]) -> None:
    """Keep calls, each once. It is done before their events are logged: who dies between the two is told them again."""
    made = [
        {"_id": record["event_id"]} | {name: value for name, value in record.items() if value is not None}
        for record in records
    ]
    try:
        if made:
            await spending.insert_many(made, ordered=False)
    except BulkWriteError as error:
        duplicates(error)


async def spent_by(spending: Collection, user_id: str, since: int) -> Spent:
    """Sum up a user's calls."""
    return await _sum(spending, {"user_id": user_id, "time": {"$gte": since}}, dict(BY_CALL))


async def spent(spending: Collection, since: int, until: int) -> Spent:
    """Sum up everybody's calls."""
    return await _sum(spending, {"time": {"$gte": since, "$lt": until}}, dict(BY_TOLD))


async def spent_on_set(spending: Collection, set_id: str) -> Spent:
    """Sum up a set's calls."""
    return await _sum(spending, {"class_set": set_id}, dict(BY_SET))


async def _sum(spending: Collection, where: Record, index: Record) -> Spent:
    found = await (await spending.aggregate([{"$match": where}, {"$group": SUMS}], hint=index)).to_list(None)
    return (
        read_spent(*(found[0][name] for name in ("calls", "prompt_tokens", "completion_tokens"))) if found else Spent()
    )


async def forget_spending(spending: Collection, before: int, limit: int) -> int:
    """Delete old calls."""
    old = spending.find({"time": {"$lt": before}}, {"_id": 1}).sort([("time", ASCENDING)]).limit(limit).hint(BY_TOLD)
    found = [one["_id"] async for one in old]
    return (await spending.delete_many({"_id": {"$in": found}})).deleted_count if found else 0
