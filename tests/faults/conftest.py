"""What the fault tests share: houses on servers of their own, stubs, and the report of what was measured."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.faults.load import Model
from tests.faults.record import FIGURES, REPORT_VARIABLE, ROW, Figure, Measured, Report
from tests.house.conftest import Stub, stub, wikipedia_url
from tests.house.houses import SEVERAL, House, Replicas, distributed
from tests.servers.choice import BrokerServer, start_rabbitmq

__all__ = ["stub", "wikipedia_url"]

MakeHouse = Callable[..., House]

NEVER_SECONDS = 3_600

# The outbox publishes nothing twice, however slow the machine: what is repeated, the fault repeated; no loss is mended.
QUIET = {"PATHSHALA_GENERATOR_CONCURRENCY": "4", "PATHSHALA_OUTBOX_RETRY_SECONDS": str(NEVER_SECONDS)}

_report = Report()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Keep figures of this test for the report; asserts nothing."""

    def keep(**more: Figure) -> None:
        request.node.user_properties.append((FIGURES, more))

    return keep


@pytest.fixture(scope="session")
def broker_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerServer]:
    """A broker that tests may kill and freeze; each test leaves it running and takes a namespace of its own."""
    _, server = start_rabbitmq(tmp_path_factory.mktemp("rabbitmq"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def model(stub: Stub) -> Model:
    """A model that takes its time, so that lessons are under way when something happens."""
    return Model(stub("openai", "--delay", "0.3"))


@pytest.fixture(scope="module")
def house_maker(
    tmp_path_factory: pytest.TempPathFactory,
    wikipedia_url: str,
    broker_server: BrokerServer,
    mongodb_url: str,
    model: Model,
) -> MakeHouse:
    """Start a house on RabbitMQ and MongoDB, which somebody else stops; see make_house."""

    def make(
        replicas: Replicas = SEVERAL,
        *,
        heartbeat_seconds: int = 5,
        first: str = "",
        database_url: str = mongodb_url,
        **settings: str,
    ) -> House:
        folder = tmp_path_factory.mktemp("house")
        amqp = f"{broker_server.url}?heartbeat={heartbeat_seconds}"
        wanted = model.settings | QUIET | settings
        house = distributed(folder, wikipedia_url, amqp, database_url, replicas, **wanted)
        try:
            if first:
                begun = House({name: house.services[name] for name in first.split()}, "api")
                begun.start()
                house.url = begun.url
            else:
                house.start()
        except BaseException:
            house.stop()
            raise
        return house

    return make


@pytest.fixture
def make_house(house_maker: MakeHouse) -> Iterator[MakeHouse]:
    """Start a house for one test; `first` names those of its services that are started.

    It is on whatever MongoDB the tests were given; what kills it names one of its own as `database_url`.
    """
    with ExitStack() as stack:

        def make(*replicas: Replicas, **more: Any) -> House:
            house = house_maker(*replicas, **more)
            stack.callback(house.stop)
            return house

        yield make


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known."""
    config.addinivalue_line("markers", "fault(row, deployment): the fault that a test shows, and where")
    config.addinivalue_line("markers", "without_guard(row): the row whose guard a test takes away")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Have the rows that a test shows travel with its outcome, from whichever process it runs in."""
    item.user_properties.extend((ROW, list(mark.args)) for mark in item.iter_markers("fault"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what became of a test: the call, or a setup that did not get there."""
    if report.when == "call" or (report.when == "setup" and not report.passed):
        _report.add(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report, if somebody wants it; of several processes, the one that hears of all tests does."""
    path = os.environ.get(REPORT_VARIABLE)
    if path and not hasattr(session.config, "workerinput"):
        _report.write(Path(path))
