"""What the enricher's tests share: a clock in which nobody need wait, and an encyclopedia on loopback."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.clock import PassingClock
from tests.stubs.wikipedia import StubWikipedia


@pytest.fixture
def clock() -> PassingClock:
    return PassingClock()


@pytest_asyncio.fixture
async def stub() -> AsyncIterator[StubWikipedia]:
    async with StubWikipedia() as stub:
        yield stub
