"""The log of events in MongoDB, and the lessons in it, as single writes and reads; mongodb.py says why they suffice."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.errors import BulkWriteError

from pathshala_common.contract.envelope import decode
from pathshala_common.contract.lesson import LessonKey
from pathshala_common.contract.ports import Change, Stream
from pathshala_common.store import mongodb_documents as documents
from pathshala_common.store.records import REVISION_MAX, Record, key_text, read_task

DUPLICATE_KEY = 11000
READ_AHEAD = 8

Collection = AsyncCollection[dict[str, Any]]


async def append(events: Collection, changes: Mapping[int, Change]) -> list[int]:
    """Insert the events of all changes wave by wave, first events first. Returns which changes were logged wholly.

    A change whose event is refused sends no further ones; its neighbours in the wave do not notice. One that has no
    events is refused if its log is further.
    """
    logs = {index: documents.event_documents(change) for index, change in changes.items()}
    for index in await _overtaken(events, {i: change for i, change in changes.items() if not change.envelopes}):
        del logs[index]
    wave = 0
    while order := [index for index, log in logs.items() if len(log) > wave]:
        try:
            await events.insert_many([logs[index][wave] for index in order], ordered=False)
        except BulkWriteError as error:
            for refused in _duplicates(error):
                del logs[order[refused]]
        wave += 1
    return list(logs)


async def _overtaken(events: Collection, changes: Mapping[int, Change]) -> list[int]:
    """Which changes see a log that has gone on."""
    following = {documents.log_id(change.task_id, change.position + 1): index for index, change in changes.items()}
    return [following[key] for key in await _fetch(events, "id", list(following))] if following else []


async def bring_up(tasks: Collection, changes: Sequence[Change]) -> None:
    """Write the task documents, unless somebody has brought them further.

    An upsert that meets a document that is further, or that was inserted a moment ago, reports a duplicate key. The
    second time there is surely a document, so it is further.
    """
    updates = [UpdateOne(*update, upsert=True) for update in map(documents.task_update, changes) if update]
    for _ in range(2):
        if not updates:
            return
        try:
            await tasks.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            updates = [updates[index] for index in _duplicates(error)]
        else:
            return


def _duplicates(error: BulkWriteError) -> list[int]:
    """Which writes met a duplicate key; raises the error again if anything else went wrong."""
    failures = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(failure["code"] != DUPLICATE_KEY for failure in failures):
        raise error
    return [failure["index"] for failure in failures]


async def streams(
    events: Collection, folded: Mapping[str, Record], asked: Mapping[str, Sequence[str]]
) -> dict[str, Stream]:
    """Give each task's stream: what its document says, if it has one, and what the log has beyond it."""
    reached = {task_id: folded[task_id]["position"] if task_id in folded else 0 for task_id in asked}
    logged = await read(events, "id", reached)
    behind = [
        documents.log_id(task_id, position)
        for task_id, ids in logged.items()
        for position in range(reached[task_id] + 1, len(ids) + 1)
    ]
    raws = await _fetch(events, "raw", behind) if behind else {}
    return {
        task_id: Stream(
            task=read_task(folded[task_id]["document"]) if task_id in folded else None,
            tail=[decode(raws[documents.log_id(task_id, index + 1)]) for index in range(reached[task_id], len(ids))],
            position=len(ids),
            repeats=frozenset(asked[task_id]).intersection(ids),
        )
        for task_id, ids in logged.items()
    }


async def read(events: Collection, field: str, reached: Mapping[str, int]) -> dict[str, list[Any]]:
    """Give a field of all the events of these tasks, in the order of the log.

    `reached` says how many events each task surely has. Positions being dense, they are asked for by name, a few
    further than that, and further still while all are there: look-ups by primary key alone. What is given has no
    gap even if somebody appends meanwhile.
    """
    found: dict[str, list[Any]] = {task_id: [] for task_id in reached}
    bounds = {task_id: at_least + READ_AHEAD for task_id, at_least in reached.items()}
    while bounds:
        wanted = [
            documents.log_id(task_id, position)
            for task_id, bound in bounds.items()
            for position in range(len(found[task_id]) + 1, bound + 1)
        ]
        fetched = await _fetch(events, field, wanted)
        for task_id in bounds:
            while (key := documents.log_id(task_id, len(found[task_id]) + 1)) in fetched:
                found[task_id].append(fetched[key])
        bounds = {task_id: bound + READ_AHEAD for task_id, bound in bounds.items() if len(found[task_id]) == bound}
    return found


async def _fetch(events: Collection, field: str, keys: Sequence[str]) -> dict[str, Any]:
    return {event["_id"]: event[field] async for event in events.find({"_id": {"$in": keys}}, {field: 1})}


def newest(events: Collection, key: LessonKey, below: int | None = None) -> AsyncCursor[dict[str, Any]]:
    """Find the revisions of a lesson, newest first. Every one has a revision; saying so lets the index be used."""
    bounds = {"$gte": 1} if below is None else {"$gte": 1, "$lt": min(below, REVISION_MAX)}
    return events.find({"lesson_key": key_text(key), "revision": bounds}).sort("revision", documents.DESCENDING)
