"""Fault 25: keys and passwords are nowhere but in the settings: not in logs, dead letters, events, answers or files."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology
from tests.faults.record import MEMORY, RABBITMQ, Measured, fault
from tests.house import calling
from tests.house.asking import ask, outcome
from tests.house.houses import House, Replicas, distributed, embedded
from tests.servers.choice import BrokerServer
from tests.servers.loopback import free_port
from tests.servers.mongodb_url import of_database
from tests.stubs import openai_faults as faults
from tests.stubs.openai import StubOpenAI
from tests.waiting import until

CANARY = "Canary5ecret"
KEY = f"sk-{CANARY}-key"
AMQP_PASSWORD, MONGODB_PASSWORD = f"{CANARY}-amqp", f"{CANARY}-mongodb"
FAULTS = {
    "wrong key": faults.UNAUTHORIZED,
    "server error": faults.SERVER_ERROR,
    "stall": faults.STALL,
    "hang up": faults.HANG_UP,
    "echo": faults.error(400, f"Bad header: Bearer {KEY}", "invalid_request_error"),
    "wrong json": faults.WRONG_JSON,
}
SETTINGS = {
    "PATHSHALA_WRITER": "openai",
    "OPENAI_API_KEY": KEY,
    "PATHSHALA_LOG_LEVEL": "debug",
    "PATHSHALA_ATTEMPTS_MAX": "2",
    "PATHSHALA_LLM_TIMEOUT_SECONDS": "0.5",
}


def with_password(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.netloc.rpartition('@')[2]}"))


async def live(house: House, model: StubOpenAI) -> list[str]:
    """Let a house write well and badly, and ask it amiss. Returns all that it answered."""
    model.faults_of = FAULTS

    def ask_all() -> list[str]:
        ends = [outcome(house.url, task_id) for task_id in [ask(house.url, topic) for topic in (*FAULTS, "verbs")]]
        assert [end["status"] for end in ends] == ["failed"] * len(FAULTS) + ["completed"]
        return [*map(str, ends), *_answers(house)]

    return await asyncio.to_thread(ask_all)


def _answers(house: House) -> Iterator[str]:
    for service in house.services.values():
        base = service.wait_for_log("started")["url"]
        for path in ("/health/live", "/health/ready"):
            yield calling.get(f"{base}{path}", timeout=10).text
    for path in ("/lessons/tasks", "/lessons/status/none", "/openapi.json", "/nowhere", "/"):
        yield calling.get(f"{house.url}{path}", timeout=10).text
    yield calling.post(f"{house.url}/lessons", json={"topic": 1}, timeout=10).text


def written(folder: Path) -> dict[str, bytes]:
    """Every file below: logs, what was printed, databases."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def places_with_canary(contents: Mapping[str, bytes]) -> list[str]:
    return [name for name, content in contents.items() if CANARY.encode() in content]


@fault(25, MEMORY)
async def test_the_embedded_house_keeps_its_key_to_itself(
    tmp_path: Path, wikipedia_url: str, measured: Measured
) -> None:
    async with StubOpenAI() as model:
        house = embedded(tmp_path, wikipedia_url, OPENAI_BASE_URL=model.url, **SETTINGS)
        try:
            await asyncio.to_thread(house.start)
            answers = await live(house, model)
        finally:
            house.stop()
        sent = {call.authorization for call in model.calls}
    contents = written(tmp_path) | {f"answer {n}": text.encode() for n, text in enumerate(answers)}
    found = places_with_canary(contents)
    measured(places=len(contents), bytes_scanned=sum(map(len, contents.values())), keys_found=len(found))
    assert sent == {f"Bearer {KEY}"}, "the canary was in use"
    assert {"pathshala.db", "pathshala.log"} <= contents.keys()
    assert found == []


@pytest.fixture
async def secret_urls(broker_server: BrokerServer, mongodb_url: str) -> AsyncIterator[tuple[str, str]]:
    """Addresses with passwords that are right. A stand-in for MongoDB that knows no users is addressed without."""
    broker_server.ctl("add_user", "canary", AMQP_PASSWORD)
    broker_server.ctl("set_permissions", "canary", ".*", ".*", ".*")
    secret_url = with_password(mongodb_url, "canary", MONGODB_PASSWORD)
    async with AsyncMongoClient[dict[str, Any]](mongodb_url) as client:
        await client.admin.command("createUser", "canary", pwd=MONGODB_PASSWORD, roles=["root"])
        knows_users = await _answers_to(of_database(secret_url, "admin"))
        yield with_password(broker_server.url, "canary", AMQP_PASSWORD), secret_url if knows_users else mongodb_url
        await client.admin.command("dropUser", "canary")
    broker_server.ctl("delete_user", "canary")


async def _answers_to(mongodb_url: str) -> bool:
    async with AsyncMongoClient[dict[str, Any]](mongodb_url) as client:
        try:
            await client.admin.command("ping")
        except (PyMongoError, KeyError):  # a stand-in knows nothing of users, and answers what PyMongo cannot read
            return False
        return True


