"""Notices in SQLite."""

import sqlite3

from pathshala_common.contract.ports.notices import Notice
from pathshala_common.store.records import LAST_ID, milliseconds, moment

PUT = "INSERT OR REPLACE INTO notices (name, text, put_at) VALUES (?, ?, ?)"
FIND = "SELECT name, text, put_at FROM notices WHERE name >= ? AND name < ? AND put_at >= ? ORDER BY name"
TAKE_DOWN = "DELETE FROM notices WHERE name >= ? AND name < ? AND put_at < ?"


def put_notice(connection: sqlite3.Connection, notice: Notice) -> None:
    """Replace the one of this name."""
    connection.execute(PUT, (notice.name, notice.text, milliseconds(notice.put_at)))


def find(connection: sqlite3.Connection, prefix: str, since: int) -> list[Notice]:
    """Find them by name."""
    found = connection.execute(FIND, (prefix, prefix + LAST_ID, since))
    return [Notice(name, text, moment(put_at)) for name, text, put_at in found]


def take_down(connection: sqlite3.Connection, prefix: str, before: int) -> None:
    """Delete them."""
    connection.execute(TAKE_DOWN, (prefix, prefix + LAST_ID, before))
