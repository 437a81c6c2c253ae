"""Kept articles in SQLite."""

import sqlite3

from pathshala_common.contract.ports.articles import KeptArticle
from pathshala_common.store.records import milliseconds, moment

FIND = "SELECT raw, checked_at FROM articles WHERE name = ?"
KEEP = "INSERT OR REPLACE INTO articles (name, raw, checked_at) VALUES (?, ?, ?)"
FORGET = """
    DELETE FROM articles WHERE name IN (SELECT name FROM articles ORDER BY checked_at DESC LIMIT -1 OFFSET ?)
"""


def kept_article(connection: sqlite3.Connection, name: str) -> KeptArticle | None:
    """Find one."""
    found = connection.execute(FIND, (name,)).fetchone()
    return KeptArticle(name, found[0], moment(found[1])) if found else None


def keep_article(connection: sqlite3.Connection, kept: KeptArticle, newest: int) -> None:
    """Replace the one of this name, and forget the oldest."""
    connection.execute(KEEP, (kept.name, kept.raw, milliseconds(kept.checked_at)))
    connection.execute(FORGET, (newest,))
