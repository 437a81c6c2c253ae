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
from pathshala_common.store.mongodb.migration import missing
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
    """Compare what there is with what this version needs."""
    async with _visit(url) as database:
        lacking = await missing(database)
    if lacking:
        said = f"{len(lacking)} are missing, {lacking[0]} first"
        return warning("store indexes", said, "Run `pathshala migrate`: API and store are not ready before.")
    return ok("store indexes", "all are there")


async def _readable(url: str) -> Sequence[Finding]:
    """Name tasks of which a store could not read something."""
    by = schema.BY_FAULT
    async with _visit(url) as database:
        if await missing(database):
            return warning("store readable", "not looked at: indexes are missing", "Run `pathshala migrate`.")
        found = await tasks.summaries(database["tasks"], tasks.FAULTY, by, UNREADABLE_SHOWN_MAX, index=by)
    return told_unreadable(found)


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
