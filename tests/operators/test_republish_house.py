"""To send a whole day's log of a running house to its store again changes nothing, and pays nobody."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.house.asking import ask_for_many, lesson, outcomes
from tests.house.houses import House, distributed
from tests.operators.command import pathshala
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import FILTERED_PROMPT

NOWHERE = "http://127.0.0.1:1/w/api.php"

Kept = Mapping[str, list[dict[str, Any]]]


@pytest.mark.slow
async def test_a_whole_day_sent_again_changes_nothing(tmp_path: Path, amqp_url: str, mongodb_url: str) -> None:
    async with StubOpenAI() as model:
        model.faults_of["topic-0"] = FILTERED_PROMPT
        writer: dict[str, Any] = {"OPENAI_BASE_URL": model.url, "PATHSHALA_WRITER": "openai"}
        house = distributed(tmp_path, NOWHERE, amqp_url, mongodb_url, **writer)
        settings = dict(house.services["store"].settings)
        try:
            await asyncio.to_thread(house.start)
            tasks = await asyncio.to_thread(ask_for_many, house.url, [f"topic-{number % 4}" for number in range(12)])
            ended = await asyncio.to_thread(outcomes, house.url, tasks)
            assert {task["status"] for task in ended} == {"completed", "failed"}
            await settle(house, "sunrise")
            before, calls = await kept(settings), len(model.calls)

            sent = await pathshala("republish", "--yes", "--rate", "2000", **settings)

            assert sent.code == 0, sent.text
            taken = [event for event in before["events"] if event["type"] != "LessonStored"]
            assert f"{len(taken)} sent" in sent.out
            last = await settle(house, "sunset")
            assert without(await kept(settings), last) == before
            assert len(model.calls) == calls + 1
            assert (await asyncio.to_thread(lesson, house.url, "topic-1"))["version"] == "1.2"
            assert await asyncio.to_thread(outcomes, house.url, tasks) == ended
        finally:
            await asyncio.to_thread(house.stop)


async def settle(house: House, topic: str) -> str:
    """Have one more lesson made: when it is there, the store is done with what was in its queue before."""
    asked = await asyncio.to_thread(ask_for_many, house.url, [topic])
    await asyncio.to_thread(outcomes, house.url, asked)
    return asked[0]


async def kept(settings: Mapping[str, str]) -> Kept:
    """All documents of the house's database."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(settings["PATHSHALA_STORE_URL"])
    database = client.get_default_database()
    try:
        return {
            name: [document async for document in database[name].find({}).sort("_id")] for name in ("events", "tasks")
        }
    finally:
        await client.close()


def without(found: Kept, task_id: str) -> Kept:
    return {name: [one for one in documents if one["task_id"] != task_id] for name, documents in found.items()}
