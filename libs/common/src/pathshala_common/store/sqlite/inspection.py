"""The doctor's checks of a SQLite file. They change nothing."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.finding import Check, Finding, ok, warning, wrong
from pathshala_common.store.sqlite import tasks
from pathshala_common.store.sqlite.file import disown, is_owned, open_log, own
from pathshala_common.store.sqlite.schema import SCHEMA_VERSION
from pathshala_common.store.unreadable import UNREADABLE_SHOWN_MAX, told_unreadable

FIXED_VERSION = (3, 51, 3)
"""The first one that cannot damage its write-ahead log when two connections reset it at once."""

FREE_WARNING_BYTES = 1_073_741_824
FREE_WRONG_BYTES = 67_108_864
CHECK_SECONDS = 30.0


def checks(path: str | Path) -> Mapping[str, Check]:
    """The checks by name."""
    file = Path(path).absolute()
    return {
        "sqlite": _library,
        "store": partial(asyncio.to_thread, _place, file),
        "disk": partial(asyncio.to_thread, _disk, file),
        "store integrity": partial(_integrity, file),
        "store readable": partial(asyncio.to_thread, _readable, file),
    }


async def _library() -> Sequence[Finding]:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= FIXED_VERSION:
        return ok("sqlite", f"library {version}")
    return warning(
        "sqlite",
        f"library {version} can damage a write-ahead log that two processes open at once (mended in 3.51.3)",
        "The house keeps a second house away. While it runs, open the file with no other tool.",
    )


def _place(file: Path) -> Sequence[Finding]:
    folder = file.parent
    if not folder.is_dir():
        return wrong("store", f"the folder {folder} does not exist", "Make it, or set PATHSHALA_STORE_URL.")
    unwritable = [str(path) for path in (folder, file) if path.exists() and not os.access(path, os.W_OK)]
    if unwritable:
        return wrong("store", f"{unwritable[0]} cannot be written", "Give this user the right, or set another path.")
    if not file.exists():
        return ok("store", f"{file} will be made at the first start")
    if is_owned(file):
        return ok("store", f"{file} is owned by a running house")
    return ok("store", f"{file} is there, and no house owns it")


def _disk(file: Path) -> Sequence[Finding]:
    place = next(folder for folder in file.parents if folder.is_dir())
    free = shutil.disk_usage(place).free
    said, remedy = f"{free / 2**20:,.0f} MiB free at {place}", "Make room: with a full disk, no request is accepted."
    if free < FREE_WRONG_BYTES:
        return wrong("disk", said, remedy)
    return warning("disk", said, remedy) if free < FREE_WARNING_BYTES else ok("disk", said)


async def _integrity(file: Path) -> Sequence[Finding]:
    """Check the file while owning it, so that no house can start meanwhile; give up after a while."""
    connections: list[sqlite3.Connection] = []
    checking = asyncio.create_task(asyncio.to_thread(_owned_check, file, connections))
    _, late = await asyncio.wait([checking], timeout=CHECK_SECONDS)
    if late:
        for connection in connections:
            connection.interrupt()
    return await checking


def _owned_check(file: Path, connections: list[sqlite3.Connection]) -> Sequence[Finding]:
    """Let whoever waits interrupt by the connection that is put into the list."""
    if not file.exists():
        return ok("store integrity", "there is no file yet")
    try:
        descriptor = own(file)
    except SettingsError:
        return ok("store integrity", "not looked at: a running house owns the file")
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, check_same_thread=False)) as connection:
            connections.append(connection)
            return _quick_check(connection)
    finally:
        disown(descriptor)


def _quick_check(connection: sqlite3.Connection) -> Sequence[Finding]:
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        faults = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.OperationalError as error:
        return warning("store integrity", f"not finished: {error}", "Run `PRAGMA quick_check` when no house runs.")
    except sqlite3.DatabaseError as error:
        return wrong("store integrity", str(error), "Set this file aside, and start from a copy or a new file.")
    if faults != ["ok"]:
        remedy = "Stop the house, keep a copy, and recover it: sqlite3 FILE .recover"
        return wrong("store integrity", "; ".join(faults)[:300], remedy)
    if version > SCHEMA_VERSION or (version == 0 and tables):
        whose = "a newer version of the house" if version else "another program"
        return wrong("store integrity", f"the file is of {whose}", "Set another path in PATHSHALA_STORE_URL.")
    return ok("store integrity", "quick_check finds no fault")


def _readable(file: Path) -> Sequence[Finding]:
    """Name tasks of which this version could not read something, whether a house runs or not."""
    if not file.exists():
        return ok("store readable", "there is no file yet")
    try:
        with closing(open_log(file)) as connection:
            found = tasks.summaries(connection, tasks.FAULTY, UNREADABLE_SHOWN_MAX)
    except (SettingsError, StoreUnavailable) as error:
        return warning("store readable", f"not looked at: {error}", "See what the other checks of the store say.")
    return told_unreadable(found)
