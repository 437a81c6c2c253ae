"""The log of events in MongoDB, as single writes and reads; store.py says why they suffice."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from pymongo.errors import BulkWriteError

from pathshala_common.contract.ports.store import Change, Stream
from pathshala_common.store.mongodb import lessons
from pathshala_common.store.mongodb import tasks as task_documents
from pathshala_common.store.mongodb.class_sets import write_sets
from pathshala_common.store.mongodb.schema import BY_TIME, BY_TYPE, PAGE, Collection, duplicates, log_id
from pathshala_common.store.mongodb.spending import note_spending
from pathshala_common.store.records import PASSING, Place, Record, event_records, spending_records, stream

READ_AHEAD = 8


async def append(tasks: Collection, events: Collection, changes: Sequence[Change]) -> list[bool]:
    """Log each change's events while nobody else does, and bring its task document up. Returns which were applied."""
    applied = [False] * len(changes)
    if calls := list(chain.from_iterable(map(spending_records, changes))):
        await note_spending(events.database["spending"], calls)
    for indexes in rounds(changes):
        logged = await _log(tasks, events, {index: changes[index] for index in indexes})
        await task_documents.write(tasks, [changes[index] for index in logged])
        await write_sets(events.database["class_sets"], [changes[index] for index in logged])
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


async def _log(tasks: Collection, events: Collection, changes: Mapping[int, Change]) -> list[int]:
    """Insert the events of all changes, first events first. Returns which changes were logged wholly.

    What ends a task, or adds nothing to its log, is let through only if the log has not gone on; and a lesson only
    once the revision before is logged. Both are asked while the events before it are inserted.
    """
    logs = {index: documents(change) for index, change in changes.items()}
    guarded = {index: at for index, log in logs.items() if (at := _end_of(log)) is not None}
    stored = [end for log in logs.values() for end in log if "revision" in end]
    keys = sorted({end[field] for end in stored for field in ("lesson_key", "edition")})
    going, overtaken, latest = await asyncio.gather(
        _insert(events, {index: log[: guarded.get(index)] for index, log in logs.items()}),
        _overtaken(tasks, events, {index: (changes[index], at) for index, at in guarded.items()}),
        lessons.latest_revisions(events, keys),
    )
    going -= overtaken
    ends = {index: logs[index][at] for index, at in guarded.items() if index in going and logs[index]}
    going -= ends.keys() - await _insert_ends(events, ends, dict(zip(keys, latest, strict=True)))
    tails = {index: logs[index][guarded[index] + 1 :] for index in going & ends.keys()}
    going -= tails.keys() - await _insert(events, tails)
    return sorted(going)


def _end_of(log: Sequence[Record]) -> int | None:
    """The position of the first final event; 0 if there is no event at all, None if none is final."""
    return next((at for at, event in enumerate(log) if event["type"] not in PASSING), None if log else 0)


async def _insert(events: Collection, logs: Mapping[int, Sequence[Record]]) -> set[int]:
    """Insert events wave by wave. One that is refused sends no further ones; its neighbours do not notice."""
    going, wave = set(logs), 0
    while order := [index for index in going if len(logs[index]) > wave]:
        going -= await _insert_unordered(events, {index: logs[index][wave] for index in order})
        wave += 1
    return going


async def _insert_ends(events: Collection, ends: Mapping[int, Record], latest: Mapping[str, int | None]) -> set[int]:
    """Insert final events, those of one lesson in the order of their serials. Returns which went in.

    Where one is refused, or the writer dies, none of the same lesson goes in behind it: no chain has a gap.
    """
    stored = {index: end for index, end in ends.items() if "revision" in end}
    chains = lessons.chains(stored, latest)
    alone = {index: ends[index] for index in ends.keys() - stored.keys()}
    alone |= {links[0]: ends[links[0]] for links in chains if len(links) == 1}
    longer = [{index: ends[index] for index in links} for links in chains if len(links) > 1]
    refused = await asyncio.gather(
        _insert_unordered(events, alone), *(_insert_ordered(events, links) for links in longer)
    )
    return {*alone, *chain.from_iterable(longer)} - set().union(*refused)


async def _insert_unordered(events: Collection, wanted: Mapping[int, Record]) -> set[int]:
    """Insert each event that can be. Returns which were refused."""
    try:
        if wanted:
            await events.insert_many(wanted.values(), ordered=False)
    except BulkWriteError as error:
        order = list(wanted)
        return {order[refused] for refused in duplicates(error)}
    return set()


async def _insert_ordered(events: Collection, wanted: Mapping[int, Record]) -> set[int]:
    """Insert events one after the other up to the first that is refused. Returns that one and those behind it."""
    try:
        await events.insert_many(wanted.values())
    except BulkWriteError as error:
        return set(list(wanted)[min(duplicates(error)) :])
    return set()


async def _overtaken(tasks: Collection, events: Collection, changes: Mapping[int, tuple[Change, int]]) -> set[int]:
    """Which changes see a log that has gone on, not counting the events, so many, that they insert meanwhile."""
    if not changes:
        return set()
    ids = [change.task_id for change, _ in changes.values()]
    logged, folded = await asyncio.gather(
        events.find({"task_id": {"$in": ids}}, {"_id": 0, "task_id": 1, "position": 1}, batch_size=PAGE).to_list(None),
        tasks.find({"_id": {"$in": ids}}, {"position": 1}, batch_size=PAGE).to_list(None),
    )
    reached = {document["_id"]: document["position"] for document in folded}
    for event in logged:
        reached[event["task_id"]] = max(reached.get(event["task_id"], 0), event["position"])
    return {index for index, (change, at) in changes.items() if reached.get(change.task_id, 0) > change.position + at}


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
    found = tasks.find({"_id": {"$in": list(asked)}}, {"document": 1, "position": 1}, batch_size=PAGE)
    folded = {document["_id"]: document async for document in found}
    positions = {task_id: folded[task_id]["position"] if task_id in folded else 0 for task_id in asked}
    reached = await _ends(events, {task_id: document["position"] for task_id, document in folded.items()}, asked)
    logged = await _read(events, "id", reached)
    behind = {task_id: [at for at in ids if at > positions[task_id]] for task_id, ids in logged.items()}
    keys = [log_id(task_id, at) for task_id, places in behind.items() for at in places]
    raws = await _fetch(events, "raw", keys) if keys else {}
    return {
        task_id: stream(
            folded[task_id]["document"] if task_id in folded else None,
            [raws[key] for at in behind[task_id] if (key := log_id(task_id, at)) in raws],
            max(reached[task_id], *ids, 0),
            frozenset(asked[task_id]).intersection(ids.values()),
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
    found = [group async for group in await events.aggregate(last, batchSize=PAGE)] if unknown else []
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
    return {
        event["_id"]: event[field] async for event in events.find({"_id": {"$in": keys}}, {field: 1}, batch_size=PAGE)
    }


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


async def places(events: Collection, name: str, begin: Place, end: int, limit: int) -> list[Place]:
    """Give where events of one type stand in the log by time."""
    wanted = {"_id": 0, "time": 1, "task_id": 1, "position": 1}
    found = events.find(_range(name, begin, end), wanted).sort(BY_TIME).limit(limit).hint(BY_TYPE)
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
