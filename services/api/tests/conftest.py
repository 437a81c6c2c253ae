from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from services.api.tests.given import Api, an_api
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_proxy import MongoDBProxy


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with an_api(tmp_path) as running:
        yield running


@pytest.fixture
async def cut_off(lone_server: MongoDBProxy, tmp_path: Path) -> AsyncIterator[Api]:
    """An API on that server."""
    store = MigratedMongoStore(lone_server.url(f"api_{uuid4().hex}"))
    async with an_api(tmp_path, store=store) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One API for a module whose tests cannot disturb each other."""
    async with an_api(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def document(shared_api: Api) -> dict[str, Any]:
    """The description of the API, as it is served."""
    answer = await shared_api.client.get("/openapi.json")
    assert (await shared_api.client.get("/openapi.json")).content == answer.content
    assert answer.headers["content-type"] == "application/json"
    described: dict[str, Any] = answer.json()
    return described
