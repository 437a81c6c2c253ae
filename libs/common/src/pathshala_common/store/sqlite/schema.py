"""The SQLite file: who owns it, what tables it has, and how it is opened."""

import fcntl
import os
import sqlite3
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.store.records import heading

BUSY_TIMEOUT_SECONDS = 2.0
CACHE_KIBIBYTES = 16_384
LOG_FILE_SIZE_MAX_BYTES = 67_108_864

FIRST = (
    """CREATE TABLE events (
        task_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        lesson_key TEXT,
        revision INTEGER,
        raw BLOB NOT NULL,
        PRIMARY KEY (task_id, position)
    ) STRICT""",
    "CREATE UNIQUE INDEX events_revision ON events (lesson_key, revision) WHERE revision IS NOT NULL",
    "CREATE UNIQUE INDEX events_lesson ON events (task_id) WHERE revision IS NOT NULL",
    """CREATE TABLE tasks (
        task_id TEXT NOT NULL PRIMARY KEY,
        position INTEGER NOT NULL,
        status TEXT NOT NULL,
        user_id TEXT NOT NULL,
        lesson_key TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        finished_at INTEGER,
        deadline INTEGER NOT NULL,
        outbox_due INTEGER,
        idempotency_key TEXT,
        document TEXT NOT NULL,
        outbox BLOB
    ) STRICT""",
    "CREATE UNIQUE INDEX tasks_idempotency_key ON tasks (idempotency_key) WHERE idempotency_key IS NOT NULL",
    "CREATE INDEX tasks_created ON tasks (created_at, task_id)",
    "CREATE INDEX tasks_status ON tasks (status, created_at, task_id)",
    "CREATE INDEX tasks_user ON tasks (user_id, created_at, task_id)",
    "CREATE INDEX tasks_lesson ON tasks (lesson_key, created_at, task_id)",
    "CREATE INDEX tasks_finished ON tasks (finished_at, status) WHERE finished_at IS NOT NULL",
    "CREATE INDEX tasks_deadline ON tasks (deadline) WHERE finished_at IS NULL",
    "CREATE INDEX tasks_unfinished ON tasks (task_id) WHERE finished_at IS NULL",
    "CREATE INDEX tasks_outbox ON tasks (outbox_due) WHERE outbox_due IS NOT NULL",
    # Counts are kept, not counted: a million tasks cost nothing to count.
    "CREATE TABLE counts (status TEXT NOT NULL PRIMARY KEY, tasks INTEGER NOT NULL) STRICT",
    "INSERT INTO counts VALUES ('pending', 0), ('in_progress', 0), ('completed', 0), ('failed', 0)",
    """CREATE TRIGGER tasks_inserted AFTER INSERT ON tasks BEGIN
        UPDATE counts SET tasks = tasks + 1 WHERE status = NEW.status;
    END""",
    """CREATE TRIGGER tasks_deleted AFTER DELETE ON tasks BEGIN
        UPDATE counts SET tasks = tasks - 1 WHERE status = OLD.status;
    END""",
    """CREATE TRIGGER tasks_moved AFTER UPDATE OF status ON tasks WHEN OLD.status <> NEW.status BEGIN
        UPDATE counts SET tasks = tasks + (status = NEW.status) - (status = OLD.status)
        WHERE status IN (OLD.status, NEW.status);
    END""",
)
HELD_BACK = (
    "ALTER TABLE tasks ADD COLUMN taken INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tasks ADD COLUMN outbox_held INTEGER",
    "CREATE INDEX tasks_held ON tasks (user_id, created_at) WHERE outbox_held IS NOT NULL",
    "CREATE INDEX tasks_load ON tasks (user_id, outbox_held, taken, finished_at) WHERE finished_at IS NULL",
)
BY_TIME = (
    "ALTER TABLE events ADD COLUMN time INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE events ADD COLUMN type TEXT NOT NULL DEFAULT ''",
    "UPDATE events SET time = event_time(raw), type = event_type(raw)",
    # A page of all types is read from each type's range, so that an event costs one more index, and not two.
    "CREATE INDEX events_type ON events (type, time, task_id, position)",
    "CREATE TABLE logged (events INTEGER NOT NULL) STRICT",
    "INSERT INTO logged SELECT count(*) FROM events",
    "CREATE TRIGGER events_inserted AFTER INSERT ON events BEGIN UPDATE logged SET events = events + 1; END",
    "CREATE TRIGGER events_deleted AFTER DELETE ON events BEGIN UPDATE logged SET events = events - 1; END",
)
CLAIMS = (
    """CREATE TABLE claims (
        task_id TEXT NOT NULL PRIMARY KEY,
        cause_id TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        holder TEXT,
        lapses_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
VERSIONS = (FIRST, HELD_BACK, BY_TIME, CLAIMS)
"""What each version of the file adds to the one before; a file of an older one is brought up when it is opened."""

SCHEMA_VERSION = len(VERSIONS)


def own(path: Path) -> int:
    """Claim the file for this process until the returned descriptor is closed. Raises SettingsError.

    Two processes that write one SQLite file could each give a task its next position from what they remember.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise SettingsError(f"the SQLite file {path} cannot be used: {error.strerror} ({lock})") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise SettingsError(f"the SQLite file {path} is in use by another process") from error
    return descriptor


def open_writer(path: Path) -> sqlite3.Connection:
    """Open the only connection that writes, and make the tables if the file is new.

    Raises SettingsError if the file cannot be ours, StoreUnavailable if the disk is full or broken.
    """
    return _open(path, _prepare)


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
    version = _version(connection)
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
            prepare(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise StoreUnavailable(f"SQLite: {error}") from error
        raise SettingsError(f"the SQLite file {file} cannot be used: {error}") from error
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise sqlite3.NotSupportedError("its file system does not allow a write-ahead log")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_FILE_SIZE_MAX_BYTES}")
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)
    connection.create_function("event_time", 1, lambda raw: heading(raw)[0])
    connection.create_function("event_type", 1, lambda raw: heading(raw)[1])
    for statement in chain.from_iterable(VERSIONS[version:]):
        connection.execute(statement)
    # Written each time, so that a file that cannot be written is found now and not at the first request.
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    """Read which version of ours the file is, 0 if it is new. Raises SettingsError for anybody else's."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise SettingsError(f"the SQLite file was written by a newer version ({version}; this one: {SCHEMA_VERSION})")
    if version == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
        raise SettingsError("the SQLite file holds the tables of another program")
    return version
