"""Whole houses: the same lessons in one process, or in several over RabbitMQ and MongoDB."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.house.calling import BY_ENVIRONMENT, let_in_by
from tests.house.forking import started
from tests.house.processes import ServiceProcess
from tests.servers.mongodb_url import of_database
from tests.waiting import DEADLINE_SECONDS

QUICK = {"PATHSHALA_RETRY_DELAY_SECONDS": "1", "PATHSHALA_OUTBOX_RETRY_SECONDS": "3", "PATHSHALA_WRITER": "offline"}


class House:
    """Some service processes, of which one answers as the API."""

    def __init__(self, services: Mapping[str, ServiceProcess], api: str) -> None:
        self.services, self.api = dict(services), api
        self.url = ""

    def start(self) -> None:
        """Start all and wait until each is up."""
        for service in self.services.values():
            service.launch()
        for service in self.services.values():
            service.wait_for_log("started")
        self._find()

    @property
    def urls(self) -> list[str]:
        """Where each of its APIs answers."""
        apis = [service for name, service in self.services.items() if name.startswith(self.api)]
        return [str(api.wait_for_log("started")["url"]) for api in apis]

    def named(self, kind: str) -> list[ServiceProcess]:
        """Its services of one kind, all of them."""
        return [service for name, service in self.services.items() if name.startswith(kind)]

    def restart(self, name: str) -> None:
        """Start one again."""
        self.services[name].start()
        self._find()

    def stop(self) -> None:
        """End all, whatever state they are in."""
        for service in self.services.values():
            service.kill()

    def _find(self) -> None:
        self.url = str(self.services[self.api].wait_for_log("started")["url"])


def embedded(folder: Path, wikipedia_url: str, **settings: str) -> House:
    """The house in one process on a SQLite file."""
    own = {
        **QUICK,
        **BY_ENVIRONMENT,
        "PATHSHALA_PORT": "0",
        "PATHSHALA_STORE_URL": f"sqlite:///{folder / 'pathshala.db'}",
        "PATHSHALA_WIKIPEDIA_URL": wikipedia_url,
        **settings,
    }
    let_in_by(own)
    return House({"pathshala": ServiceProcess("pathshala", own, folder)}, "pathshala")


@dataclass(frozen=True, slots=True)
class Replicas:
    """How many of each service there are, and which module is the generator. Few tests are about webhooks."""

    apis: int = 1
    stores: int = 1
    generators: int = 1
    notifiers: int = 0
    generator: str = "pathshala_generator"

    @property
    def modules(self) -> dict[str, str]:
        """What is started, by its name: the first API is `api`, the second `api-2`; generators have a number each."""
        apis = {_numbered("api", number): "pathshala_api" for number in range(self.apis)}
        stores = {_numbered("store", number): "pathshala_store" for number in range(self.stores)}
        generators = {f"generator-{number}": self.generator for number in range(1, self.generators + 1)}
        notifiers = {_numbered("notifier", number): "pathshala_notifier" for number in range(self.notifiers)}
        return {**apis, "enricher": "pathshala_enricher", **stores, **generators, **notifiers}


SEVERAL = Replicas(apis=2, stores=2, generators=3)


def _numbered(name: str, number: int) -> str:
    return f"{name}-{number + 1}" if number else name


def distributed(
    folder: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str, replicas: Replicas = Replicas(), **settings: str
) -> House:
    """The house in processes of their own, on a namespace and a database of its own."""
    name = f"house-{uuid4().hex[:12]}"
    own = {
        **QUICK,
        **BY_ENVIRONMENT,
        "PATHSHALA_PORT": "0",
        "PATHSHALA_HEALTH_PORT": "0",
        "PATHSHALA_BROKER_URL": amqp_url,
        "PATHSHALA_STORE_URL": of_database(mongodb_url, name),
        "PATHSHALA_NAMESPACE": name,
        "PATHSHALA_WIKIPEDIA_URL": wikipedia_url,
        **settings,
    }
    said = folder / "migrate.out"
    started(["pathshala", "migrate"], os.environ | own, said, said).wait(DEADLINE_SECONDS)
    let_in_by(own)
    made = {key: ServiceProcess(module, own, folder, key) for key, module in replicas.modules.items()}
    return House(made, "api")
