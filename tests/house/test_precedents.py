"""A lesson is told of those before it where the store can be asked, and comes all the same where it cannot."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import GenerationStarted
from pathshala_common.store.mongodb.store import MongoStore
from tests.faults.record import MEMORY
from tests.faults.rooms import a_room, addresses
from tests.house.asking import ask, outcome
from tests.house.houses import House, distributed
from tests.servers.loopback import free_port
from tests.stubs.openai import StubOpenAI


def precedents(log: list[Envelope]) -> list[str]:
    """The titles that the writer was told of."""
    [started] = [envelope.event for envelope in log if isinstance(envelope.event, GenerationStarted)]
    return [precedent.title for precedent in started.precedents]


async def test_in_one_process_the_house_s_own_store_is_asked(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with StubOpenAI() as model:
        given = addresses(MEMORY, request, tmp_path) | {"writer": "openai"}
        async with a_room(openai_base_url=model.url, **given) as room:
            first = await room.end(await room.ask("verbs"))
            task_id = await room.ask("verbs")
            second = await room.end(task_id)
            log = await room.log(task_id)
    assert first.lesson is not None
    assert second.lesson is not None
    assert precedents(log) == [first.lesson.title]
    assert second.lesson.title != first.lesson.title
    assert "fresh" in second.lesson.quality.checks_passed


@pytest.fixture
def house(tmp_path: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str) -> Iterator[House]:
    made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url)
    yield made
    made.stop()


async def test_a_generator_of_its_own_asks_the_database_for_itself(house: House) -> None:
    def ask_twice() -> tuple[str, str]:
        house.start()
        ends = [outcome(house.url, ask(house.url, "verbs")) for _ in range(2)]
        return ends[0]["lesson_data"]["title"], ends[1]["task_id"]

    title, task_id = await asyncio.to_thread(ask_twice)
    store = MongoStore(house.services["api"].settings["PATHSHALA_STORE_URL"])
    await store.open()
    log = list(await store.events(task_id))
    await store.close()
    assert precedents(log) == [title]


def test_a_generator_whose_database_is_away_starts_and_is_ready_and_writes(house: House) -> None:
    generator = house.services["generator-1"]
    generator.settings = dict(generator.settings) | {"PATHSHALA_STORE_URL": f"mongodb://127.0.0.1:{free_port()}/none"}
    house.start()
    ready = requests.get(f"{generator.wait_for_log('started')['url']}/health/ready", timeout=10)
    assert (ready.status_code, ready.json()["faults"]) == (200, {})
    assert outcome(house.url, ask(house.url, "verbs"))["status"] == "completed"
