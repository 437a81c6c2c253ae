"""Pathshala's deployments, each in both lines: as it is whole, and with a writer that does what the peers' does."""

import http.client
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from bench.contender import Line, Running, Start
from bench.house import PARTS, WRITER_SECONDS
from bench.orders import WARM_UP_TOPIC
from bench.processes import ROOT, child, run
from bench.servers import Servers
from pathshala_common.contract.topology import Topology
from tests.servers.loopback import HOST, free_port
from tests.servers.mongodb_url import of_database

SERVICES = ("api", "enricher", "generator", "store")
API = "api"
SPARE_CONCURRENCY = 100
WAITING_LESSONS = 1_000
"""The generator has room for as many as the peers' workers are set to, where its writer takes its time."""


@dataclass(frozen=True, slots=True)
class House:
    """One deployment: which services share a process, and on what broker and store."""

    deployment: str
    line: Line
    processes: Sequence[Sequence[str]] = (SERVICES,)
    rabbitmq: bool = False
    mongodb: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    is_peer: bool = False

    @property
    def name(self) -> str:
        """The deployment, and `-whole` if it writes whole lessons."""
        return self.deployment if self.line == "like for like" else f"{self.deployment}-whole"

    @property
    def durable(self) -> str:
        """Where order and lesson are before anybody is told of them."""
        kept = "journaled" if self.mongodb else "synced"
        stand_in = " (by a stand-in)" if self.scans else ""
        return f"order, lesson: {kept}{stand_in}{', each event confirmed' if self.rabbitmq else ''}"

    @property
    def lessons(self) -> int:
        """Fewer where each takes long."""
        if self.scans:
            return 100
        return 1_000 if self.line == "whole" else 5_000

    @property
    def scans(self) -> bool:
        """Whether nx-27017 stands in for MongoDB."""
        return self.mongodb and shutil.which("mongod") is None

    @contextmanager
    def start(self, how: Start, servers: Servers, folder: Path) -> Iterator[Running]:
        """Run it while inside, on a store and queues of its own. Raises ServerError if it does not come up."""
        port, topology = free_port(), Topology(namespace=f"house-{uuid4().hex[:8]}")
        environment = self._environment(how, servers, folder, port, topology.namespace)
        with ExitStack() as stack:
            if self.rabbitmq:
                names = [queue.name for queue in topology.queues()] + [delay.name for delay in topology.delays()]
                stack.callback(servers.delete_queues, names)
            model = None
            if self.line == "whole" and not how.accept_only:
                model_port = free_port()
                command = stub_command(model_port, how.writer_seconds)
                model = stack.enter_context(child("model", command, folder, port=model_port))
                environment |= stub_settings(model_port)
            if self.mongodb:
                run([sys.executable, "-m", "pathshala", "migrate"], environment)
            pids: dict[str, int] = {}
            for number, parts in enumerate((("api",),) if how.accept_only else self.processes, start=1):
                name, own = f"{number}-{'+'.join(parts)}", {PARTS: ",".join(parts)}
                ready = (lambda: is_ready(port)) if API in parts else None
                command = [sys.executable, "-m", self._module(parts, how)]
                pids[name] = stack.enter_context(child(name, command, folder, environment | own, ready=ready))
            yield Running(port, pids, model)

    def _module(self, parts: Sequence[str], how: Start) -> str:
        """The shipped module, where there is one for these parts with the writer that is wanted."""
        instant = self.line == "like for like" and "generator" in parts
        if how.accept_only or instant or 1 < len(parts) < len(SERVICES):
            return "bench.house"
        return "pathshala" if len(parts) == len(SERVICES) else f"pathshala_{parts[0]}"

    def _environment(self, how: Start, servers: Servers, folder: Path, port: int, namespace: str) -> dict[str, str]:
        broker = servers.amqp if self.rabbitmq else "memory://"
        store = of_database(servers.mongodb, namespace) if self.mongodb else sqlite_url(folder)
        environment = usual_settings(port, namespace, broker, store)
        if how.writer_seconds:
            environment["PATHSHALA_GENERATOR_CONCURRENCY"] = str(WAITING_LESSONS + SPARE_CONCURRENCY)
        if self.line == "like for like":
            environment |= {"PATHSHALA_WRITER": "offline", WRITER_SECONDS: str(how.writer_seconds)}
        return environment | self.settings


def houses(settings: dict[str, str]) -> list[House]:
    """All deployments, with these settings besides."""
    split = (("api", "store"), ("enricher", "generator"))
    four = tuple((name,) for name in SERVICES)
    return [
        House("embedded", "like for like", settings=settings),
        House("embedded", "whole", settings=settings),
        House("rabbitmq", "like for like", rabbitmq=True, settings=settings),
        House("rabbitmq", "whole", rabbitmq=True, settings=settings),
        House("split", "like for like", split, rabbitmq=True, settings=settings),
        House("split", "whole", split, rabbitmq=True, mongodb=True, settings=settings),
        House("services", "like for like", four, rabbitmq=True, mongodb=True, settings=settings),
        House("services", "whole", four, rabbitmq=True, mongodb=True, settings=settings),
    ]


def usual_settings(port: int, namespace: str, broker: str, store: str) -> dict[str, str]:
    """The settings of every house that is measured, on this broker and store."""
    return {
        "PATHSHALA_PORT": str(port),
        "PATHSHALA_HEALTH_PORT": "0",
        "PATHSHALA_NAMESPACE": namespace,
        "PATHSHALA_LOG_LEVEL": "warning",
        "PATHSHALA_GRACE_SECONDS": "1",
        "PATHSHALA_BROKER_URL": broker,
        "PATHSHALA_STORE_URL": store,
    }


def sqlite_url(folder: Path) -> str:
    """The store's address in a folder."""
    return f"sqlite:///{folder}/pathshala.db"


def stub_command(port: int, seconds: float) -> Sequence[str]:
    """Start a stub of a model that takes so long; as a file, so that its lessons may be those of another checkout."""
    return [sys.executable, str(ROOT / "bench" / "stub_model.py"), str(port), str(seconds), WARM_UP_TOPIC]


def stub_settings(port: int) -> dict[str, str]:
    """The settings by which a house asks that stub."""
    return {"OPENAI_BASE_URL": f"http://{HOST}:{port}/v1", "PATHSHALA_MODEL": "stub-model"}


def is_ready(port: int) -> bool:
    """Whether a house answers there, and is ready."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
