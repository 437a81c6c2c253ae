"""The SQLite file: who owns it, and how it is opened to be written, to be read, and beside its owner."""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from pathshala_common.contract.errors import InUseError, SettingsError, StoreUnavailable
from pathshala_common.store.sqlite.schema import SCHEMA_VERSION, prepare, version_of

BUSY_TIMEOUT_SECONDS = 2.0
CACHE_KIBIBYTES = 16_384


_ours: dict[int, tuple[int, int]] = {}
"""The files that this process owns: device and inode, by the descriptor that holds the lock."""


def own(path: Path) -> int:
    """Claim the file for this process until `disown`; make it if there is none. Raises SettingsError.

    Two processes that write one SQLite file could each give a task its next position from what they remember. The
    lock is on the file itself, whatever name leads to it. A file of several names is refused: SQLite keeps its log
    beside the name by which it was opened, and does not find it by another.
    """
    if _is_ours(path):
        raise _in_use(path)  # not by the lock: to close another descriptor would end SQLite's own locks on the file
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise SettingsError(f"the SQLite file {path} cannot be used: {error.strerror}") from error
    found = os.fstat(descriptor)
    _ours[descriptor] = found.st_dev, found.st_ino
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        disown(descriptor)
        raise _in_use(path) from error
    if found.st_nlink > 1:
        disown(descriptor)
        raise SettingsError(f"the SQLite file {path} has a second name (a hard link): remove it, or use a copy")
    return descriptor


def disown(descriptor: int) -> None:
    """Give a file up, once no connection to it is open here."""
    del _ours[descriptor]
    os.close(descriptor)


def is_owned(path: Path) -> bool:
    """Whether a running house owns the file. Its descriptor stays open: to close it would end SQLite's own locks."""
    if _is_ours(path):
        return True
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _is_ours(path: Path) -> bool:
    with contextlib.suppress(OSError):
        found = path.stat()
        return (found.st_dev, found.st_ino) in _ours.values()
    return False


def _in_use(path: Path) -> InUseError:
    return InUseError(f"the SQLite file {path} is in use by another process")


def open_writer(path: Path) -> sqlite3.Connection:
    """Open the only connection that writes, and make the tables if the file is new.

    Raises SettingsError if the file cannot be ours, StoreUnavailable if the disk is full or broken.
    """
    return _open(path, prepare)


def open_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that only reads; it neither waits for the writer nor makes it wait."""
    return _open(path, lambda connection: connection.execute("PRAGMA query_only = ON"))


def open_log(path: Path) -> sqlite3.Connection:
    """Open a connection that can only read, beside the process that owns the file or without one.

    Raises SettingsError if there is no file of ours.
    """
    if not path.exists():
        raise SettingsError(f"there is no SQLite file {path}: no house has run on it; see PATHSHALA_STORE_URL")
    alone = not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
    # SQLite reads through a write-ahead log; where nobody keeps one and we may not, the file must be as it is.
    return _open(f"{path.absolute().as_uri()}?{'immutable=1' if alone else 'mode=ro'}", _only_read)


def _only_read(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")
    version = version_of(connection)
    if version < SCHEMA_VERSION:
        raise SettingsError("the SQLite file was written by an older version: start the house on it once")


def _open(file: Path | str, prepare: Callable[[sqlite3.Connection], object]) -> sqlite3.Connection:
    """Open a file by its path, or by a URI that says how."""
    try:
        connection = sqlite3.connect(
            file, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, uri=isinstance(file, str)
        )
        try:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
            # A statement that fires a trigger copies the pages that it changes, so that it can be undone: in memory.
            connection.execute("PRAGMA temp_store = MEMORY")
            prepare(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise StoreUnavailable(f"SQLite: {error}") from error
        raise SettingsError(f"the SQLite file {file} cannot be used: {error}") from error
    return connection
