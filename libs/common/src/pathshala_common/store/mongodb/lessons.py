"""The lessons in the log in MongoDB: how they are read, and in which order their revisions may be logged."""

from collections.abc import Mapping, Sequence
from typing import Any

from pathshala_common.store.mongodb.schema import ASCENDING, DESCENDING, PAGE, Collection
from pathshala_common.store.records import Record


async def latest_revisions(events: Collection, keys: Sequence[str]) -> list[int | None]:
    """Give the greatest revision of each lesson, in the order of the keys: one round trip for all.

    A server that knows how skips in the index from each lesson's newest revision to the next lesson.
    """
    newest_first: list[Record] = [
        {"$match": {"lesson_key": {"$in": list(keys)}, "revision": {"$gte": 1}}},
        {"$sort": {"lesson_key": ASCENDING, "revision": DESCENDING}},
        {"$group": {"_id": "$lesson_key", "revision": {"$first": "$revision"}}},
    ]
    found = [group async for group in await events.aggregate(newest_first, batchSize=PAGE)] if keys else []
    latest = {group["_id"]: group["revision"] for group in found}
    return [latest.get(key) for key in keys]


async def newest(events: Collection, key: str, below: int, limit: int) -> list[bytes]:
    """Give the events that stored a lesson's revisions, newest first."""
    return await _revisions(events, key, below, "raw", limit)


async def _revisions(events: Collection, key: str, below: int, field: str, limit: int) -> list[Any]:
    """Give a field of each revision. Every one is 1 at the least; saying so lets the index be used."""
    wanted = {"lesson_key": key, "revision": {"$gte": 1, "$lt": below}}
    found = await events.find(wanted, {field: 1}).sort("revision", DESCENDING).limit(limit).to_list(None)
    return [one[field] for one in found]


def chains(stored: Mapping[int, Record], latest: Mapping[str, int | None]) -> list[list[int]]:
    """Part the events that store lessons into one chain a lesson, each link the next revision after the one before.

    What continues neither the lesson's latest revision nor the chain is in none.
    """
    found: dict[str, list[int]] = {}
    for index, document in stored.items():
        key = document["lesson_key"]
        chain = found.setdefault(key, [])
        if document["revision"] == (latest[key] or 0) + len(chain) + 1:
            chain.append(index)
    return [chain for chain in found.values() if chain]
