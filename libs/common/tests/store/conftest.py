"""An opened, empty store of each kind, and a way to open the same one again."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala_common.contract.ports.store import Store
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database

Again = Callable[[], Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a SQLite store."""
    return tmp_path / "pathshala.db"


@pytest.fixture(params=["sqlite", "mongodb"])
def again(request: pytest.FixtureRequest, path: Path) -> Again:
    """Make the same store, not opened; each call gives a new object over the same data."""
    if request.param == "sqlite":
        return lambda: SQLiteStore(path)
    url = of_database(request.getfixturevalue("mongodb_url"), f"test_{uuid4().hex}")
    return lambda: MigratedMongoStore(url, timeout_seconds=PATIENT_SECONDS)


@pytest.fixture
async def store(again: Again) -> AsyncIterator[Store]:
    opened = again()
    await opened.open()
    yield opened
    await opened.close()
