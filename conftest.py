"""The servers that tests share. They are started when first asked for; a test that cannot have one fails."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.choice import AMQP_URL_VARIABLE, MONGODB_URL_VARIABLE, Server, start_mongodb, start_rabbitmq

# How long an example takes is the machine's affair, and no property of what is tested.
settings.register_profile("pathshala", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pathshala")

USED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def amqp_url(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address a RabbitMQ that tests may fill; each takes a namespace of its own."""
    yield from _address(pytestconfig, AMQP_URL_VARIABLE, start_rabbitmq, tmp_path_factory.mktemp("rabbitmq"))


@pytest.fixture(scope="session")
def mongodb_url(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address a MongoDB that tests may fill, without a database; each takes one of its own."""
    yield from _address(pytestconfig, MONGODB_URL_VARIABLE, start_mongodb, tmp_path_factory.mktemp("mongodb"))


def pytest_configure(config: pytest.Config) -> None:
    """Begin the list of servers."""
    config.stash[USED] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which servers the tests met."""
    for line in config.stash[USED]:
        terminalreporter.write_line(f"servers: {line}")


def _address(
    config: pytest.Config, variable: str, start: Callable[[Path], tuple[str, Server]], folder: Path
) -> Iterator[str]:
    named = os.environ.get(variable)
    if named:
        config.stash[USED].append(f"{start.__name__.removeprefix('start_')} as {variable} says")
        yield named.rstrip("/")
        return
    began = time.monotonic()
    kind, server = start(folder)
    config.stash[USED].append(f"{type(server).__name__} ({kind}), up in {time.monotonic() - began:.1f} s")
    try:
        yield server.url
    finally:
        server.stop()
