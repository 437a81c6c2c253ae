"""The schema of the SQLite file: its tables, and the steps that bring an older file up."""

import sqlite3
from collections.abc import Sequence
from itertools import chain

from pathshala_common.contract.errors import SettingsError
from pathshala_common.store.records import heading, late_head, late_marks

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
KEYS_IN_IDS = (
    "DROP INDEX tasks_idempotency_key",
    "ALTER TABLE tasks DROP COLUMN idempotency_key",
)
LISTED = (
    "ALTER TABLE tasks ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE tasks ADD COLUMN topic TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE tasks ADD COLUMN progress_message TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE tasks ADD COLUMN error_code TEXT",
    "ALTER TABLE tasks ADD COLUMN error_message TEXT",
    "ALTER TABLE tasks ADD COLUMN fault TEXT",
    """UPDATE tasks SET
        subject = coalesce(document ->> '$.request.subject', ''),
        topic = coalesce(document ->> '$.request.topic', ''),
        progress_message = coalesce(document ->> '$.progress.message', ''),
        error_code = document ->> '$.error_code', error_message = document ->> '$.error_message'
        WHERE json_valid(document)""",
    "CREATE INDEX tasks_fault ON tasks (task_id) WHERE fault IS NOT NULL",
    "DROP INDEX tasks_deadline",
    "CREATE INDEX tasks_deadline ON tasks (deadline, task_id) WHERE finished_at IS NULL",
)
COUNTED_TOGETHER = (
    # What is logged together is counted together: a trigger costs as much again as the event that fires it.
    "DROP TRIGGER events_inserted",
)
ARTICLES = (
    """CREATE TABLE articles (
        name TEXT NOT NULL PRIMARY KEY,
        raw BLOB NOT NULL,
        checked_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX articles_checked ON articles (checked_at, name)",
)
EDITIONS = (
    "ALTER TABLE events ADD COLUMN edition TEXT",
    "ALTER TABLE events ADD COLUMN edition_revision INTEGER",
    "ALTER TABLE events ADD COLUMN terms TEXT",
    """UPDATE events SET
        edition = event_edition(raw, lesson_key, revision), edition_revision = revision,
        terms = event_terms(raw, lesson_key, revision)
        WHERE revision IS NOT NULL""",
    "CREATE INDEX events_edition ON events (edition, edition_revision, revision) WHERE edition IS NOT NULL",
    # It holds all that a search looks at, so that a search reads no event that it does not list.
    """CREATE INDEX events_listed ON events (time, task_id, edition, edition_revision, terms)
        WHERE edition IS NOT NULL""",
)
CHANGES = ("ALTER TABLE tasks ADD COLUMN change INTEGER",)
NOTICES = (
    """CREATE TABLE notices (
        name TEXT NOT NULL PRIMARY KEY,
        text TEXT NOT NULL,
        put_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
ACCESS_KEYS = (
    """CREATE TABLE access_keys (
        key_id TEXT NOT NULL PRIMARY KEY,
        digest TEXT NOT NULL,
        name TEXT NOT NULL,
        user_id TEXT NOT NULL,
        role TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        revoked_at INTEGER,
        used_at INTEGER
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE secrets (name TEXT NOT NULL PRIMARY KEY, secret BLOB NOT NULL) STRICT, WITHOUT ROWID",
)
CLASS_SETS = (
    """CREATE TABLE class_sets (
        set_id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        position INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX class_sets_created ON class_sets (created_at, set_id)",
    "CREATE INDEX class_sets_user ON class_sets (user_id, created_at, set_id)",
    "CREATE INDEX class_sets_open ON class_sets (set_id) WHERE is_open = 1",
    """CREATE TABLE spending (
        event_id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL,
        class_set TEXT,
        time INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX spending_user ON spending (user_id, time, prompt_tokens, completion_tokens)",
    """CREATE INDEX spending_set ON spending (class_set, prompt_tokens, completion_tokens)
        WHERE class_set IS NOT NULL""",
    "CREATE INDEX spending_time ON spending (time)",
)
SET_HEADS = (
    # The head stands before the document, so that it is read without the pages that a long one fills.
    """CREATE TABLE headed_sets (
        set_id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        position INTEGER NOT NULL,
        head TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    """INSERT INTO headed_sets
        SELECT set_id, user_id, created_at, is_open, position, set_head(document), document FROM class_sets""",
    "DROP TABLE class_sets",
    "ALTER TABLE headed_sets RENAME TO class_sets",
    "CREATE INDEX class_sets_created ON class_sets (created_at, set_id)",
    "CREATE INDEX class_sets_user ON class_sets (user_id, created_at, set_id)",
    "CREATE INDEX class_sets_open ON class_sets (set_id) WHERE is_open = 1",
)
CALLING = """type IN ('LessonRequested', 'RewriteRequested') AND instr(raw, CAST('"callback_url"' AS BLOB)) > 0"""
"""The orders that name a webhook, in the words of their index: a query in others is not served by it."""

CALLED = (
    # A house in one process asks for these of a whole day before it is ready.
    f"CREATE INDEX events_calling ON events (time, task_id, position) WHERE {CALLING}",
)
PACKED: Sequence[str] = ()
"""Tables stay as they are, but `events.raw` may be packed, which earlier versions cannot read (packing.py)."""

VERSIONS = (
    FIRST,
    HELD_BACK,
    BY_TIME,
    CLAIMS,
    KEYS_IN_IDS,
    LISTED,
    COUNTED_TOGETHER,
    ARTICLES,
    EDITIONS,
    CHANGES,
    NOTICES,
    ACCESS_KEYS,
    CLASS_SETS,
    SET_HEADS,
    CALLED,
    PACKED,
)
"""The statements that each version adds to the one before. An older file is brought up when it is opened."""

SCHEMA_VERSION = len(VERSIONS)


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables if the file is new, and bring them up if it is older. Raises SettingsError and sqlite3.Error."""
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise sqlite3.NotSupportedError("its file system does not allow a write-ahead log")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_FILE_SIZE_MAX_BYTES}")
    connection.execute("BEGIN IMMEDIATE")
    version = version_of(connection)
    connection.create_function("event_time", 1, lambda raw: heading(raw)[0])
    connection.create_function("event_type", 1, lambda raw: heading(raw)[1])
    connection.create_function("event_edition", 3, lambda *event: late_marks(*event)["edition"])
    connection.create_function("event_terms", 3, lambda *event: terms_text(late_marks(*event)["terms"]))
    connection.create_function("set_head", 1, late_head)
    for statement in chain.from_iterable(VERSIONS[version:]):
        connection.execute(statement)
    # Written each time, so that a file that cannot be written is found now and not at the first request.
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def terms_text(terms: Sequence[str]) -> str:
    """Write terms as one text, in which each has a blank before and behind it."""
    return f" {' '.join(terms)} "


def version_of(connection: sqlite3.Connection) -> int:
    """Read which version of ours the file is, 0 if it is new. Raises SettingsError for anybody else's."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise SettingsError(f"the SQLite file was written by a newer version ({version}; this one: {SCHEMA_VERSION})")
    if version == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
        raise SettingsError("the SQLite file holds the tables of another program")
    return version
