"""Brings a MongoDB up to what this version needs: indexes are made by this alone, and never while somebody waits."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import timeout
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from pathshala_common.store.mongodb.connection import MongoLink
from pathshala_common.store.mongodb.lessons import complete_editions
from pathshala_common.store.mongodb.schema import INDEXES, RETIRED, Collection

INDEX_TIMEOUT_SECONDS = 3_600.0
"""An index that a new version adds is built over all that there is; cut short, it would be begun anew each time."""

COMPLETED_MAX = 1_000

Fields = tuple[str, ...]


async def migrate(url: str, *, drop: bool) -> Sequence[str]:
    """Make the indexes and marks that are missing, and drop what no version needs any more if that is wished.

    Returns a line for each thing done, or left. Raises SettingsError or StoreUnavailable.
    """
    link = MongoLink(url)
    told: list[str] = []
    try:
        await link.reach()
        async with link.database() as database:
            for name in INDEXES:
                told += await _make(database[name])
                told += await _retire(database[name], drop=drop)
            told += await _complete(database["events"])
    finally:
        await link.close()
    return told


async def missing(database: AsyncDatabase[dict[str, Any]]) -> Sequence[str]:
    """Name the indexes that this version needs and that are not there."""
    found = []
    for name, indexes in INDEXES.items():
        present = await _present(database[name])
        found += [_name(name, fields) for keys, _ in indexes if (fields := _fields(keys)) not in present]
    return found


async def _make(collection: Collection) -> list[str]:
    told, present = [], await _present(collection)
    for keys, options in INDEXES[collection.name]:
        if _fields(keys) not in present:
            with timeout(INDEX_TIMEOUT_SECONDS):
                await collection.create_index(keys, **options)
            told.append(f"made the index {_name(collection.name, _fields(keys))}")
    return told


async def _retire(collection: Collection, *, drop: bool) -> list[str]:
    told, present = [], await _present(collection)
    for fields in map(tuple, RETIRED[collection.name]):
        if fields in present:
            if drop:
                await collection.drop_index(present[fields])
            said = "dropped" if drop else "left, for older versions that may still run (--drop)"
            told.append(f"{said}: the index {_name(collection.name, fields)}")
    return told


async def _complete(events: Collection) -> list[str]:
    """Mark the lessons that older versions stored, before a service meets them. Those that still run may add some."""
    lessons = 0
    while found := await complete_editions(events, COMPLETED_MAX):
        lessons += found
    return [f"told the editions of {lessons} lessons"] if lessons else []


async def _present(collection: Collection) -> Mapping[Fields, str]:
    """Name each index by its fields: small servers tell no more of it."""
    try:
        found = await (await collection.list_indexes()).to_list(None)
    except OperationFailure:  # a collection that is not there yet, to some servers
        return {}
    return {tuple(index["key"]): index["name"] for index in found}


def _fields(keys: Sequence[tuple[str, int]]) -> Fields:
    return tuple(field for field, _ in keys)


def _name(collection: str, fields: Fields) -> str:
    return f"{collection} ({', '.join(fields)})"
