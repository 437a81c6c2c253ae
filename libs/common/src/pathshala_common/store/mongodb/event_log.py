"""The log of events in MongoDB, and the lessons in it, as single writes and reads; store.py says why they suffice."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo.errors import BulkWriteError

from pathshala_common.contract.envelope import decode
from pathshala_common.contract.ports.store import Change, Stream
from pathshala_common.store.mongodb import tasks as task_documents
from pathshala_common.store.mongodb.schema import BY_TIME, DESCENDING, Collection, duplicates, log_id
from pathshala_common.store.records import REVISION_MAX, Place, Record, event_records, read_task

READ_AHEAD = 8


async def append(tasks: Collection, events: Collection, changes: Sequence[Change]) -> list[bool]:
    """Log each change's events while nobody else does, and bring its task document up. Returns which were applied."""
    applied = [False] * len(changes)
    for indexes in rounds(changes):
        logged = await _log(events, {index: changes[index] for index in indexes})
        await task_documents.write(tasks, [changes[index] for index in logged])
        for index in logged:
            applied[index] = True
    return applied


def rounds(changes: Sequence[Change]) -> Iterable[list[int]]:
    """Part changes, by their index, so that each task comes at most once in a round, and in order."""
    waiting = list(range(len(changes)))
    while waiting:
        first: dict[str, int] = {}
        for index in waiting:
            first.setdefault(changes[index].task_id, index)
        taken = set(first.values())
        yield sorted(taken)
        waiting = [index for index in waiting if index not in taken]


async def _log(events: Collection, changes: Mapping[int, Change]) -> list[int]:
    """Insert the events of all changes wave by wave, first events first. Returns which changes were logged wholly.

    A change whose event is refused sends no further ones; its neighbours in the wave do not notice. One that has no
    events is refused if its log is further.
    """
    logs = {index: documents(change) for index, change in changes.items()}
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
    following = {log_id(change.task_id, change.position + 1): index for index, change in changes.items()}
    return [following[key] for key in await _fetch(events, "id", list(following))] if following else []


def documents(change: Change) -> list[Record]:
    """Make the log's documents of a change. An event's id counts within its task, so nobody can take another's."""
    made = []
    for record in event_records(change):
        document = {name: value for name, value in record.items() if value is not None}
        document["_id"] = log_id(change.task_id, record["position"])
        if record["revision"] is not None:
            document["lesson_of"] = change.task_id
        made.append(document)
    return made


async def streams(tasks: Collection, events: Collection, asked: Mapping[str, Sequence[str]]) -> dict[str, Stream]:
    """Give the stream of each task: documents first, so that the log is never behind its document."""
    found = tasks.find({"_id": {"$in": list(asked)}}, {"document": 1, "position": 1})
    folded = {document["_id"]: document async for document in found}
    positions = {task_id: folded[task_id]["position"] if task_id in folded else 0 for task_id in asked}
    reached = await _ends(events, {task_id: document["position"] for task_id, document in folded.items()}, asked)
    logged = await _read(events, "id", reached)
    behind = {task_id: [at for at in ids if at > positions[task_id]] for task_id, ids in logged.items()}
    keys = [log_id(task_id, at) for task_id, places in behind.items() for at in places]
    raws = await _fetch(events, "raw", keys) if keys else {}
    return {
        task_id: Stream(
            task=read_task(folded[task_id]["document"]) if task_id in folded else None,
            tail=[decode(raws[key]) for at in behind[task_id] if (key := log_id(task_id, at)) in raws],
            position=max(reached[task_id], *ids, 0),
            repeats=frozenset(asked[task_id]).intersection(ids.values()),
        )
        for task_id, ids in logged.items()
    }


async def _ends(events: Collection, folded: Mapping[str, int], asked: Iterable[str]) -> dict[str, int]:
    """Give a position that each task's log has surely reached: its document's, or else that of its last event."""
    unknown = [task_id for task_id in asked if task_id not in folded]
    last: list[Record] = [
        {"$match": {"task_id": {"$in": unknown}}},
        {"$group": {"_id": "$task_id", "position": {"$max": "$position"}}},
    ]
    found = [group async for group in await events.aggregate(last)] if unknown else []
    return dict.fromkeys(unknown, 0) | dict(folded) | {group["_id"]: group["position"] for group in found}


