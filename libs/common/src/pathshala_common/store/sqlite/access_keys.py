"""Access keys and secrets in SQLite."""

import sqlite3
from collections.abc import Mapping

from pathshala_common.contract.access_key import AccessKey
from pathshala_common.store.key_records import key_record, read_access_key

FIELDS = ("digest", "name", "user_id", "role", "created_at", "expires_at", "revoked_at", "used_at")
ADD = """
    INSERT INTO access_keys (key_id, digest, name, user_id, role, created_at, expires_at, revoked_at, used_at)
    VALUES (:key_id, :digest, :name, :user_id, :role, :created_at, :expires_at, :revoked_at, :used_at)
"""
FIND = """
    SELECT key_id, digest, name, user_id, role, created_at, expires_at, revoked_at, used_at
    FROM access_keys WHERE key_id = ?
"""
LIST = """
    SELECT key_id, digest, name, user_id, role, created_at, expires_at, revoked_at, used_at
    FROM access_keys WHERE key_id > ? ORDER BY key_id LIMIT ?
"""
REVOKE = "UPDATE access_keys SET revoked_at = coalesce(revoked_at, ?) WHERE key_id = ?"
NOTE_USE = "UPDATE access_keys SET used_at = max(coalesce(used_at, 0), ?) WHERE key_id = ?"
PROPOSE = "INSERT INTO secrets (name, secret) VALUES (?, ?) ON CONFLICT DO NOTHING"
SECRET = "SELECT secret FROM secrets WHERE name = ?"  # noqa: S105 - a statement


def add_key(connection: sqlite3.Connection, key: AccessKey) -> None:
    """Keep a new key."""
    connection.execute(ADD, {"key_id": key.key_id, **key_record(key)})


def access_key(connection: sqlite3.Connection, key_id: str) -> AccessKey | None:
    """Find one."""
    found = connection.execute(FIND, (key_id,)).fetchone()
    return _read(found) if found else None


def access_keys(connection: sqlite3.Connection, after: str, limit: int) -> list[AccessKey]:
    """Find a page."""
    return [_read(row) for row in connection.execute(LIST, (after, limit))]


def revoke_key(connection: sqlite3.Connection, key_id: str, at: int) -> bool:
    """Mark a key."""
    return connection.execute(REVOKE, (at, key_id)).rowcount > 0


def note_uses(connection: sqlite3.Connection, used: Mapping[str, int]) -> None:
    """Write when keys were used."""
    connection.executemany(NOTE_USE, [(at, key_id) for key_id, at in used.items()])


def secret(connection: sqlite3.Connection, name: str, proposed: bytes) -> bytes:
    """Find a secret, or keep the proposed one."""
    connection.execute(PROPOSE, (name, proposed))
    kept: bytes = connection.execute(SECRET, (name,)).fetchone()[0]
    return kept


def _read(row: tuple[object, ...]) -> AccessKey:
    key_id, *kept = row
    return read_access_key(str(key_id), dict(zip(FIELDS, kept, strict=True)))
