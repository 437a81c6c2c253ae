"""What a house on RabbitMQ and MongoDB recorded is replayed anywhere; a replay reaches nobody and changes nothing."""

import asyncio
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from libs.common.tests.broker.places import until_well
from pathshala_common.contract.ports.store import Change
from pathshala_common.runtime import connect
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.settings import Settings
from tests.house.asking import ask, outcome
from tests.house.houses import House, distributed, embedded
from tests.operators.command import Ended
from tests.replay.guarded import DENIED
from tests.replay.in_process import run
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import rate_limited
from tests.waiting import DEADLINE_SECONDS


@dataclass(frozen=True, slots=True)
class Recorded:
    """A task that a house has done, which is stopped now, and the settings that the house had."""

    task_id: str
    settings: dict[str, str]


async def recorded(make: Callable[..., House]) -> Recorded:
    """Have a lesson written by a model that is rate limited at first, and stop the house."""
    async with StubOpenAI() as model:
        model.faults.append(rate_limited(retry_after="1"))
        house = make(OPENAI_BASE_URL=model.url, PATHSHALA_WRITER="openai", PATHSHALA_MODEL="stub-model")
        try:
            await asyncio.to_thread(house.start)
            task_id = await asyncio.to_thread(ask, house.url, "verbs")
            assert (await asyncio.to_thread(outcome, house.url, task_id))["status"] == "completed"
        finally:
            await asyncio.to_thread(house.stop)
    [process, *_] = house.services.values()
    return Recorded(task_id, dict(process.settings))


@pytest.fixture(scope="module")
def on_servers(
    tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str, amqp_url: str, mongodb_url: str
) -> Recorded:
    folder = tmp_path_factory.mktemp("distributed")
    return asyncio.run(recorded(partial(distributed, folder, wikipedia_url, amqp_url, mongodb_url)))


@pytest.fixture(scope="module")
def in_a_house(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Recorded:
    return asyncio.run(recorded(partial(embedded, tmp_path_factory.mktemp("embedded"), wikipedia_url)))


@pytest.fixture
def in_a_file(in_a_house: Recorded, tmp_path: Path) -> Recorded:
    """The same, on a copy of the store's file."""
    file = Path(in_a_house.settings["PATHSHALA_STORE_URL"].removeprefix("sqlite:///"))
    for part in file.parent.glob(f"{file.name}*"):
        if part.is_file():  # its dead letters are a folder
            shutil.copy(part, tmp_path)
    return Recorded(
        in_a_house.task_id, in_a_house.settings | {"PATHSHALA_STORE_URL": f"sqlite:///{tmp_path / file.name}"}
    )


async def guarded(*arguments: str, allowed: str = "", **settings: str) -> Ended:
    """Run a command where nothing but these addresses can be reached, and nothing can be written."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PATHSHALA_", "OPENAI_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.replay.guarded",
        allowed,
        *arguments,
        env=clean | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(DEADLINE_SECONDS):
        out, error = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), error.decode())


async def waiting(settings: dict[str, str]) -> int:
    """How many messages lie in the queues of the house's services."""
    broker = connect.broker(
        Settings(broker_url=settings["PATHSHALA_BROKER_URL"], namespace=settings["PATHSHALA_NAMESPACE"]), SystemClock()
    )
    await broker.start()
    try:
        await until_well(broker)
        return await broker.waiting()
    finally:
        await broker.close()


def contents(url: str) -> dict[str, Any]:
    """Everything that is in a MongoDB database."""
    with MongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        names = sorted(database.list_collection_names())
        return {name: sorted(database[name].find(), key=lambda document: str(document["_id"])) for name in names}


def decided(told: dict[str, Any]) -> dict[str, Any]:
    """What was replayed, but for the moment of a retry, which chance decides."""
    for step in told["steps"]:
        for line in step["told"]:
            if line["event"] == "RetryScheduled":
                del line["replayed"]["retry_at"], line["replayed"]["delay_seconds"]
    return told


def fingerprints(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.iterdir()):
        yield file.name, hashlib.sha256(file.read_bytes()).hexdigest()


async def test_what_happened_on_servers_is_replayed_the_same_without_any(on_servers: Recorded, tmp_path: Path) -> None:
    wikipedia = {"PATHSHALA_WIKIPEDIA_URL": on_servers.settings["PATHSHALA_WIKIPEDIA_URL"]}
    saved = await run("events", on_servers.task_id, "--save-golden", "--folder", str(tmp_path), **on_servers.settings)
    assert saved.code == 0, saved.text

    there = await run("replay", on_servers.task_id, "--json", **on_servers.settings)
    here = await run("replay", "--golden", str(tmp_path / f"{on_servers.task_id}.jsonl"), "--json", **wikipedia)

    assert (there.code, here.code) == (0, 0), there.text
    assert decided(there.json) == decided(here.json)
    assert [step["attempt"] for step in here.json["steps"]] == [1, 1, 2, 1]


async def test_a_replay_from_servers_reaches_the_store_alone_and_publishes_and_writes_nothing(
    on_servers: Recorded,
) -> None:
    settings = on_servers.settings
    store = urlsplit(settings["PATHSHALA_STORE_URL"])
    before = (await waiting(settings), await asyncio.to_thread(contents, settings["PATHSHALA_STORE_URL"]))

    ended = await guarded("replay", on_servers.task_id, allowed=f"{store.hostname}:{store.port}", **settings)

    assert ended.code == 0, ended.text
    after = (await waiting(settings), await asyncio.to_thread(contents, settings["PATHSHALA_STORE_URL"]))
    assert after == before


async def test_a_replay_from_a_file_reaches_nobody_and_changes_nothing(in_a_file: Recorded, tmp_path: Path) -> None:
    await run("replay", in_a_file.task_id, **in_a_file.settings)  # SQLite's own files beside it are there now
    before = list(fingerprints(tmp_path))

    ended = await guarded("replay", in_a_file.task_id, **in_a_file.settings)

    assert ended.code == 0, ended.text
    assert [*before] == list(fingerprints(tmp_path))


async def test_the_guard_ends_what_does_reach_out(in_a_file: Recorded) -> None:
    asked = await guarded("dead", "list", **(in_a_file.settings | {"PATHSHALA_BROKER_URL": "amqp://127.0.0.1:1/"}))
    wrote = await guarded("rebuild", **in_a_file.settings)
    assert (asked.code, wrote.code) == (DENIED, DENIED)
    assert asked.error == "denied: a connection to ('127.0.0.1', 1)\n"
    assert wrote.error.startswith("denied: SQLite with pathshala-rebuilt.db")


async def test_a_replay_is_told_of_a_document_that_the_log_does_not_make(in_a_file: Recorded) -> None:
    store = connect.store(Settings(store_url=in_a_file.settings["PATHSHALA_STORE_URL"]))
    await store.open()
    task = await store.task(in_a_file.task_id)
    assert task is not None
    position = len(await store.events(in_a_file.task_id))
    await store.append([Change(task.task_id, position, [], task.model_copy(update={"error_message": "made up"}))])
    await store.close()

    ended = await run("replay", in_a_file.task_id, **in_a_file.settings)

    assert ended.code == 1
    assert "the task document is not what the log makes of it" in ended.out
    assert ended.out.splitlines()[-1].endswith("1 difference; first: the task document, error_message")
