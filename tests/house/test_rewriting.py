"""One part of a lesson is written anew in both deployments, by a model and without one; a replay comes to the same."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.house.asking import answered, ask, lesson, logged, outcome
from tests.house.houses import Replicas, distributed, embedded
from tests.replay.in_process import run
from tests.stubs.openai import StubOpenAI
from tests.waiting import DEADLINE_SECONDS

OF_ACTIVITY = ("activity", "minutes", "materials")
OF_VERSION = ("version", "task_id", "created_at", "made_by", "made_of", "how_made", "examined", "quality", "stored")
"""What says of a version which it is and how it came about."""


def rewrite(url: str, part: str, wish: str, version: str = "1.0", **more: Any) -> dict[str, Any]:
    """Have a part written anew, and wait for the end."""
    address = f"{url}/lessons/rewrites?subject=english&topic=verbs&language=en&level=middle"
    order = {"user_id": "tara", "part": part, "wish": wish} | more
    named = {"If-Match": f'"{version}"'}
    send = partial(requests.post, address, json=order, headers=named, timeout=DEADLINE_SECONDS)
    answer = answered(send)
    assert answer.status_code == 202, answer.text
    return outcome(url, answer.json()["task_id"])


def but_for(data: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {name: told for name, told in data.items() if name not in {*fields, *OF_VERSION}}


@pytest.mark.parametrize("deployment", ["embedded", "distributed"])
async def test_one_part_anew_by_a_model_is_a_version_that_can_be_replayed(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, wikipedia_url: str
) -> None:
    async with StubOpenAI() as model:
        writer = {"OPENAI_BASE_URL": model.url, "PATHSHALA_WRITER": "openai", "PATHSHALA_MODEL": "stub-model"}
        if deployment == "embedded":
            house = embedded(tmp_path, wikipedia_url, **writer)
        else:
            amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
            house = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, Replicas(), **writer)
        try:
            await asyncio.to_thread(house.start)
            first = await asyncio.to_thread(lambda: outcome(house.url, ask(house.url, "verbs")))
            assert first["status"] == "completed", first
            calls = len(model.calls)

            ended = await asyncio.to_thread(rewrite, house.url, "activity", "a shorter activity")

            assert ended["status"] == "completed", ended
            assert len(model.calls) == calls + 1
            told = await asyncio.to_thread(logged, house.url, ended["task_id"])
            assert told >= {
                "RewriteRequested",
                "GenerationStarted",
                "ProviderAnswered",
                "LessonGenerated",
                "LessonStored",
            }
            assert "LessonEnriched" not in told
            now = await asyncio.to_thread(lesson, house.url, "verbs")
            before = await asyncio.to_thread(partial(lesson, house.url, "verbs", version="1.0"))
        finally:
            await asyncio.to_thread(house.stop)
        [process, *_] = house.services.values()
        replayed = await run("replay", ended["task_id"], **process.settings)
    assert (before["version"], now["version"]) == ("1.0", "1.1")
    assert but_for(now, *OF_ACTIVITY) == but_for(before, *OF_ACTIVITY)
    assert len(now["activity"]) < len(before["activity"])
    assert [one["part"] for one in now["quality"]["rewritten"]] == ["activity"]
    assert replayed.code == 0, replayed.text
    assert "0 differences" in replayed.out


async def test_without_a_model_a_wish_is_met_or_refused_with_what_can_be_wished(
    tmp_path: Path, wikipedia_url: str
) -> None:
    house = embedded(tmp_path, wikipedia_url)
    try:
        await asyncio.to_thread(house.start)
        await asyncio.to_thread(lambda: outcome(house.url, ask(house.url, "verbs")))

        met = await asyncio.to_thread(rewrite, house.url, "verse", "another verse, please")
        refused = await asyncio.to_thread(rewrite, house.url, "activity", "an example from cricket", "1.1")

        now = await asyncio.to_thread(lesson, house.url, "verbs")
        assert (met["status"], now["version"]) == ("completed", "1.1")
        assert (refused["status"], refused["error_code"]) == ("failed", "wish_unmet")
        assert "another one, a shorter one, a longer one" in refused["error_message"]
        assert refused["suggestion"] is None
    finally:
        await asyncio.to_thread(house.stop)
