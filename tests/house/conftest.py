"""Houses for tests: each started on its own data, with stub servers in place of the world outside."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.houses import House, Replicas, distributed, embedded

Stub = Callable[..., str]


@pytest.fixture(scope="session")
def stub() -> Iterator[Stub]:
    """Start a stub server as a process of its own, and give the URL that it prints."""
    running: list[subprocess.Popen[str]] = []

    def start(name: str, *arguments: str) -> str:
        command = [sys.executable, "-m", f"tests.stubs.{name}", "--port", "0", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    yield start
    for process in running:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def wikipedia_url(stub: Stub) -> str:
    return stub("wikipedia")


@pytest.fixture(scope="module", params=["embedded", "distributed"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str
) -> Iterator[House]:
    """A running house of each deployment, for tests that leave it standing."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        running = embedded(folder, wikipedia_url)
    else:
        amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
        running = distributed(folder, wikipedia_url, amqp_url, mongodb_url)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(params=["embedded", "distributed"])
def house_of_two(request: pytest.FixtureRequest, tmp_path: Path, wikipedia_url: str) -> Iterator[House]:
    """The house of each deployment, the distributed one with two stores and two APIs, for one test."""
    if request.param == "embedded":
        made = embedded(tmp_path, wikipedia_url)
    else:
        urls = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
        made = distributed(tmp_path, wikipedia_url, *urls, Replicas(apis=2, stores=2))
    try:
        made.start()
        yield made
    finally:
        made.stop()
