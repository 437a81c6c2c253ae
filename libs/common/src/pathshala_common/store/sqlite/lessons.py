"""The lessons in the log in SQLite. Each function runs inside a transaction on its thread."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.contract.lesson import LessonKey
from pathshala_common.contract.ports.store import EditionHead
from pathshala_common.store.records import Record, editions_range, lesson_text, read_edition

LATEST_SERIAL = "SELECT max(revision) FROM events WHERE lesson_key = ? AND revision IS NOT NULL"
LATEST_REVISION = "SELECT max(edition_revision) FROM events WHERE edition = ?"
OF_LESSON = "SELECT raw FROM events WHERE lesson_key = ? AND revision < ? ORDER BY revision DESC LIMIT ?"
OF_EDITION = "SELECT raw FROM events WHERE edition = ? AND edition_revision < ? ORDER BY edition_revision DESC LIMIT ?"
EDITIONS = """
    SELECT edition, max(edition_revision), max(revision), count(*) FROM events
    WHERE edition >= ? AND edition < ? GROUP BY edition
"""
LISTED = """
    SELECT time, task_id, edition, edition_revision, terms FROM events INDEXED BY events_listed
    WHERE edition IS NOT NULL AND (time, task_id) < (?, ?) ORDER BY time DESC, task_id DESC LIMIT ?
"""
NEWER = "SELECT 1 FROM events WHERE edition = ? AND edition_revision > ? LIMIT 1"
SHOWN = """
    SELECT raw, (SELECT count(*) FROM events WHERE edition = ?) FROM events WHERE task_id = ? AND revision IS NOT NULL
"""

LOOKED_AT_MAX = 2_000
"""Lessons that one call looks at in a search, so that what others read comes in between."""

Before = tuple[int, str]
"""The time and the task of a lesson; those before it are wanted."""


def latest_revisions(connection: sqlite3.Connection, keys: Sequence[str]) -> list[int | None]:
    """Give the greatest number of each chain, in the order of the keys: one statement for those of one lesson."""
    lessons: dict[str, list[str]] = {}
    for key in keys:
        lessons.setdefault(lesson_text(key), []).append(key)
    found: dict[str, int | None] = {}
    for lesson, chains in lessons.items():
        wanted = (f"({LATEST_SERIAL if key == lesson else LATEST_REVISION})" for key in chains)
        row = connection.execute(f"SELECT {', '.join(wanted)}", chains).fetchone()
        found |= zip(chains, row, strict=True)
    return [found[key] for key in keys]


def newest(connection: sqlite3.Connection, key: str, below: int, limit: int) -> list[bytes]:
    """Give the events that stored what a chain has, newest first."""
    statement = OF_LESSON if key == lesson_text(key) else OF_EDITION
    return [row[0] for row in connection.execute(statement, (key, below, limit))]


def continues(connection: sqlite3.Connection, event: Record) -> bool:
    """Whether an event is the next one of its lesson and of its edition, and its task has no lesson yet."""
    latest = latest_revisions(connection, [event["lesson_key"], event["edition"]])
    following = [(number or 0) + 1 for number in latest] == [event["revision"], event["edition_revision"]]
    query = "SELECT 1 FROM events WHERE task_id = :task_id AND revision IS NOT NULL"
    return following and connection.execute(query, {"task_id": event["task_id"]}).fetchone() is None


def editions_of(connection: sqlite3.Connection, key: LessonKey) -> list[EditionHead]:
    """Give the editions of a lesson."""
    rows = connection.execute(EDITIONS, editions_range(key))
    return [EditionHead(read_edition(edition), *numbers) for edition, *numbers in rows]


def listed(
    connection: sqlite3.Connection, terms: Sequence[str], before: Before, limit: int
) -> tuple[list[tuple[bytes, int]], Before | None]:
    """Give the events that stored the newest of editions with these terms, each with its edition's count of revisions.

    Looks at some lessons, newest first; returns too before which the next call goes on, if there may be more.
    """
    rows = connection.execute(LISTED, (*before, LOOKED_AT_MAX)).fetchall()
    found: list[tuple[bytes, int]] = []
    for _, task_id, edition, revision, text in rows:
        matches = all(f" {term} " in text for term in terms)
        if matches and connection.execute(NEWER, (edition, revision)).fetchone() is None:
            found.append(connection.execute(SHOWN, (edition, task_id)).fetchone())
            if len(found) == limit:
                break
    return found, tuple(rows[-1][:2]) if len(rows) == LOOKED_AT_MAX else None
