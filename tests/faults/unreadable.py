"""What a log holds that this version cannot read, or would not let in: of a later version, broken, or too large."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, Envelope
from pathshala_common.contract.ports.store import Store
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite.store import SQLiteStore

LATER_VERSION = 99


def _of_a_later_version(envelope: Envelope) -> bytes:
    head = json.loads(envelope.raw)
    return json.dumps(head | {"dataschema": f"urn:pathshala:{envelope.type}:{LATER_VERSION}"}).encode()


def _of_an_unknown_type(envelope: Envelope) -> bytes:
    return json.dumps(json.loads(envelope.raw) | {"type": "pathshala.LessonSung"}).encode()


def _cut_short(envelope: Envelope) -> bytes:
    return envelope.raw[: len(envelope.raw) // 2]


SPOILS: Mapping[str, Callable[[Envelope], bytes]] = {
    "of a later version": _of_a_later_version,
    "of an unknown type": _of_an_unknown_type,
    "cut short": _cut_short,
}


def spoiled(envelope: Envelope, how: str) -> Envelope:
    """The same event with bytes that cannot be read."""
    return replace(envelope, raw=SPOILS[how](envelope))


def too_large(envelope: Envelope) -> Envelope:
    """The same event, larger than may come in today; a field that is not known is ignored."""
    head: dict[str, Any] = json.loads(envelope.raw)
    head["data"]["padding"] = "x" * MESSAGE_SIZE_MAX_BYTES
    return replace(envelope, raw=json.dumps(head).encode())


async def spoil_document(store: Store, task_id: str) -> None:
    """Break what is kept of a task."""
    if isinstance(store, MongoStore):
        async with store._collections() as (tasks, _):
            await tasks.update_one({"_id": task_id}, {"$set": {"document": "{}"}})
    elif isinstance(store, SQLiteStore):
        store._heads.clear()  # such a document is found by a house that starts
        change = "UPDATE tasks SET document = '{}' WHERE task_id = ?"
        await store._writer.run(lambda connection: connection.execute(change, (task_id,)))
