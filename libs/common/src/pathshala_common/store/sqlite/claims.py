"""Claims in SQLite. Each function runs inside a transaction on the writer's thread."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple

from pathshala_common.contract.ports.claims import Claim, Standing
from pathshala_common.store.claiming import REVOKED, KeptClaim

FIND = "SELECT cause_id, attempt, holder, lapses_at FROM claims WHERE task_id = ?"
TAKE = """
    INSERT INTO claims (task_id, cause_id, attempt, holder, lapses_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (task_id) DO UPDATE SET
        cause_id = excluded.cause_id, attempt = excluded.attempt, holder = excluded.holder,
        lapses_at = excluded.lapses_at
"""
SETTLE = "UPDATE claims SET attempt = ?, holder = NULL WHERE task_id = ? AND cause_id = ? AND holder = ?"
RENEW = "UPDATE claims SET lapses_at = ? WHERE task_id = ? AND holder = ?"


def claim(connection: sqlite3.Connection, holder: str, wanted: Sequence[Claim], now: int, until: int) -> list[Standing]:
    """Lease what is free."""
    return [_claim(connection, holder, one, now, until) for one in wanted]


def _claim(connection: sqlite3.Connection, holder: str, wanted: Claim, now: int, until: int) -> Standing:
    found = connection.execute(FIND, (wanted.task_id,)).fetchone()
    answer = KeptClaim(*found).answer(holder, wanted, now) if found else Standing.GRANTED
    if answer in {Standing.GRANTED, Standing.INHERITED}:
        connection.execute(TAKE, (wanted.task_id, wanted.cause_id, wanted.attempt, holder, until))
    return answer


def renew(connection: sqlite3.Connection, holder: str, task_ids: Sequence[str], until: int) -> frozenset[str]:
    """Put off the end of the holder's leases; each statement tells whether there was one."""
    return frozenset(
        task_id for task_id in task_ids if not connection.execute(RENEW, (until, task_id, holder)).rowcount
    )


def settle(connection: sqlite3.Connection, holder: str, settled: Sequence[Claim]) -> None:
    """End the holder's leases."""
    connection.executemany(SETTLE, [(one.attempt, one.task_id, one.cause_id, holder) for one in settled])


def revoke(connection: sqlite3.Connection, task_ids: Sequence[str]) -> None:
    """Put what grants nothing in the place of claims."""
    connection.executemany(TAKE, [(task_id, *astuple(REVOKED)) for task_id in task_ids])


def leased(connection: sqlite3.Connection, task_ids: Sequence[str], now: int, paid_since: int | None) -> frozenset[str]:
    """Find the leases that run, and those that were settled as the last."""
    kept = ((task_id, connection.execute(FIND, (task_id,)).fetchone()) for task_id in task_ids)
    return frozenset(task_id for task_id, found in kept if found and KeptClaim(*found).leased(now, paid_since))


def disclaim(connection: sqlite3.Connection, task_ids: Sequence[str]) -> None:
    """Forget claims."""
    connection.executemany("DELETE FROM claims WHERE task_id = ?", [(task_id,) for task_id in task_ids])


def release_all(connection: sqlite3.Connection) -> None:
    """Let every lease lapse: who owns the file knows that no other process lives that held one."""
    connection.execute("UPDATE claims SET lapses_at = 0 WHERE holder IS NOT NULL")
