"""Reads task documents and the marks of lessons in MongoDB, with no more than the right to read."""

from collections.abc import Mapping
from typing import Any

from pathshala_common.contract.ports.operator import StoredFold
from pathshala_common.store.mongodb.connection import TIMEOUT_SECONDS, MongoLink
from pathshala_common.store.mongodb.schema import Collection
from pathshala_common.store.records import LAST_ID, Record, kept, late_marks, read_mark

DOCUMENT: Record = {"document": 1, "position": 1}
MARK: Record = {"_id": 0, "lesson_of": 1, "lesson_key": 1, "revision": 1, "edition": 1, "edition_revision": 1}


class MongoProjections:
    """Implements Projections. It makes no index: those that it reads by are the store's."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._link = MongoLink(url, timeout_seconds=timeout_seconds)

    async def open(self) -> None:
        """Connect. Raises SettingsError for a wrong URL, StoreUnavailable if the server does not answer."""
        await self._link.reach()

    async def close(self) -> None:
        """Disconnect."""
        await self._link.close()

    async def task(self, task_id: str) -> StoredFold:
        """The stored fold of one task."""
        return (await self._read(task_id)).get(task_id, StoredFold())

    async def tasks(self, *, after: str, until: str | None) -> Mapping[str, StoredFold]:
        """The stored folds of a range of tasks, by a range of each of two indexes."""
        return await self._read({"$gt": after, "$lte": until or LAST_ID})

    async def _read(self, ids: Any) -> Mapping[str, StoredFold]:
        """Read what matches; documents last, so that what is written meanwhile shows in them."""
        async with self._link.database() as database:
            marks = await _marks(database["events"], ids)
            documents = await database["tasks"].find({"_id": ids}, DOCUMENT).to_list(None)
            documents += await database["class_sets"].find({"_id": ids}, DOCUMENT).to_list(None)
        return kept(
            {one["_id"]: (one["document"], one["position"]) for one in documents},
            {one["lesson_of"]: read_mark(one["edition"], one["edition_revision"], one["revision"]) for one in marks},
        )


async def _marks(events: Collection, ids: Any) -> list[Record]:
    """Read the marks of lessons; those that a version without editions left out come from the event."""
    marks = await events.find({"task_id": ids, "lesson_of": ids}, MARK).to_list(None)
    lacking = {one["lesson_of"]: one for one in marks if "edition" not in one}
    if lacking:
        tasks = {"$in": list(lacking)}
        async for read in events.find({"task_id": tasks, "lesson_of": tasks}, {"lesson_of": 1, "raw": 1}):
            one = lacking[read["lesson_of"]]
            one |= late_marks(read["raw"], one["lesson_key"], one["revision"])
    return marks
