"""The lessons in the log in SQLite. Each function runs inside a transaction on its thread."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.contract.lesson import LessonKey
from pathshala_common.contract.ports.store import EditionHead
from pathshala_common.store.records import Record, editions_range, lesson_text, read_edition
from pathshala_common.store.sqlite.packing import unpacked

LATEST_SERIAL = "SELECT max(revision) FROM events WHERE lesson_key = ? AND revision IS NOT NULL"
LATEST_REVISION = "SELECT max(edition_revision) FROM events WHERE edition = ?"
OF_LESSON = "SELECT raw FROM events WHERE lesson_key = ? AND revision < ? ORDER BY revision DESC LIMIT ?"
OF_EDITION = "SELECT raw FROM events WHERE edition = ? AND edition_revision < ? ORDER BY edition_revision DESC LIMIT ?"
EDITIONS = """
    SELECT edition, max(edition_revision), max(revision), count(*) FROM events
    WHERE edition >= ? AND edition < ? GROUP BY edition
"""
LOOKED_AT = """
    SELECT time, task_id, edition, edition_revision, terms FROM events INDEXED BY events_listed
    WHERE edition IS NOT NULL AND (time, task_id) < (?, ?) ORDER BY time DESC, task_id DESC LIMIT ?
"""
LAST = """
    SELECT time, task_id FROM events INDEXED BY events_listed
    WHERE edition IS NOT NULL AND (time, task_id) < (?, ?) ORDER BY time DESC, task_id DESC LIMIT 1 OFFSET ?
"""
NEWEST_OF = f"""
    SELECT task_id, edition FROM ({LOOKED_AT}) AS looked_at WHERE NOT EXISTS (
        SELECT 1 FROM events AS newer
        WHERE newer.edition = looked_at.edition AND newer.edition_revision > looked_at.edition_revision
    )
"""  # noqa: S608 - statements of ours
MATCHES = " AND instr(terms, ?) > 0"
SHOWN = """
    SELECT raw, (SELECT count(*) FROM events WHERE edition = ?) FROM events WHERE task_id = ? AND revision IS NOT NULL
"""

LOOKED_AT_MAX = 5_000
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
    return [unpacked(row[0]) for row in connection.execute(statement, (key, below, limit))]


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
    statement = f"{NEWEST_OF}{MATCHES * len(terms)} LIMIT ?"
    looked_for = (*before, LOOKED_AT_MAX, *(f" {term} " for term in terms), limit)
    newest_of = connection.execute(statement, looked_for).fetchall()
    shown = [connection.execute(SHOWN, (edition, task_id)).fetchone() for task_id, edition in newest_of]
    found = [(unpacked(raw), versions) for raw, versions in shown]
    return found, connection.execute(LAST, (*before, LOOKED_AT_MAX - 1)).fetchone() if len(found) < limit else None
