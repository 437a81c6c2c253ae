"""One house in one process for each module, and clients that ask it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from pathshala_client import AsyncClient, Client
from tests.house.conftest import Stub, stub, wikipedia_url
from tests.house.houses import House, embedded
from tests.servers.loopback import free_port

__all__ = ["Stub", "stub", "wikipedia_url"]


@pytest.fixture(scope="module")
def embedded_house(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Iterator[House]:
    """A house in one process, on a port that it comes back to."""
    made = embedded(tmp_path_factory.mktemp("client"), wikipedia_url, PATHSHALA_PORT=str(free_port()))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def house(embedded_house: House) -> Iterator[Client]:
    with Client(embedded_house.url) as client:
        yield client


@pytest.fixture
async def awaited(embedded_house: House) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(embedded_house.url) as client:
        yield client
