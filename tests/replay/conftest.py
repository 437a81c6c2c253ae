"""Stores with tasks in them, and what reads them beside."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala_common.contract.ports.operator import Log, Projections
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime import connect, reading
from pathshala_common.runtime.settings import Settings
from tests.house.conftest import stub, wikipedia_url
from tests.servers.mongodb_url import of_database

__all__ = ["stub", "wikipedia_url"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A store, what reads it, and the setting that names it."""

    store: Store
    log: Log
    projections: Projections
    url: str


@pytest.fixture(params=["sqlite", "mongodb"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pathshala.db'}"
    return of_database(request.getfixturevalue("mongodb_url"), f"test_{uuid4().hex}")


@pytest.fixture
async def kept(store_url: str) -> AsyncIterator[Kept]:
    """A store that is open, with its readers."""
    settings = Settings(store_url=store_url)
    await connect.migrate(settings, drop=False)
    made = Kept(connect.store(settings), reading.log(settings), reading.projections(settings), store_url)
    for adapter in (made.store, made.log, made.projections):
        await adapter.open()
    yield made
    for adapter in (made.projections, made.log, made.store):
        await adapter.close()
