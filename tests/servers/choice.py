"""Which RabbitMQ and MongoDB the tests start: a container, else a private process."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from tests.servers.containers import ContainerMongoDB, ContainerRabbitMQ
from tests.servers.loopback import ServerError
from tests.servers.mongodb import COMMAND_VARIABLE, PrivateMongoDB
from tests.servers.rabbitmq import PrivateRabbitMQ

KIND_VARIABLE = "PATHSHALA_TEST_SERVERS"
AMQP_URL_VARIABLE = "PATHSHALA_TEST_AMQP_URL"
MONGODB_URL_VARIABLE = "PATHSHALA_TEST_MONGODB_URL"


class Server(Protocol):
    """What a test can do to a server. It keeps its address and its data until it is stopped."""

    @property
    def url(self) -> str:
        """Its address."""

    def start(self) -> None:
        """Start it, the first time or again, and return once it answers."""

    def kill(self) -> None:
        """End it with SIGKILL."""

    def freeze(self) -> None:
        """Stop its clock."""

    def thaw(self) -> None:
        """Let it go on."""

    def stop(self) -> None:
        """End it for good."""


class BrokerServer(Server, Protocol):
    """A broker, with its tool."""

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on it."""


S = TypeVar("S", bound=Server)


def start_rabbitmq(folder: Path) -> tuple[str, BrokerServer]:
    """Start a broker. Returns its kind and it; fails with what to do if none can be had."""
    makers: dict[str, Callable[[], BrokerServer]] = {
        "docker": ContainerRabbitMQ,
        "local": lambda: PrivateRabbitMQ(folder),
    }
    remedy = f"install RabbitMQ (Debian: apt-get install rabbitmq-server), or name one with {AMQP_URL_VARIABLE}"
    return _start("RabbitMQ", makers, remedy, os.environ.get(KIND_VARIABLE))


def start_mongodb(folder: Path) -> tuple[str, Server]:
    """Start a MongoDB that may be killed. Returns its kind and it; fails with what to do if none can be had."""
    private = PrivateMongoDB(folder)
    makers: dict[str, Callable[[], Server]] = {"docker": ContainerMongoDB, "local": lambda: private}
    wanted = "local" if os.environ.get(COMMAND_VARIABLE) else os.environ.get(KIND_VARIABLE)
    remedy = (
        f"run scripts/test, which installs nx-27017, name a server with {MONGODB_URL_VARIABLE}, "
        f"or say with {COMMAND_VARIABLE} how to start one of the tests' own"
    )
    kind, server = _start("MongoDB", makers, remedy, wanted)
    return (private.program if server is private else kind), server


def _start(name: str, makers: Mapping[str, Callable[[], S]], remedy: str, wanted: str | None) -> tuple[str, S]:
    assert wanted is None or wanted in makers, f"{KIND_VARIABLE} is {wanted!r}; it may be {' or '.join(makers)}"
    faults = []
    for kind, make in makers.items():
        if wanted in (None, kind):
            try:
                server = make()
                server.start()
            except ServerError as error:
                faults.append(f"  {kind}: {error}")
            else:
                return kind, server
    reasons = "\n".join(faults)
    raise AssertionError(f"There is no {name} for the tests:\n{reasons}\nStart a Docker engine, or {remedy}.")
