"""The file beside the live store: rebuilt documents, what was found wrong, and how far the pass has come."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pathshala.rebuild.folding import Discrepancy, Rebuilt, Wrong
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.lesson import Lesson

APPLICATION_ID = 0x70617468
"""Stands in the head of the file, so that no other file is taken for one of ours."""

TABLES = f"""
    PRAGMA application_id = {APPLICATION_ID};
    PRAGMA journal_mode = WAL;
    CREATE TABLE progress (store TEXT, began TEXT, after TEXT, tasks INTEGER, events INTEGER);
    CREATE TABLE documents (task_id TEXT PRIMARY KEY, position INTEGER, document TEXT) WITHOUT ROWID;
    CREATE TABLE lessons (
        subject TEXT, topic TEXT, language TEXT, level TEXT, revision INTEGER, serial INTEGER, numbered INTEGER,
        PRIMARY KEY (subject, topic, serial)
    ) WITHOUT ROWID;
    CREATE TABLE faults (task_id TEXT, wrong TEXT, fields TEXT, PRIMARY KEY (task_id, wrong)) WITHOUT ROWID;
"""
FAULTS = "SELECT * FROM faults WHERE (task_id, wrong) > (?, ?) ORDER BY task_id, wrong LIMIT ?"
GAPS = """
    SELECT subject, topic, max(serial) - count(*) FROM lessons
    GROUP BY subject, topic HAVING max(serial) <> count(*) LIMIT ?
"""
EDITION_GAPS = """
    SELECT subject, topic, language, level, max(revision) - max(before) - count(*) FROM (
        SELECT *, max(iif(numbered, 0, revision)) OVER (PARTITION BY subject, topic, language, level) AS before
        FROM lessons
    ) WHERE revision > before
    GROUP BY subject, topic, language, level HAVING max(revision) - max(before) <> count(*) LIMIT ?
"""
"""Where an edition has revisions from before there were editions, it is dense from the last of those on."""


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """The position of a scan: the last task id, and the counts up to it. The scan itself `began` at that moment."""

    began: datetime
    after: str = ""
    tasks: int = 0
    events: int = 0


class Checkpoint:
    """A SQLite file of one pass. What it was told stays, so that a pass that was broken off can go on."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use an open file that has the tables. It outlives a kill; after a power cut a pass may have to begin anew."""
        connection.execute("PRAGMA synchronous = OFF")
        self._connection = connection

    def close(self) -> None:
        """Close the file; it stays."""
        self._connection.close()

    @property
    def progress(self) -> ScanProgress:
        """The position of the scan."""
        began, *rest = self._connection.execute("SELECT began, after, tasks, events FROM progress").fetchone()
        return ScanProgress(datetime.fromisoformat(began), *rest)

    def keep(self, progress: ScanProgress, rebuilt: Mapping[str, Rebuilt], lessons: Iterable[Lesson]) -> None:
        """Keep a page of documents, and of lessons that were stored before the pass began, all or nothing."""
        documents = [(task_id, one.position, one.document) for task_id, one in rebuilt.items()]
        with self._connection as connection:
            connection.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", documents)
            connection.executemany("INSERT OR IGNORE INTO lessons VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, lessons))
            connection.execute(
                "UPDATE progress SET after = ?, tasks = ?, events = ?",
                (progress.after, progress.tasks, progress.events),
            )

    def document(self, task_id: str) -> tuple[int, str] | None:
        """A rebuilt document, and the position up to which it is folded."""
        query = "SELECT position, document FROM documents WHERE task_id = ?"
        found: tuple[int, str] | None = self._connection.execute(query, (task_id,)).fetchone()
        return found

    def note(self, faults: Iterable[Discrepancy]) -> None:
        """Keep what is wrong."""
        rows = [(fault.task_id, fault.wrong, json.dumps(fault.fields)) for fault in faults]
        with self._connection as connection:
            connection.executemany("INSERT OR REPLACE INTO faults VALUES (?, ?, ?)", rows)

    def forget(self, task_id: str, wrong: Iterable[Wrong] = tuple(Wrong)) -> None:
        """Note no longer that these things are wrong with a task."""
        with self._connection as connection:
            connection.executemany(
                "DELETE FROM faults WHERE task_id = ? AND wrong = ?", [(task_id, one) for one in wrong]
            )

    def faults(self, *, after: Discrepancy | None = None, limit: int) -> Sequence[Discrepancy]:
        """The discrepancies, by task, behind `after`."""
        behind = (after.task_id, after.wrong) if after else ("", "")
        rows = self._connection.execute(FAULTS, (*behind, limit))
        return [Discrepancy(task_id, Wrong(wrong), json.loads(fields)) for task_id, wrong, fields in rows]

    def counts(self) -> Mapping[Wrong, int]:
        """The number of discrepancies of each kind."""
        rows = self._connection.execute("SELECT wrong, count(*) FROM faults GROUP BY wrong ORDER BY wrong")
        return {Wrong(wrong): count for wrong, count in rows}

    def gaps(self, *, limit: int) -> Sequence[tuple[str, str, int]]:
        """Lessons of which something that was stored is missing: subject, topic, how many."""
        return self._connection.execute(GAPS, (limit,)).fetchall()

    def edition_gaps(self, *, limit: int) -> Sequence[tuple[str, str, str, str, int]]:
        """Editions of which revisions are missing: subject, topic, language, level, how many."""
        return self._connection.execute(EDITION_GAPS, (limit,)).fetchall()


def _row(lesson: Lesson) -> tuple[object, ...]:
    """Give what tells whether anything of a lesson is missing; `numbered` says that its edition has its own numbers."""
    edition, revision, serial = lesson.mark
    return (*edition, revision, serial, lesson.serial is not None)


def begin(path: Path, store: str, now: datetime) -> Checkpoint:
    """Begin a pass over this store, on a new file. Raises SettingsError if there is another program's file."""
    if path.exists():
        _open(path).close()
        path.unlink()
    connection = _connect(path)
    connection.executescript(TABLES)
    with connection:
        connection.execute("INSERT INTO progress VALUES (?, ?, '', 0, 0)", (store, now.isoformat()))
    return Checkpoint(connection)


def resume(path: Path, store: str) -> Checkpoint:
    """Go on with a pass over this store. Raises SettingsError if there is none."""
    if not path.exists():
        raise SettingsError(f"there is no pass to go on with: {path} does not exist")
    connection = _open(path)
    found = connection.execute("SELECT store FROM progress").fetchone()
    if found != (store,):
        connection.close()
        raise SettingsError(f"{path} holds a pass over another store")
    return Checkpoint(connection)


def _open(path: Path) -> sqlite3.Connection:
    """Open a file that an earlier pass made."""
    connection = _connect(path)
    try:
        ours = connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    except sqlite3.DatabaseError:
        ours = False
    if not ours:
        connection.close()
        raise SettingsError(f"{path} is not a file of `pathshala rebuild`; name another one")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path)
    except sqlite3.Error as error:
        raise SettingsError(f"{path} cannot be used: {error}") from error
