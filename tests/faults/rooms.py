"""A whole house in the test's own process: real adapters, consumers and handlers, over HTTP; a test sees it all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from pathshala.run.embedded import house
from pathshala.settings import HouseSettings
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.messages import DEAD_CODE, event_message
from pathshala_common.contract.ports.broker import Broker, Delivery, Message
from pathshala_common.contract.ports.operator import DeadLetter, Verdict
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import SUBSCRIPTIONS
from pathshala_common.runtime import connect
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from tests.faults.record import RABBITMQ
from tests.house.calling import BEARER, BY_ENVIRONMENT, let_in
from tests.servers.mongodb_url import of_database
from tests.waiting import DEADLINE_SECONDS, until_so

QUIET: dict[str, Any] = {
    "writer": "offline",
    "wikipedia_url": "http://127.0.0.1:9/{language}",
    "port": 0,
    "grace_seconds": 2,
}

KEYED: dict[str, Any] = {name.removeprefix("PATHSHALA_").lower(): value for name, value in BY_ENVIRONMENT.items()}


@dataclass
class Room:
    """A running house. `dead` holds what was dead-lettered, by service, as long as the test runs."""

    settings: HouseSettings
    broker: Broker
    store: Store
    client: httpx2.AsyncClient
    dead: dict[Service, list[Message]]

    async def ask(self, topic: str, subject: str = "faults", user_id: str = "tester", **more: Any) -> str:
        """Ask for a lesson, again where a store is too busy to take the order. Returns the task id."""
        order = {"subject": subject, "topic": topic, "user_id": user_id, "include_wikipedia": False} | more

        key = uuid4().hex

        async def taken() -> httpx2.Response | None:
            answer = await self.client.post("/lessons", json=order, headers={"Idempotency-Key": key})
            return answer if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE else None

        answer = await until_so(taken)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["task_id"])

    async def end(self, task_id: str) -> Task:
        """Wait until a task has ended, as long as a store takes that the house itself keeps busy."""

        async def final() -> Task | None:
            with suppress(StoreUnavailable):
                task = await self.store.task(task_id)
                return task if task is not None and task.status.final else None
            return None

        return await until_so(final)

    async def log(self, task_id: str) -> list[Envelope]:
        """What the log has of a task."""
        return list(await self.store.events(task_id))

    async def tell(self, envelope: Envelope) -> None:
        """Publish an event by hand, as whoever has the broker's password can."""
        await self.broker.publish([event_message(envelope, self.settings.topology.exchange)])

    async def put(self, body: bytes, service: Service, **headers: int) -> None:
        """Put bytes into a service's queue by hand."""
        queue = self.settings.topology.queue(service)
        await self.broker.publish([Message(body, "", queue, uuid4().hex, headers=headers)])

    def dead_codes(self, service: Service) -> list[str]:
        """Why things were dead-lettered."""
        return [str(message.headers[DEAD_CODE]) for message in self.dead[service]]

    async def all_dead_codes(self, service: Service) -> list[str]:
        """The same, with the letters that a broker in memory keeps beside the house's file."""
        codes = self.dead_codes(service)

        def note(letter: DeadLetter) -> Verdict:
            codes.append(str(letter.message.headers[DEAD_CODE]))
            return Verdict.LEAVE

        letters = connect.dead_letters(self.settings)
        assert letters is not None
        await letters.walk([service], note)
        return codes


def addresses(deployment: str, request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    """Settings for a broker and a store of this deployment that nobody else uses."""
    name = f"room-{uuid4().hex[:12]}"
    if deployment != RABBITMQ:
        return {"broker_url": "memory://", "store_url": f"sqlite:///{folder / name}.db", "namespace": name}
    amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
    return {"broker_url": amqp_url, "store_url": of_database(mongodb_url, name), "namespace": name}


@asynccontextmanager
async def a_room(**given: Any) -> AsyncIterator[Room]:
    """Run a house. Without other settings it writes offline, and never asks Wikipedia."""
    settings = HouseSettings(**(QUIET | KEYED | given))
    clock = SystemClock()
    await connect.migrate(settings, drop=False)
    broker, store = connect.broker(settings, clock), connect.store(settings)
    async with running(house(settings, broker, store, clock)) as url:
        await until_so(lambda: _is_well(broker))
        if settings.auth == "keys":
            await let_in(store)
        async with httpx2.AsyncClient(
            base_url=url, trust_env=False, timeout=DEADLINE_SECONDS, headers=BEARER
        ) as client:
            yield Room(settings, broker, store, client, await _collect_dead(settings, broker))


async def _is_well(broker: Broker) -> bool:
    return await broker.fault() is None


async def _collect_dead(settings: HouseSettings, broker: Broker) -> dict[Service, list[Message]]:
    dead: dict[Service, list[Message]] = {service: [] for service in SUBSCRIPTIONS}

    def keeping(service: Service) -> Any:
        async def keep(delivery: Delivery) -> None:
            await delivery.ack()
            dead[service].append(delivery.message)

        return keep

    for service in SUBSCRIPTIONS:
        queue = settings.topology.dead_queue(service)
        await broker.consume(queue, prefetch=100, on_delivery=keeping(service))
    return dead
