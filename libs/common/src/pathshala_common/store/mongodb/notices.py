"""Notices in MongoDB: one document a name, read by a range of names. There are few."""

from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from pathshala_common.contract.ports.notices import Notice
from pathshala_common.store.mongodb.schema import ASCENDING, Collection
from pathshala_common.store.records import LAST_ID, Record, milliseconds, moment


async def put_notice(notices: Collection, notice: Notice) -> None:
    """Replace the one of this name; of two who put up the first, either is as good."""
    fields = {"text": notice.text, "put_at": milliseconds(notice.put_at)}
    with suppress(DuplicateKeyError):
        await notices.update_one({"_id": notice.name}, {"$set": fields}, upsert=True)


async def find(notices: Collection, prefix: str, since: int) -> list[Notice]:
    """Find them by name."""
    found = notices.find(_named(prefix) | {"put_at": {"$gte": since}}).sort("_id", ASCENDING)
    return [Notice(one["_id"], one["text"], moment(one["put_at"])) async for one in found]


async def take_down(notices: Collection, prefix: str, before: int) -> None:
    """Delete them."""
    await notices.delete_many(_named(prefix) | {"put_at": {"$lt": before}})


def _named(prefix: str) -> Record:
    return {"_id": {"$gte": prefix, "$lt": prefix + LAST_ID}}
