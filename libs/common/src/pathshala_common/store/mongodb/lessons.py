"""The lessons in the log in MongoDB: how they are read, and in which order they may be logged."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.lesson import LessonKey
from pathshala_common.contract.ports.store import EditionHead
from pathshala_common.store.mongodb.schema import (
    ASCENDING,
    BY_EDITION,
    BY_TERM,
    BY_TYPE,
    DESCENDING,
    PAGE,
    Collection,
)
from pathshala_common.store.records import Record, editions_range, key_text, late_marks, lesson_text, read_edition

COMPLETED_AT_ONCE_MAX = 500
LOOKED_AT_MAX = 200
"""Lessons that are looked at together in a search."""

Before = tuple[int, str]
"""The time and the task of a lesson; those before it are wanted."""


async def latest_revisions(events: Collection, keys: Sequence[str]) -> list[int | None]:
    """Give the greatest number of each chain, in the order of the keys: one round trip for all.

    A server that knows how skips in the index from the newest of each chain to the next chain. A lesson whose newest
    revision was stored by a version without editions is completed first.
    """
    lessons = sorted({lesson_text(key) for key in keys})
    editions = sorted(set(keys).difference(lessons))
    pipeline = _latest("lesson_key", "revision", lessons)
    if editions:
        of_editions = _latest("edition", "edition_revision", editions)
        pipeline.append({"$unionWith": {"coll": events.name, "pipeline": of_editions}})
    latest: dict[str, int] = {}
    while lessons:
        found = [group async for group in await events.aggregate(pipeline, batchSize=PAGE)]
        latest = {group["_id"]: group["number"] for group in found}
        lessons = [group["_id"] for group in found if group.get("edition") is None]
        for lesson in lessons:
            await _complete(events, lesson)
    return [latest.get(key) for key in keys]


def _latest(field: str, number: str, keys: Sequence[str]) -> list[Record]:
    first = {"number": {"$first": f"${number}"}, "edition": {"$first": "$edition"}}
    return [
        {"$match": {field: {"$in": list(keys)}, number: {"$gte": 1}}},
        {"$sort": {field: ASCENDING, number: DESCENDING}},
        {"$group": {"_id": f"${field}", **first}},
    ]


async def newest(events: Collection, key: str, below: int, limit: int) -> list[bytes]:
    """Give the events that stored what a chain has, newest first. Every number is 1 at least; so an index is used."""
    field, number = ("lesson_key", "revision") if key == lesson_text(key) else ("edition", "edition_revision")
    wanted = {field: key, number: {"$gte": 1, "$lt": below}}
    found = await events.find(wanted, {"raw": 1}).sort(number, DESCENDING).limit(limit).to_list(None)
    return [one["raw"] for one in found]


def chains(stored: Mapping[int, Record], latest: Mapping[str, int | None]) -> list[list[int]]:
    """Part the events that store lessons into one chain a lesson, each link the next of its lesson and of its edition.

    What continues neither what is stored nor the chain is in none.
    """
    reached = {key: number or 0 for key, number in latest.items()}
    found: dict[str, list[int]] = {}
    for index, document in stored.items():
        step = {document["lesson_key"]: document["revision"], document["edition"]: document["edition_revision"]}
        if all(number == reached[key] + 1 for key, number in step.items()):
            reached |= step
            found.setdefault(document["lesson_key"], []).append(index)
    return list(found.values())


async def editions_of(events: Collection, key: LessonKey) -> list[EditionHead]:
    """Give the editions of a lesson, once what a version without editions stored of it is completed."""
    await latest_revisions(events, [key_text(key)])
    begin, end = editions_range(key)
    heads = await _heads(events, {"$gte": begin, "$lt": end})
    return [
        EditionHead(read_edition(text), head["revision"], head["serial"], head["versions"])
        for text, head in heads.items()
    ]


async def _heads(events: Collection, editions: Record) -> Mapping[str, Record]:
    """Give the newest revision of each edition, and their number, from an index alone."""
    pipeline: list[Record] = [
        {"$match": {"edition": editions}},
        {
            "$group": {
                "_id": "$edition",
                "revision": {"$max": "$edition_revision"},
                "serial": {"$max": "$revision"},
                "versions": {"$sum": 1},
            }
        },
    ]
    found = await events.aggregate(pipeline, batchSize=PAGE, hint=dict(BY_EDITION))
    return {head["_id"]: head async for head in found}


async def listed(
    events: Collection, terms: Sequence[str], before: Before, limit: int
) -> tuple[list[tuple[bytes, int]], Before | None]:
    """Give the events that stored the newest of editions with these terms, each with its edition's count of revisions.

    Looks at some lessons, newest first; returns too before which the next call goes on, if there may be more.
    """
    where, index = _listed_filter(terms, before)
    wanted = {"time": 1, "task_id": 1, "edition": 1, "edition_revision": 1}
    order = [("time", DESCENDING), ("task_id", DESCENDING)]
    looked_at = await events.find(where, wanted).sort(order).limit(LOOKED_AT_MAX).hint(index).to_list(None)
    seen = [one for one in looked_at if "edition" in one]
    heads = await _heads(events, {"$in": sorted({one["edition"] for one in seen})}) if seen else {}
    newest_of = [one for one in seen if heads[one["edition"]]["revision"] == one["edition_revision"]][:limit]
    raws = await _raws(events, [one["task_id"] for one in newest_of])
    found = [(raws[one["task_id"]], heads[one["edition"]]["versions"]) for one in newest_of]
    return found, (looked_at[-1]["time"], looked_at[-1]["task_id"]) if len(looked_at) == LOOKED_AT_MAX else None


def _listed_filter(terms: Sequence[str], before: Before) -> tuple[Record, list[tuple[str, int]]]:
    """Write the lessons with all terms before a time and task as a filter, and name the index that serves it."""
    time, task_id = before
    where: Record = {"time": {"$lte": time}}
    where["$or"] = [{"time": {"$lt": time}}, {"time": time, "task_id": {"$lt": task_id}}]
    if not terms:
        return {"type": LessonStored.__name__, **where}, list(BY_TYPE)
    first, *others = terms
    where |= {"terms": first, "revision": {"$gte": 1}}
    return where | ({"$and": [{"terms": {"$all": others}}]} if others else {}), list(BY_TERM)


async def _raws(events: Collection, task_ids: Sequence[str]) -> Mapping[str, Any]:
    wanted = {"task_id": {"$in": list(task_ids)}, "lesson_of": {"$in": list(task_ids)}}
    found = await events.find(wanted, {"lesson_of": 1, "raw": 1}).to_list(None) if task_ids else []
    return {one["lesson_of"]: one["raw"] for one in found}


async def complete_editions(events: Collection, limit: int) -> int:
    """Mark lessons that a version without editions stored. Returns of how many, at the most, it knew that it has to."""
    unmarked = {"terms": None, "revision": {"$gte": 1}}
    found = await events.find(unmarked, {"lesson_key": 1}).limit(limit).to_list(None)
    for lesson in sorted({one["lesson_key"] for one in found}):
        await _complete(events, lesson)
    return len(found)


async def _complete(events: Collection, lesson: str) -> None:
    """Mark what a version without editions stored of a lesson, the newest last: if that is marked, all are."""
    unmarked = {"lesson_key": lesson, "revision": {"$gte": 1}, "edition": None}
    old = events.find(unmarked, {"raw": 1, "revision": 1}).sort("revision", ASCENDING).limit(COMPLETED_AT_ONCE_MAX)
    while found := await old.clone().to_list(None):
        marks = [(one["_id"], late_marks(one["raw"], lesson, one["revision"])) for one in found]
        await events.bulk_write([UpdateOne({"_id": identity}, {"$set": each}) for identity, each in marks])
