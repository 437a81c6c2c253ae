"""The servers that tests share. They are started when first asked for; a test that cannot have one fails."""

import gc
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from pathshala_common.runtime.process import GC_THRESHOLDS
from tests.servers import pymongo_sockets
from tests.servers.choice import AMQP_URL_VARIABLE, MONGODB_URL_VARIABLE, Server, start_mongodb, start_rabbitmq
from tests.servers.mongodb_proxy import MongoDBProxy

# How long an example takes is the machine's affair, and no property of what is tested.
settings.register_profile("pathshala", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pathshala")

SLOW_VARIABLE = "PATHSHALA_TEST_SLOW"
"""With it, tests marked `slow` run too: the long form. `scripts/faults` sets it for all faults."""

USED: pytest.StashKey[list[str]] = pytest.StashKey()
SERVERS = "servers"


@pytest.fixture(scope="session")
def amqp_url(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address a RabbitMQ that tests may fill; each takes a namespace of its own."""
    yield from _address(pytestconfig, AMQP_URL_VARIABLE, start_rabbitmq, tmp_path_factory.mktemp("rabbitmq"))


@pytest.fixture(scope="session")
def mongodb_url(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address a MongoDB that tests may fill, without a database; each takes one of its own."""
    yield from _address(pytestconfig, MONGODB_URL_VARIABLE, start_mongodb, tmp_path_factory.mktemp("mongodb"))


@pytest.fixture
def lone_server(mongodb_url: str) -> Iterator[MongoDBProxy]:
    """A server by itself, which no driver asks twice."""
    started = MongoDBProxy(mongodb_url, members=1, set_name=None)
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def database_server(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A MongoDB that tests may kill and freeze; each leaves it running and takes a database of its own.

    It is never the one that PATHSHALA_TEST_MONGODB_URL names: nobody can kill that by its address.
    """
    yield from _started(pytestconfig, "a MongoDB to kill", start_mongodb, tmp_path_factory.mktemp("mongodb"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow ones to the long form, unless one is named."""
    if os.environ.get(SLOW_VARIABLE) or any("::" in argument for argument in config.args):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_report_header() -> str:
    """Say which form it is."""
    if os.environ.get(SLOW_VARIABLE):
        return "form: long, with the slow tests"
    return f"form: short; {SLOW_VARIABLE}=1 adds the slow tests"


def pytest_configure(config: pytest.Config) -> None:
    """Begin the list of servers, and let what tests start be interrupted, though a script in the background may not."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[USED] = []
    pymongo_sockets.close_cancelled()
    gc.disable()  # nothing of what is collected and imported is garbage


def pytest_collection_finish() -> None:
    """Look for garbage as rarely as the services do, and never again in all that was imported."""
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add the servers that another process of this run met."""
    node.config.stash[USED].extend(getattr(node, "workeroutput", {}).get(SERVERS, []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that hears of all tests which servers these met."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[SERVERS] = session.config.stash[USED]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which servers the tests met."""
    used = config.stash[USED]
    for line, times in Counter(used).items():
        terminalreporter.write_line(f"servers: {line}{f', {times} times' if times > 1 else ''}")


def _address(
    config: pytest.Config, variable: str, start: Callable[[Path], tuple[str, Server]], folder: Path
) -> Iterator[str]:
    name = "RabbitMQ" if variable == AMQP_URL_VARIABLE else "MongoDB"
    named = os.environ.get(variable)
    if named:
        config.stash[USED].append(f"{name}: as {variable} says")
        yield named
        return
    for server in _started(config, name, start, folder):
        yield server.url


def _started(
    config: pytest.Config, name: str, start: Callable[[Path], tuple[str, Server]], folder: Path
) -> Iterator[Server]:
    kind, server = start(folder)
    config.stash[USED].append(f"{name}: {kind}")
    try:
        yield server
    finally:
        server.stop()
