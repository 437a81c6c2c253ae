"""The doctor's checks of a MongoDB."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure, PyMongoError

from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.finding import Check, Finding, ok, warning, wrong
from pathshala_common.store.mongodb import address, schema, tasks
from pathshala_common.store.mongodb.connection import database_of
from pathshala_common.store.records import Record
from pathshala_common.store.unreadable import UNREADABLE_SHOWN_MAX, told_unreadable

TIMEOUT_MS = 4_000
DOCTOR = "doctor"
CLOCK_OFF_MAX_SECONDS = 5.0
WEAKER = ("w", "journal", "fsync", "readConcernLevel", "readPreference", "readPreferenceTags", "maxStalenessSeconds")
"""Options of a URL that say how safely to write and where to read; the house says it itself."""


def checks(url: str) -> Mapping[str, Check]:
    """The checks by name."""
    return {
        "store": partial(_ping, url),
        "store URL": partial(_url, url),
        "store indexes": partial(_indexes, url),
        "store writable": partial(_writable, url),
        "store readable": partial(_readable, url),
        "clock": partial(_clock, url),
    }


async def _ping(url: str) -> Sequence[Finding]:
    async with _visit(url) as database:
        await database.command("ping")
        version = (await database.client.server_info()).get("version", "of unknown version")
        return ok("store", f"MongoDB {version} answers; database {database.name}")


async def _url(url: str) -> Sequence[Finding]:
    """Name what the URL would take away: what is not obeyed, and what is."""
    async with _visit(url) as database:
        options = database.client.options
        named = {name.lower() for name in parse_qs(urlsplit(url).query)}
        hello = await database.command("hello")
    overruled = sorted(name for name in WEAKER if name.lower() in named)
    findings: list[Finding] = []
    if overruled:
        said = f"{', '.join(overruled)}: not obeyed; what is written or read is journaled by a majority"
        findings += warning("store URL", said, "Take it out of PATHSHALA_STORE_URL.")
    if not (options.retry_writes and options.retry_reads):
        remedy = "Take it out of PATHSHALA_STORE_URL: without it an election is answered 503 that need not be."
        findings += warning("store URL", "retryWrites or retryReads is off", remedy)
    if len(hello.get("hosts", [])) > 1 and options.replica_set_name is None:
        remedy = f"Add replicaSet={hello['setName']} and all its hosts: otherwise nobody is found when this one dies."
        findings += warning("store URL", "names one server of a replica set", remedy)
    return findings or ok("store URL", "asks for nothing that would weaken what is promised")


async def _indexes(url: str) -> Sequence[Finding]:
    """Compare what there is with what the store makes at its first call, by fields: small servers tell no more."""
    missing = 0
    async with _visit(url) as database:
        for name, wanted in (("tasks", schema.TASK_INDEXES), ("events", schema.EVENT_INDEXES)):
            try:
                found = await (await database[name].list_indexes()).to_list(None)
            except OperationFailure:  # a collection that is not there yet, to some servers
                found = []
            present = {tuple(index["key"]) for index in found}
            missing += sum(tuple(field for field, _ in keys) not in present for keys, _ in wanted)
    if missing:
        remedy = "Right before the first start; a running API or store makes them at its first call."
        return warning("store indexes", f"{missing} are missing", remedy)
    return ok("store indexes", "all are there")


async def _readable(url: str) -> Sequence[Finding]:
    """Name tasks of which a store could not read something."""
    order = [("task_id", schema.ASCENDING)]
    async with _visit(url) as database:
        return told_unreadable(await tasks.summaries(database["tasks"], tasks.FAULTY, order, UNREADABLE_SHOWN_MAX))


async def _writable(url: str) -> Sequence[Finding]:
    """Write and forget one document in a collection of the doctor's own."""
    async with _visit(url) as database:
        mine: Record = {"_id": uuid4().hex}
        try:
            await database[DOCTOR].insert_one(mine)
            await database[DOCTOR].delete_one({"_id": mine["_id"]})
        except OperationFailure as error:
            return wrong(
                "store writable",
                f"MongoDB refuses a write (code {error.code})",
                "Give the user of PATHSHALA_STORE_URL the role readWrite; see that a primary answers and has room.",
            )
    return ok("store writable", "a write was journaled and taken back")


async def _clock(url: str) -> Sequence[Finding]:
    async with _visit(url) as database:
        told = (await database.command("hello")).get("localTime")
        now = datetime.now(UTC)
    if not isinstance(told, datetime):
        return warning("clock", "MongoDB tells no time", "See yourself that the clock is right.")
    off = abs((now - told.replace(tzinfo=UTC)).total_seconds())
    if off > CLOCK_OFF_MAX_SECONDS:
        return warning("clock", f"{off:.0f} s apart from MongoDB's", "Deadlines and delays go by it: run NTP on all.")
    return ok("clock", f"{off:.1f} s apart from MongoDB's")


@asynccontextmanager
async def _visit(url: str) -> AsyncGenerator[AsyncDatabase[Any], None]:
    """Connect for a moment. Raises StoreUnavailable, and SettingsError for a URL that is none."""
    try:
        client: AsyncMongoClient[Any] = AsyncMongoClient(url, **address.options(url, TIMEOUT_MS))
    except (PyMongoError, ValueError):
        raise SettingsError("PATHSHALA_STORE_URL is none; write mongodb://host/database") from None
    try:
        yield database_of(client)
    except PyMongoError as error:
        # Its own text could repeat what stood in the URL.
        raise StoreUnavailable(f"MongoDB does not answer as it should ({type(error).__name__})") from None
    finally:
        await client.close()
