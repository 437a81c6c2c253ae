"""Access keys and secrets in MongoDB: one document a key, one a secret, found by their ids alone."""

from collections.abc import Mapping
from contextlib import suppress

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from pathshala_common.contract.access_key import AccessKey
from pathshala_common.store.key_records import key_record, read_access_key
from pathshala_common.store.mongodb.schema import Collection


async def add_key(keys: Collection, key: AccessKey) -> None:
    """Keep a new key."""
    await keys.insert_one({"_id": key.key_id, **key_record(key)})


async def access_key(keys: Collection, key_id: str) -> AccessKey | None:
    """Find one."""
    found = await keys.find_one({"_id": key_id})
    return read_access_key(key_id, found) if found else None


async def access_keys(keys: Collection, after: str, limit: int) -> list[AccessKey]:
    """Find a page."""
    found = keys.find({"_id": {"$gt": after}}).sort("_id").limit(limit)
    return [read_access_key(str(document["_id"]), document) async for document in found]


async def revoke_key(keys: Collection, key_id: str, at: int) -> bool:
    """Mark a key; if it is marked, see that it is there."""
    marked = await keys.update_one({"_id": key_id, "revoked_at": None}, {"$set": {"revoked_at": at}})
    return marked.matched_count > 0 or await keys.find_one({"_id": key_id}, {"_id": 1}) is not None


async def note_uses(keys: Collection, used: Mapping[str, int]) -> None:
    """Write when keys were used, in one bulk write."""
    if used:
        writes = [UpdateOne({"_id": key_id}, {"$max": {"used_at": at}}) for key_id, at in used.items()]
        await keys.bulk_write(writes, ordered=False)


async def secret(secrets: Collection, name: str, proposed: bytes) -> bytes:
    """Find a secret, or keep the proposed one; of two who propose one, the first is taken."""
    with suppress(DuplicateKeyError):
        await secrets.update_one({"_id": name}, {"$setOnInsert": {"secret": proposed}}, upsert=True)
    found = await secrets.find_one({"_id": name})
    assert found is not None
    return bytes(found["secret"])
