"""Nothing that is asked of a store reads more than it gives: each query has an index, and each index a query."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import MongoClient, monitoring

from libs.common.tests.store.every_query import ask_everything
from pathshala_common.store.mongodb import inspection as mongodb_inspection
from pathshala_common.store.mongodb.log_reader import MongoLog
from pathshala_common.store.mongodb.projections import MongoProjections
from pathshala_common.store.mongodb.schema import INDEXES
from pathshala_common.store.sqlite import inspection as sqlite_inspection
from pathshala_common.store.sqlite.connection import SQLiteThread
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.projections import SQLiteProjections
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.mongodb_commands import Asked, AskedOfMongoDB
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_url import of_database

SMALL = ("counts", "logged", "json_each", "CONSTANT ROW", "looked_at")
"""What has a row or a few, or as many as one call looks at, however much there is in the store."""


@pytest.fixture
def asked() -> Iterator[AskedOfMongoDB]:
    listener = AskedOfMongoDB()
    monitoring.register(listener)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)  # nothing public takes it back


async def test_every_query_of_mongodb_is_served_by_an_index_and_no_index_is_there_for_nothing(
    asked: AskedOfMongoDB, mongodb_url: str
) -> None:
    url = of_database(mongodb_url, f"test_{uuid4().hex}")
    store, log, projections = MigratedMongoStore(url), MongoLog(url), MongoProjections(url)
    for adapter in (store, log, projections):
        await adapter.open()
    await ask_everything(store, log, projections)
    await mongodb_inspection.checks(url)["store readable"]()
    for adapter in (projections, log, store):
        await adapter.close()

    queries = [one for one in asked.asked if not one.by_key]
    assert [one for one in queries if one.index() is None] == []
    used = {(one.collection, tuple(one.index() or ())) for one in queries}
    unique = {(name, tuple(keys)) for name, indexes in INDEXES.items() for keys, how in indexes if how.get("unique")}
    declared = {(name, tuple(keys)) for name, indexes in INDEXES.items() for keys, _ in indexes}
    assert declared - used - unique == set()
    assert scans(mongodb_url, asked.asked) == []


def scans(url: str, asked: list[Asked]) -> list[Asked]:
    """Which of these a server that explains itself would read a whole collection for."""
    found = []
    with MongoClient[dict[str, object]](url) as client:
        for one in asked:
            if next(iter(one.command)) in {"find", "aggregate"}:
                plain = {name: value for name, value in one.command.items() if name not in {"lsid", "$db", "txnNumber"}}
                plain = {name: value for name, value in plain.items() if not name.startswith("$")}
                explained = client[one.database].command("explain", plain)
                if "COLLSCAN" in str(explained):
                    found.append(one)
    return found


async def test_every_statement_of_sqlite_is_served_by_an_index(tmp_path: Path) -> None:
    path = tmp_path / "pathshala.db"
    store, log, projections = SQLiteStore(path), SQLiteLog(path), SQLiteProjections(path)
    statements: set[str] = set()
    for adapter in (store, log, projections):
        await adapter.open()
    for thread in (store._reader, store._writer, log._reader, projections._reader):
        await trace(thread, statements)
    await ask_everything(store, log, projections)
    await sqlite_inspection.checks(path)["store readable"]()
    for adapter in (projections, log, store):
        await adapter.close()

    with sqlite3.connect(path) as connection:
        plans = {one: str(connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()) for one in statements}
    connection.close()
    assert len(plans) > 40
    assert {one: plan for one, plan in plans.items() if reads_all(plan)} == {}


async def trace(thread: SQLiteThread, statements: set[str]) -> None:
    def note(statement: str) -> None:
        if statement.strip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            statements.add(statement)

    await thread.run(lambda connection: connection.set_trace_callback(note))


def reads_all(plan: str) -> bool:
    """Whether a plan goes through a table, or sorts all that it found before it gives the first."""
    steps = [step.rpartition(", ")[2].strip("')\"[] ") for step in plan.split("), (")]
    scanning = [s for s in steps if s.startswith("SCAN ") and " USING " not in s and not s.startswith(SCANNED)]
    return bool(scanning) or "USE TEMP B-TREE FOR ORDER BY" in plan


SCANNED = tuple(f"SCAN {name}" for name in SMALL)
