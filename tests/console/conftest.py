"""A browser, and houses whose console it opens; each page has a profile of its own, and must be without faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.console.pages import Visits, chromium
from tests.house.conftest import Stub, stub, wikipedia_url
from tests.house.houses import House, embedded
from tests.servers.loopback import free_port

__all__ = ["Stub", "stub", "wikipedia_url"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser. Its event loop runs in this thread, and ends before another module begins, whose tests have theirs."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium())
        yield running
        running.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Iterator[House]:
    """A house in one process that asks for no keys, on a port that it comes back to."""
    yield from running(tmp_path_factory.mktemp("console"), wikipedia_url, "off")


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Iterator[House]:
    """A house that asks for keys, and knows the key of the tests."""
    yield from running(tmp_path_factory.mktemp("keyed"), wikipedia_url, "keys")


@pytest.fixture
def visits(browser: Browser) -> Iterator[Visits]:
    """Opens pages, and holds afterwards that none had a fault."""
    with Visits(browser) as opened:
        yield opened


def running(folder: Path, wikipedia_url: str, auth: str, **settings: str) -> Iterator[House]:
    """Run a house in one process, on a port that it comes back to."""
    made = embedded(folder, wikipedia_url, PATHSHALA_AUTH=auth, PATHSHALA_PORT=str(free_port()), **settings)
    try:
        made.start()
        yield made
    finally:
        made.stop()