async def _read(events: Collection, field: str, reached: Mapping[str, int]) -> dict[str, dict[int, Any]]:
    """Give a field of all the events of these tasks, by their positions, in the order of the log.

    `reached` says how far each task's log has surely come: what is not there up to it was cut. Beyond it positions
    are dense; so all are asked for by name, a few further than that, and further still while all are there: look-ups
    by primary key alone. What is given beyond `reached` has no gap even if somebody appends meanwhile.
    """
    found: dict[str, dict[int, Any]] = {task_id: {} for task_id in reached}
    windows = {task_id: range(1, at_least + READ_AHEAD + 1) for task_id, at_least in reached.items()}
    while windows:
        wanted = [log_id(task_id, at) for task_id, window in windows.items() for at in window]
        fetched = await _fetch(events, field, wanted)
        for task_id, window in windows.items():
            for at in window:
                if (key := log_id(task_id, at)) in fetched:
                    found[task_id][at] = fetched[key]
                elif at > reached[task_id]:
                    break
        windows = {
            task_id: range(window.stop, window.stop + READ_AHEAD)
            for task_id, window in windows.items()
            if window[-1] in found[task_id]
        }
    return found


async def _fetch(events: Collection, field: str, keys: Sequence[str]) -> dict[str, Any]:
    return {event["_id"]: event[field] async for event in events.find({"_id": {"$in": keys}}, {field: 1})}


async def raws(tasks: Collection, events: Collection, task_id: str) -> list[bytes]:
    """Give the events of a task, as they were logged."""
    found = await tasks.find_one({"_id": task_id}, {"position": 1})
    reached = await _ends(events, {task_id: found["position"]} if found else {}, [task_id])
    return list((await _read(events, "raw", reached))[task_id].values())


async def logged(events: Collection, task_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Give a task's events after a position, each with its own."""
    beyond = {"task_id": task_id, "position": {"$gt": after}}
    found = await events.find(beyond, {"position": 1, "raw": 1}).sort("position").limit(limit).to_list(None)
    return [(one["position"], one["raw"]) for one in found]


async def latest_revisions(events: Collection, keys: Sequence[str]) -> list[int | None]:
    """Give the greatest revision of each lesson, in the order of the keys: one index seek each."""
    found = await asyncio.gather(*(_newest(events, key, REVISION_MAX, "revision", 1) for key in keys))
    return [revisions[0] if revisions else None for revisions in found]


async def lessons(events: Collection, key: str, below: int, limit: int) -> list[bytes]:
    """Give the events that stored a lesson's revisions, newest first."""
    return await _newest(events, key, below, "raw", limit)


async def _newest(events: Collection, key: str, below: int, field: str, limit: int) -> list[Any]:
    """Give a field of each revision. Every one is 1 at the least; saying so lets the index be used."""
    wanted = {"lesson_key": key, "revision": {"$gte": 1, "$lt": below}}
    found = await events.find(wanted, {field: 1}).sort("revision", DESCENDING).limit(limit).to_list(None)
    return [one[field] for one in found]


async def places(events: Collection, name: str, begin: Place, end: int, limit: int) -> list[Place]:
    """Give where events of one type stand in the log by time."""
    wanted = {"_id": 0, "time": 1, "task_id": 1, "position": 1}
    found = events.find(_range(name, begin, end), wanted).sort(BY_TIME).limit(limit)
    return [(document["time"], document["task_id"], document["position"]) async for document in found]


def _range(name: str, begin: Place, end: int) -> Record:
    """Write the events of one type, after a place and before a millisecond, as a filter that an index can use."""
    time, task_id, position = begin
    return {
        "type": name,
        "time": {"$gte": time, "$lt": end},
        "$or": [
            {"time": {"$gt": time}},
            {"time": time, "task_id": {"$gt": task_id}},
            {"time": time, "task_id": task_id, "position": {"$gt": position}},
        ],
    }
