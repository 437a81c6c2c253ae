"""GET /lessons/status/{task_id}/stream, GET /lessons/stream and Prefer: wait=N: what is told, and when it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pathshala_common.contract.events import EnrichmentStarted, GenerationStarted, RetryScheduled
from services.api.tests.given import Api, an_api, problem
from tests.clock import NOON
from tests.waiting import DEADLINE_SECONDS, until

LESSON_ALONE = {"lesson_data", "suggestion", "deadline"}
"""The fields of a status that a stream leaves out."""


@asynccontextmanager
async def stream(
    client: httpx2.AsyncClient, path: str, last_event_id: str | None = None
) -> AsyncIterator[AsyncIterator[tuple[str, dict[str, Any]]]]:
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        yield events(answer)


async def events(answer: httpx2.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Read events as a browser does: their ids, and their data."""
    identity = ""
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            identity = value
        elif name == "data":
            yield identity, json.loads(value)


def of_task(task_id: str) -> str:
    return f"/lessons/status/{task_id}/stream"


async def test_a_stream_tells_each_change_as_a_poll_does_and_ends_with_the_task(api: Api) -> None:
    task_id = await api.ask()
    told, polled = [], []
    async with stream(api.client, of_task(task_id)) as found:
        async for identity, data in found:
            told.append((identity, data))
            answer = await api.client.get(f"/lessons/status/{task_id}")
            polled.append(answer.json())
            assert answer.headers["etag"] == f'W/"{polled[-1]["change"]}"'
            match len(told):
                case 1:
                    await api.record(EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query="Verb"))
                case 2:
                    await api.record(GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline"))
                case 3:
                    await api.complete(task_id)

    assert [data["status"] for _, data in told] == ["pending", *["in_progress"] * 3, "completed"]
    assert [data["progress"]["stage"] for _, data in told] == ["asked", "reading", "writing", "storing", "ended"]
    assert [int(identity) for identity, _ in told] == [data["change"] for _, data in told] == [0, 1, 2, 3, 4]
    # A lesson is written and stored by one write: a poll then says the later of the two states.
    assert [poll["change"] for poll in polled] == [0, 1, 2, 4, 4]
    for (_, data), poll in zip(told, polled, strict=True):
        if data["change"] == poll["change"]:
            assert data == {field: value for field, value in poll.items() if field not in LESSON_ALONE}


async def test_a_stream_says_what_is_waited_for_and_until_when(api: Api) -> None:
    task_id = await api.ask(language="hi")
    await api.record(
        RetryScheduled(
            task_id=task_id,
            service="generator",
            attempt=2,
            attempts_max=4,
            retry_at=NOON,
            delay_seconds=30,
            code="rate_limited",
            reason="the model is rate limited",
        )
    )
    async with stream(api.client, of_task(task_id)) as found:
        _, data = await anext(found)

    told = data["progress"]
    assert (told["stage"], told["attempt"], told["of"], told["waiting_for"]) == ("writing", 2, 4, "rate_limited")
    assert told["until"] == "2026-11-23T12:00:00.000Z"
    assert data["progress_message"].startswith("30 सेकंड की प्रतीक्षा")


async def test_who_comes_back_is_told_what_changed_since_and_who_has_all_need_not_come(api: Api) -> None:
    task_id = await api.ask()
    await api.record(EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query="Verb"))
    async with stream(api.client, of_task(task_id), "1") as found:
        await api.complete(task_id)
        told = [identity async for identity, _ in found]
    assert told == ["2", "3"]

    async with stream(api.client, of_task(task_id), "1") as found:
        assert [identity async for identity, _ in found] == ["2", "3"]
    answer = await api.client.get(of_task(task_id), headers={"Last-Event-ID": "3"})
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_stream_of_no_task_is_a_problem(api: Api) -> None:
    problem(await api.client.get(of_task("nobody")), 404, "task_not_found")


async def test_a_stream_of_a_user_tells_of_old_and_new_tasks(api: Api) -> None:
    old = await api.a_lesson("english", "verbs")
    async with stream(api.client, "/lessons/stream?user_id=asha") as found:
        assert (await anext(found))[1]["task_id"] == old
        await api.ask(topic="others", user_id="someone")
        new = await api.ask(topic="nouns")
        await api.complete(new)
        told = [await anext(found)]
        while told[-1][1]["status"] != "completed":
            told.append(await anext(found))

    assert {data["task_id"] for _, data in told} == {new}
    assert [identity for identity, _ in told] == [f"{new}-{data['change']}" for _, data in told]


async def test_streams_and_waiting_polls_end_when_the_process_stops(tmp_path: Path) -> None:
    told: dict[str, list[str]] = {}
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE_SECONDS) as client:

        async def follow(url: str) -> None:
            told[url] = []
            async with stream(client, url) as found:
                async for identity, _ in found:
                    told[url].append(identity)

        async with an_api(tmp_path) as api:
            task_id = await api.ask()
            base = str(api.client.base_url).rstrip("/")
            poll, paths = f"{base}/lessons/status/{task_id}", [of_task(task_id), "/lessons/stream?user_id=asha"]
            following = [asyncio.create_task(follow(f"{base}{path}")) for path in paths]
            waiting = asyncio.create_task(client.get(poll, headers={"Prefer": "wait=50"}))
            await until(lambda: len(told) == 2 and all(told.values()))
        await asyncio.gather(*following)
        answer = await waiting

    assert list(told.values()) == [["0"], [f"{task_id}-0"]]
    assert answer.json()["status"] == "pending"


async def test_a_poll_may_wait_for_the_end(api: Api) -> None:
    task_id = await api.ask()
    waiting = asyncio.create_task(api.client.get(f"/lessons/status/{task_id}", headers={"Prefer": "wait=50"}))
    await api.record(GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline"))
    await api.complete(task_id)
    answer = await waiting

    assert (answer.json()["status"], answer.headers["preference-applied"]) == ("completed", "wait=50")
    assert "retry-after" not in answer.headers


async def test_a_poll_may_wait_for_the_next_change(api: Api) -> None:
    task_id = await api.ask()
    path = f"/lessons/status/{task_id}"
    have = (await api.client.get(path)).headers
    assert int(have["retry-after"]) >= 1
    wanted = {"Prefer": "respond-async, wait=50", "If-None-Match": have["etag"]}
    waiting = asyncio.create_task(api.client.get(path, headers=wanted))
    await api.record(GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline"))
    answer = await waiting

    assert (answer.status_code, answer.json()["change"]) == (200, 1)


@pytest.mark.parametrize(
    ("prefer", "applied"), [("wait=0", "wait=0"), ("wait=x", None), ("await=1", None), ("", None), ("wait=-1", None)]
)
async def test_who_does_not_wait_is_answered_at_once(api: Api, prefer: str, applied: str | None) -> None:
    path = f"/lessons/status/{await api.ask()}"
    have = (await api.client.get(path)).headers["etag"]
    answer = await api.client.get(path, headers={"Prefer": prefer, "If-None-Match": have})

    assert (answer.status_code, answer.headers.get("preference-applied")) == (304, applied)