@fault(25, RABBITMQ)
@pytest.mark.slow
async def test_the_house_of_processes_keeps_its_key_and_passwords_to_itself(
    tmp_path: Path, wikipedia_url: str, secret_urls: tuple[str, str], measured: Measured
) -> None:
    amqp_url, mongodb_url = secret_urls
    async with StubOpenAI() as model:
        own = SETTINGS | {"OPENAI_BASE_URL": model.url}
        house = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, Replicas(), **own)
        settings = dict(house.services["api"].settings)
        try:
            await asyncio.to_thread(house.start)
            answers = await live(house, model)
        finally:
            house.stop()
    name = settings["PATHSHALA_NAMESPACE"]
    dead = await dead_letters(amqp_url, name)
    documents = await everything(mongodb_url, name)
    refused = await asyncio.to_thread(refused_house, tmp_path, wikipedia_url, amqp_url)
    contents = written(tmp_path) | {"documents": documents, "dead": b"\n".join(repr(m).encode() + m.body for m in dead)}
    contents |= {f"answer {n}": text.encode() for n, text in enumerate([*answers, *refused])}
    found = places_with_canary(contents)
    measured(places=len(contents), bytes_scanned=sum(map(len, contents.values())), keys_found=len(found))
    assert len(dead) == len(FAULTS)
    assert b"LessonFailed" in documents
    assert "not_ready" in refused[0]
    assert found == []


def refused_house(folder: Path, wikipedia_url: str, amqp_url: str) -> list[str]:
    """What a house says whose broker refuses it and whose database is away: in its logs, and to those who ask."""
    wrong_amqp = with_password(amqp_url, "guest", AMQP_PASSWORD)
    nowhere = with_password(f"mongodb://127.0.0.1:{free_port()}", "nobody", MONGODB_PASSWORD)
    house = distributed(folder, wikipedia_url, wrong_amqp, nowhere, Replicas(), **SETTINGS)
    try:
        house.start()
        order = {"subject": "s", "topic": "t", "user_id": "u"}
        ready = calling.get(f"{house.url}/health/ready", timeout=20)
        return [ready.text, calling.post(f"{house.url}/lessons", json=order, timeout=20).text]
    finally:
        house.stop()


async def dead_letters(amqp_url: str, namespace: str) -> list[Message]:
    """All that lies in the dead-letter queues."""
    topology, found = Topology(namespace), list[Message]()

    async def keep(delivery: Delivery) -> None:
        found.append(delivery.message)
        await delivery.ack()

    broker = RabbitMQBroker(amqp_url, topology)
    await broker.start()
    try:
        for service in SUBSCRIPTIONS:
            await broker.consume(topology.dead_queue(service), prefetch=100, on_delivery=keep)
        await until(lambda: len(found) >= len(FAULTS), 20)
    finally:
        await broker.close()
    return found


async def everything(mongodb_url: str, name: str) -> bytes:
    """All documents of a database."""
    async with AsyncMongoClient[dict[str, Any]](of_database(mongodb_url, name)) as client:
        database = client[name]
        names = await database.list_collection_names()
        return b"\n".join([repr(found).encode() for collection in names async for found in database[collection].find()])


BAD_SETTINGS = {
    "an AMQP password with a slash": {"PATHSHALA_BROKER_URL": f"amqp://user:a/{CANARY}@localhost/"},
    "an AMQP password with a number sign": {"PATHSHALA_BROKER_URL": f"amqp://user:a#{CANARY}@localhost/"},
    "no scheme of ours": {"PATHSHALA_BROKER_URL": f"http://user:{CANARY}@localhost/"},
    "no scheme": {"PATHSHALA_STORE_URL": f"user:{CANARY}@localhost"},
    "a MongoDB password with a slash": {"PATHSHALA_STORE_URL": f"mongodb://user:a/{CANARY}@localhost/db"},
    "a MongoDB password with a question mark": {"PATHSHALA_STORE_URL": f"mongodb://user:a?{CANARY}=1@localhost/db"},
    "a MongoDB password with a colon": {"PATHSHALA_STORE_URL": f"mongodb://user:a:{CANARY}@localhost/db"},
    "a MongoDB password with a percent sign": {"PATHSHALA_STORE_URL": f"mongodb://user:%%{CANARY}@localhost/db"},
    "a key that no header can carry": {"OPENAI_API_KEY": f"sk-{CANARY}\u2026"},
    "a file that is a URL": {"PATHSHALA_STORE_URL": f"sqlite://user:{CANARY}@/x"},
}


@fault(25, MEMORY)
@pytest.mark.parametrize("wrong", BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_a_wrong_setting_is_refused_without_its_secret(wrong: dict[str, str], tmp_path: Path) -> None:
    settings = {"PATHSHALA_PORT": "0", "PATHSHALA_STORE_URL": f"sqlite:///{tmp_path}/x.db", "PATH": ""} | wrong
    ended = subprocess.run(
        [sys.executable, "-m", "pathshala"], env=settings, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("pathshala: ")
    assert CANARY not in ended.stdout + ended.stderr
    assert CANARY.lower() not in ended.stderr
