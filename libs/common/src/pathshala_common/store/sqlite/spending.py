"""The spending on language models, in SQLite. Each function runs inside a transaction on its thread."""

import sqlite3
from collections.abc import Sequence

from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.store.records import Record, read_spent

COLUMNS = ("event_id", "user_id", "class_set", "time", "prompt_tokens", "completion_tokens")
NOTE = f"INSERT OR IGNORE INTO spending ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - names of ours
SUM = "SELECT count(*), sum(prompt_tokens), sum(completion_tokens) FROM spending WHERE"
FORGET = "DELETE FROM spending WHERE event_id IN (SELECT event_id FROM spending WHERE time < ? ORDER BY time LIMIT ?)"


def note_spending(connection: sqlite3.Connection, records: Sequence[Record]) -> None:
    """Keep calls, each once."""
    connection.executemany(NOTE, [[record[column] for column in COLUMNS] for record in records])


def spent_by(connection: sqlite3.Connection, user_id: str, since: int) -> Spent:
    """Sum up a user's calls, in an index that holds what is summed."""
    return read_spent(*connection.execute(f"{SUM} user_id = ? AND time >= ?", (user_id, since)).fetchone())


def spent(connection: sqlite3.Connection, since: int, until: int) -> Spent:
    """Sum up everybody's calls."""
    return read_spent(*connection.execute(f"{SUM} time >= ? AND time < ?", (since, until)).fetchone())


def spent_on_set(connection: sqlite3.Connection, set_id: str) -> Spent:
    """Sum up a set's calls likewise."""
    return read_spent(*connection.execute(f"{SUM} class_set = ?", (set_id,)).fetchone())


def forget_spending(connection: sqlite3.Connection, before: int, limit: int) -> int:
    """Delete old calls."""
    return connection.execute(FORGET, (before, limit)).rowcount
