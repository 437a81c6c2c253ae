"""The doctor says what is well, what is not, and what to do; each in one line with its exit code."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.finding import Finding, ok
from pathshala_common.operating.examination import examine
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.operators.command import Ended, examined, pathshala
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stubs.openai import StubOpenAI
from tests.stubs.wikipedia import StubWikipedia


async def test_a_fresh_machine_may_start_a_house(settings: dict[str, str], tmp_path: Path) -> None:
    ended = await pathshala("doctor", **settings)
    assert ended.code == 0
    assert "ok      writer: offline, since neither OPENAI_API_KEY nor OPENAI_BASE_URL is set" in ended.out
    assert ended.out.splitlines()[-1].endswith(" 0 wrong")
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


async def test_a_bad_setting_is_wrong_and_named(settings: dict[str, str]) -> None:
    code, found = await examined(settings | {"PATHSHALA_PORT": "eighty"})
    assert code == 1
    assert "PATHSHALA_PORT" in found["settings"][1]


@pytest.mark.parametrize(
    ("unfit", "said"),
    [
        ({"TASK_DEADLINE_SECONDS": "3600"}, "1800 s"),
        ({"LLM_TIMEOUT_SECONDS": "60", "TASK_DEADLINE_SECONDS": "60"}, "a slow call cannot be tried again"),
        ({"LLM_TIMEOUT_SECONDS": "160"}, "paid twice"),
        ({"STALLED_SECONDS": "120"}, "paid twice"),
    ],
)
async def test_limits_that_do_not_fit_together_are_a_warning(
    settings: dict[str, str], unfit: dict[str, str], said: str
) -> None:
    code, found = await examined(settings | {f"PATHSHALA_{name}": value for name, value in unfit.items()})
    assert code == 0
    assert found["settings"][0] == "warning"
    assert said in found["settings"][1]


async def test_limits_that_just_fit_together_are_well(settings: dict[str, str]) -> None:
    fit = {"PATHSHALA_LLM_TIMEOUT_SECONDS": "144", "PATHSHALA_STALLED_SECONDS": "180"}
    _, found = await examined(settings | fit)
    assert found["settings"][0] == "ok"


# ---------------------------------------------------------------- the store


async def test_a_file_that_a_running_house_owns_is_left_alone(settings: dict[str, str], tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "pathshala.db")
    await store.open()
    try:
        code, found = await examined(settings)
    finally:
        await store.close()
    assert code == 0
    assert "owned by a running house" in found["store"][1]
    assert "not looked at" in found["store integrity"][1]

    code, found = await examined(settings)
    assert found["store integrity"] == ("ok", "quick_check finds no fault", "")


async def test_a_damaged_file_is_wrong(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pathshala.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 8_192)
    code, found = await examined(settings)
    assert code == 1
    assert found["store integrity"][0] == "wrong"


async def test_a_file_of_another_program_is_wrong(settings: dict[str, str], tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "pathshala.db") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    code, found = await examined(settings)
    assert code == 1
    assert found["store integrity"][1] == "the file is of another program"


async def test_a_folder_that_is_not_there_is_wrong(settings: dict[str, str], tmp_path: Path) -> None:
    code, found = await examined(settings | {"PATHSHALA_STORE_URL": f"sqlite:///{tmp_path}/nowhere/pathshala.db"})
    assert code == 1
    assert "does not exist" in found["store"][1]


async def test_mongodb_is_asked_for_its_indexes_a_write_and_its_clock(
    settings: dict[str, str], mongodb_url: str
) -> None:
    name = f"doctor-{uuid4().hex[:12]}"
    own = settings | {"PATHSHALA_STORE_URL": of_database(mongodb_url, name)}
    code, found = await examined(own)
    assert code == 0
    assert found["store indexes"][0] == "warning"
    assert found["store writable"][0] == "ok"
    assert "clock" in found

    store = MigratedMongoStore(own["PATHSHALA_STORE_URL"])
    await store.open()
    assert await store.fault() is None
    await store.close()
    _, found = await examined(own)
    assert found["store indexes"][0] == "ok"
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        client.drop_database(name)


async def test_a_mongodb_that_is_away_is_wrong_and_nothing_shows_its_password(settings: dict[str, str]) -> None:
    away = {"PATHSHALA_STORE_URL": "mongodb://user:canary@127.0.0.1:1/house"}
    ended = await pathshala("doctor", **settings | away)
    assert ended.code == 1
    assert "wrong   store: " in ended.out
    assert "canary" not in ended.text


# ---------------------------------------------------------------- the world outside


@pytest.fixture
async def model() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as stub:
        yield stub


async def test_a_model_server_is_asked_for_its_models_and_for_no_lesson(
    settings: dict[str, str], model: StubOpenAI
) -> None:
    own = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-canary", "PATHSHALA_MODEL": "stub-model"}
    ended = await pathshala("doctor", **settings | own)
    assert ended.code == 0
    assert "ok      writer: openai, since a key or a base URL is set; model stub-model" in ended.out
    assert model.calls == []
    assert "canary" not in ended.text

    code, found = await examined(settings | own | {"PATHSHALA_MODEL": "another"})
    assert code == 0
    assert found["writer"][0] == "warning"


@pytest.mark.parametrize(
    ("url", "check"), [("http://user:canary@127.0.0.1:1/v1", "writer"), ("http://[canary/v1", "settings")]
)
async def test_a_model_server_that_cannot_be_reached_is_wrong(settings: dict[str, str], url: str, check: str) -> None:
    code, found = await examined(settings | {"OPENAI_BASE_URL": url})
    assert code == 1
    assert found[check][0] == "wrong"
    assert "canary" not in str(found)


async def test_wikipedia_is_only_ever_a_warning(settings: dict[str, str]) -> None:
    code, found = await examined(settings)
    assert code == 0
    assert found["wikipedia"][0] == "warning"

    async with StubWikipedia() as stub:
        own = {
            "PATHSHALA_WIKIPEDIA_URL": stub.url_template,
            "PATHSHALA_WIKIPEDIA_USER_AGENT": "House (ada@school.example)",
        }
        _, found = await examined(settings | own)
    assert found["wikipedia"][0] == "ok"


async def test_a_port_that_another_program_has_is_wrong(settings: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code, found = await examined(settings | {"PATHSHALA_PORT": str(other.getsockname()[1])})
    assert code == 1
    assert found["port of the API"][0] == "wrong"


# ---------------------------------------------------------------- the examination itself


async def test_all_checks_run_even_if_some_hang_or_fail() -> None:
    async def hangs() -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def fails() -> list[Finding]:
        raise ZeroDivisionError

    async def down() -> list[Finding]:
        raise StoreUnavailable("no answer")

    async def well() -> list[Finding]:
        return ok("well", "well")

    checks = {"hangs": hangs, "fails": fails, "down": down, "well": well}
    findings = await examine(checks, check_seconds=0.05)
    assert [(finding.about, finding.state) for finding in findings] == [
        ("hangs", "wrong"),
        ("fails", "wrong"),
        ("down", "wrong"),
        ("well", "ok"),
    ]


async def test_a_command_that_there_is_not_is_exit_code_2() -> None:
    ended: Ended = await pathshala("dance")
    assert ended.code == 2
