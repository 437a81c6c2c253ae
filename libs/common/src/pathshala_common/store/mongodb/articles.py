"""Kept articles in MongoDB: one document a name."""

from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from pathshala_common.contract.ports.articles import KeptArticle
from pathshala_common.store.mongodb.schema import BY_CHECK, Collection
from pathshala_common.store.records import milliseconds, moment

FORGOTTEN_AT_ONCE_MAX = 100


async def kept_article(articles: Collection, name: str) -> KeptArticle | None:
    """Find one."""
    found = await articles.find_one({"_id": name})
    return KeptArticle(name, bytes(found["raw"]), moment(found["checked_at"])) if found else None


async def keep_article(articles: Collection, kept: KeptArticle, newest: int) -> None:
    """Replace the one of this name; of two who keep the first, either is as good. Forget the oldest."""
    fields = {"raw": kept.raw, "checked_at": milliseconds(kept.checked_at)}
    with suppress(DuplicateKeyError):
        await articles.update_one({"_id": kept.name}, {"$set": fields}, upsert=True)
    too_many = min(await articles.estimated_document_count() - newest, FORGOTTEN_AT_ONCE_MAX)
    if too_many > 0:
        oldest = await articles.find({}, {"_id": 1}).sort(BY_CHECK).limit(too_many).to_list(None)
        await articles.delete_many({"_id": {"$in": [document["_id"] for document in oldest]}})
