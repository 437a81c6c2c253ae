"""Whole houses: the same lessons in one process, or in four over RabbitMQ and MongoDB."""

from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from tests.house.processes import ServiceProcess

QUICK = {"PATHSHALA_RETRY_DELAY_SECONDS": "1", "PATHSHALA_OUTBOX_RETRY_SECONDS": "3", "PATHSHALA_WRITER": "offline"}


class House:
    """Some service processes, of which one answers as the API."""

    def __init__(self, services: Mapping[str, ServiceProcess], api: str) -> None:
        self.services, self._api = services, api
        self.url = ""

    def start(self) -> None:
        """Start all and wait until each is up."""
        for service in self.services.values():
            service.launch()
        for service in self.services.values():
            service.wait_for_log("started")
        self._find()

    def restart(self, name: str) -> None:
        """Start one again."""
        self.services[name].start()
        self._find()

    def stop(self) -> None:
        """End all, whatever state they are in."""
        for service in self.services.values():
            service.kill()

    def _find(self) -> None:
        self.url = str(self.services[self._api].wait_for_log("started")["url"])


def embedded(folder: Path, wikipedia_url: str, **settings: str) -> House:
    """The house in one process on a SQLite file."""
    own = QUICK | {
        "PATHSHALA_PORT": "0",
        "PATHSHALA_STORE_URL": f"sqlite:///{folder / 'pathshala.db'}",
        "PATHSHALA_WIKIPEDIA_URL": wikipedia_url,
    }
    return House({"pathshala": ServiceProcess("pathshala", own | settings, folder)}, "pathshala")


def distributed(
    folder: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str, *, generators: int = 1, **settings: str
) -> House:
    """The house in processes of their own, on a namespace and a database of its own."""
    name = f"house-{uuid4().hex[:12]}"
    own = QUICK | {
        "PATHSHALA_PORT": "0",
        "PATHSHALA_HEALTH_PORT": "0",
        "PATHSHALA_BROKER_URL": amqp_url,
        "PATHSHALA_STORE_URL": f"{mongodb_url}/{name}",
        "PATHSHALA_NAMESPACE": name,
        "PATHSHALA_WIKIPEDIA_URL": wikipedia_url,
    }
    modules = {"api": "pathshala_api", "enricher": "pathshala_enricher", "store": "pathshala_store"}
    modules |= {f"generator-{number}": "pathshala_generator" for number in range(1, generators + 1)}
    return House({key: ServiceProcess(module, own | settings, folder, key) for key, module in modules.items()}, "api")
