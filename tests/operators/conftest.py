"""A broker that a house has declared its queues on, with dead letters as the consumer makes them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from libs.common.tests.broker.places import KINDS, Hands, Place, hands
from pathshala_common.broker.rabbitmq.dead_letters import RabbitMQDeadLetters
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import LessonEnriched
from pathshala_common.contract.messages import dead_letter, event_message
from pathshala_common.contract.ports.broker import Broker, Message
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import Topology
from pathshala_common.operating.dead_letters import DeadLetterFilter, select
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON
from tests.operators.command import Ended, pathshala
from tests.operators.logs import House
from tests.servers.loopback import free_port
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stories.lessons import a_request


@dataclass(slots=True)
class Deaths:
    """Puts dead letters into a house's queues, and runs commands on them."""

    broker: Broker
    topology: Topology
    settings: Mapping[str, str]

    async def of_event(self, topic: str, *, code: str = "refused", service: Service = "generator", day: int = 0) -> str:
        """Give up an event that drives its task. Returns its id."""
        request = a_request(topic=topic, user_id="ada")
        envelope = wrap(
            LessonEnriched(task_id=f"task-{topic.rpartition(' ')[2]}", request=request), source="enricher", now=NOON
        )
        await self._die(event_message(envelope, ""), service, code, day)
        return envelope.id

    async def of_bytes(self, body: bytes, *, service: Service = "store") -> str:
        """Give up what is no event."""
        message = Message(body, "", "", uuid4().hex)
        await self._die(message, service, "not_an_event", 0)
        return message.message_id

    async def by_hand(self, service: Service = "store") -> None:
        """Put something there that nobody gave up."""
        await self.broker.publish([Message(b"hello", "", self.topology.dead_queue(service), "")])

    async def _die(self, message: Message, service: Service, code: str, day: int) -> None:
        letter = dead_letter(
            message,
            self.topology.dead_queue(service),
            code=code,
            reason=f"because it is {code}",
            stack="Traceback: here",
            attempt=4,
            now=NOON + timedelta(days=day),
        )
        await self.broker.publish([letter])

    async def run(self, *arguments: str, answer: str = "") -> Ended:
        return await pathshala("dead", *arguments, answer=answer, **self.settings)

    async def listed(self, *arguments: str) -> list[str]:
        """The ids of what is listed."""
        return [letter["id"] for letter in (await self.run("list", "--json", *arguments)).json]

    async def left(self) -> list[str]:
        """The ids of all that lies there, without a process."""
        letters = RabbitMQDeadLetters(self.settings["PATHSHALA_BROKER_URL"], self.topology)
        return [reading.id for reading in (await select(letters, DeadLetterFilter(), shown_max=100)).shown]

    async def consumed(self, service: Service) -> Hands:
        """Take what arrives at a service's queue."""
        return await hands(self.broker, self.topology.queue(service))


@pytest.fixture
async def rabbitmq(amqp_url: str) -> AsyncIterator[Place]:
    made = Place(KINDS["rabbitmq"], amqp_url)
    yield made
    await made.close()


@pytest.fixture
async def deaths(rabbitmq: Place) -> Deaths:
    broker, topology = await rabbitmq.started()
    settings = {"PATHSHALA_BROKER_URL": rabbitmq.address, "PATHSHALA_NAMESPACE": topology.namespace}
    return Deaths(broker, topology, settings)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A house that does not run, on this machine alone; Wikipedia cannot be reached."""
    return {
        "PATHSHALA_STORE_URL": f"sqlite:///{tmp_path / 'pathshala.db'}",
        "PATHSHALA_WIKIPEDIA_URL": "http://127.0.0.1:1/w/api.php",
        "PATHSHALA_PORT": str(free_port()),
    }


@pytest.fixture
async def house(settings: dict[str, str], tmp_path: Path) -> AsyncIterator[House]:
    """An open store in a file."""
    async with opened(SQLiteStore(tmp_path / "pathshala.db")) as store:
        yield House(store, settings)


@pytest.fixture(params=["sqlite", "mongodb"])
async def any_house(request: pytest.FixtureRequest, settings: dict[str, str], tmp_path: Path) -> AsyncIterator[House]:
    """An open store of each kind."""
    made: Store = SQLiteStore(tmp_path / "pathshala.db")
    if request.param == "mongodb":
        settings["PATHSHALA_STORE_URL"] = url = of_database(
            request.getfixturevalue("mongodb_url"), f"test_{uuid4().hex}"
        )
        made = MigratedMongoStore(url, timeout_seconds=PATIENT_SECONDS)
    async with opened(made) as store:
        yield House(store, settings)


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Store]:
    await store.open()
    yield store
    await store.close()
