"""The log of events in MongoDB, and the lessons in it, as single writes and reads; mongodb.py says why they suffice."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.errors import BulkWriteError

from pathshala_common.contract.envelope import decode
from pathshala_common.contract.lesson import LessonKey
from pathshala_common.contract.ports.store import Change, Stream
from pathshala_common.store.mongodb import schema
from pathshala_common.store.records import REVISION_MAX, Place, Record, key_text, read_task

DUPLICATE_KEY = 11000
READ_AHEAD = 8

Collection = AsyncCollection[dict[str, Any]]


async def append(events: Collection, changes: Mapping[int, Change]) -> list[int]:
    """Insert the events of all changes wave by wave, first events first. Returns which changes were logged wholly.

    A change whose event is refused sends no further ones; its neighbours in the wave do not notice. One that has no
    events is refused if its log is further.
    """
    logs = {index: schema.event_documents(change) for index, change in changes.items()}
    for index in await _overtaken(events, {i: change for i, change in changes.items() if not change.envelopes}):
        del logs[index]
    wave = 0
    while order := [index for index, log in logs.items() if len(log) > wave]:
        try:
            await events.insert_many([logs[index][wave] for index in order], ordered=False)
        except BulkWriteError as error:
            for refused in duplicates(error):
                del logs[order[refused]]
        wave += 1
    return list(logs)


async def _overtaken(events: Collection, changes: Mapping[int, Change]) -> list[int]:
    """Which changes see a log that has gone on."""
    following = {schema.log_id(change.task_id, change.position + 1): index for index, change in changes.items()}
    return [following[key] for key in await _fetch(events, "id", list(following))] if following else []


async def bring_up(tasks: Collection, changes: Sequence[Change]) -> None:
    """Write the task documents, unless somebody has brought them further.

    An upsert that meets a document that is further, or that was inserted a moment ago, reports a duplicate key. The
    second time there is surely a document, so it is further.
    """
    updates = [UpdateOne(*update, upsert=True) for update in map(schema.task_update, changes) if update]
    for _ in range(2):
        if not updates:
            return
        try:
            await tasks.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            updates = [updates[index] for index in duplicates(error)]
        else:
            return


def duplicates(error: BulkWriteError) -> list[int]:
    """Which writes met a duplicate key; raises the error again if anything else went wrong."""
    failures = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(failure["code"] != DUPLICATE_KEY for failure in failures):
        raise error
    return [failure["index"] for failure in failures]


async def streams(
    events: Collection, folded: Mapping[str, Record], asked: Mapping[str, Sequence[str]]
) -> dict[str, Stream]:
    """Give each task's stream: what its document says, if it has one, and what the log has beyond it."""
    positions = {task_id: folded[task_id]["position"] if task_id in folded else 0 for task_id in asked}
    reached = await ends(events, {task_id: document["position"] for task_id, document in folded.items()}, asked)
    logged = await read(events, "id", reached)
    behind = {task_id: [at for at in ids if at > positions[task_id]] for task_id, ids in logged.items()}
    keys = [schema.log_id(task_id, at) for task_id, places in behind.items() for at in places]
    raws = await _fetch(events, "raw", keys) if keys else {}
    return {
        task_id: Stream(
            task=read_task(folded[task_id]["document"]) if task_id in folded else None,
            tail=[decode(raws[key]) for at in behind[task_id] if (key := schema.log_id(task_id, at)) in raws],
            position=max(reached[task_id], *ids, 0),
            repeats=frozenset(asked[task_id]).intersection(ids.values()),
        )
        for task_id, ids in logged.items()
    }


async def ends(events: Collection, folded: Mapping[str, int], asked: Iterable[str]) -> dict[str, int]:
    """Give a position that each task's log has surely reached: its document's, or else that of its last event."""
    unknown = [task_id for task_id in asked if task_id not in folded]
    last: list[Record] = [
        {"$match": {"task_id": {"$in": unknown}}},
        {"$group": {"_id": "$task_id", "position": {"$max": "$position"}}},
    ]
    found = [group async for group in await events.aggregate(last)] if unknown else []
    return dict.fromkeys(unknown, 0) | dict(folded) | {group["_id"]: group["position"] for group in found}


async def read(events: Collection, field: str, reached: Mapping[str, int]) -> dict[str, dict[int, Any]]:
    """Give a field of all the events of these tasks, by their positions, in the order of the log.

    `reached` says how far each task's log has surely come: what is not there up to it was cut. Beyond it positions
    are dense; so all are asked for by name, a few further than that, and further still while all are there: look-ups
    by primary key alone. What is given beyond `reached` has no gap even if somebody appends meanwhile.
    """
    found: dict[str, dict[int, Any]] = {task_id: {} for task_id in reached}
    windows = {task_id: range(1, at_least + READ_AHEAD + 1) for task_id, at_least in reached.items()}
    while windows:
        wanted = [schema.log_id(task_id, at) for task_id, window in windows.items() for at in window]
        fetched = await _fetch(events, field, wanted)
        for task_id, window in windows.items():
            for at in window:
                if (key := schema.log_id(task_id, at)) in fetched:
                    found[task_id][at] = fetched[key]
                elif at > reached[task_id]:
                    break
        windows = {
            task_id: range(window.stop, window.stop + READ_AHEAD)
            for task_id, window in windows.items()
            if window[-1] in found[task_id]
        }
    return found


async def places(events: Collection, name: str, begin: Place, end: int, limit: int) -> list[Place]:
    """Give where events of one type stand in the log by time."""
    wanted = {"_id": 0, "time": 1, "task_id": 1, "position": 1}
    found = events.find(schema.range_filter(name, begin, end), wanted).sort(schema.BY_TIME).limit(limit)
    return [(document["time"], document["task_id"], document["position"]) async for document in found]


async def _fetch(events: Collection, field: str, keys: Sequence[str]) -> dict[str, Any]:
    return {event["_id"]: event[field] async for event in events.find({"_id": {"$in": keys}}, {field: 1})}


def newest(events: Collection, key: LessonKey, below: int | None = None) -> AsyncCursor[dict[str, Any]]:
    """Find the revisions of a lesson, newest first. Every one has a revision; saying so lets the index be used."""
    bounds = {"$gte": 1} if below is None else {"$gte": 1, "$lt": min(below, REVISION_MAX)}
    return events.find({"lesson_key": key_text(key), "revision": bounds}).sort("revision", schema.DESCENDING)
