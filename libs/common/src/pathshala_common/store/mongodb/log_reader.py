"""The log in MongoDB, read with no more than the right to read."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from pathshala_common.contract.ports.operator import Entry, Extent
from pathshala_common.contract.ports.store import Logged, Unreadable
from pathshala_common.store.mongodb import event_log, schema
from pathshala_common.store.mongodb.connection import TIMEOUT_SECONDS, MongoLink
from pathshala_common.store.records import Record, entry, heading, span, types

EVENT: Record = {"_id": 0, "task_id": 1, "position": 1, "raw": 1}
ENTRY: Record = EVENT | {"type": 1}


class MongoLog:
    """Implements Log. It makes no index: those that it reads by are the store's."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._link = MongoLink(url, timeout_seconds=timeout_seconds)

    async def open(self) -> None:
        """Connect. Raises SettingsError for a wrong URL, StoreUnavailable if the server does not answer."""
        await self._link.reach()

    async def close(self) -> None:
        """Disconnect."""
        await self._link.close()

    async def task(self, task_id: str) -> Sequence[Logged | Unreadable]:
        """One task's events."""
        async with self._link.database() as database:
            return _logged(await database["events"].find({"task_id": task_id}, EVENT).to_list(None))

    async def page(self, extent: Extent) -> Sequence[Logged | Unreadable]:
        """A page of the log, merged from the ranges of its types."""
        begin, end = span(extent)
        async with self._link.database() as database:
            events = database["events"]
            ranges = (event_log.places(events, name, begin, end, extent.limit) for name in types(extent))
            places = sorted(place for found in await asyncio.gather(*ranges) for place in found)[: extent.limit]
            keys = [schema.log_id(task_id, position) for _, task_id, position in places]
            found = await events.find({"_id": {"$in": keys}}, {"raw": 1}).to_list(None)
        raws = {document["_id"]: document["raw"] for document in found}
        return [
            entry(task_id, position, raws[key])
            for (_, task_id, position), key in zip(places, keys, strict=True)
            if key in raws  # it may have been cut meanwhile
        ]

    async def tasks(self, *, after: str, limit: int) -> Mapping[str, Sequence[Entry]]:
        """The whole logs of the next tasks."""
        logs: dict[str, list[Entry]] = {}
        order = [("task_id", schema.ASCENDING), ("id", schema.ASCENDING)]
        async with self._link.database() as database:
            async for document in database["events"].find({"task_id": {"$gt": after}}, ENTRY).sort(order):
                if document["task_id"] not in logs and len(logs) == limit:
                    break
                name = document.get("type") or heading(document["raw"])[1]
                logs.setdefault(document["task_id"], []).append(Entry(document["position"], name, document["raw"]))
        return {task_id: sorted(entries, key=attrgetter("position")) for task_id, entries in logs.items()}


def _logged(found: Iterable[Record]) -> list[Logged | Unreadable]:
    ordered = sorted(found, key=lambda document: int(document["position"]))
    return [entry(document["task_id"], document["position"], document["raw"]) for document in ordered]
