"""The same Idempotency-Key from the same user gives the same task, in every store, for a day after it ended."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from pathshala_api.idempotency import KEY_SIZE_BYTES, KEYS_AT_ONCE, new_key
from services.api.tests.given import Api, an_api, an_order, problem, raw_exchange
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_proxy import MongoDBProxy
from tests.servers.mongodb_url import of_database

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["sqlite", "mongodb"])
async def api(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Api]:
    store = None
    if request.param == "mongodb":
        store = MigratedMongoStore(of_database(request.getfixturevalue("mongodb_url"), f"api_{uuid4().hex}"))
    async with an_api(tmp_path, store=store) as running:
        yield running


async def keyed(api: Api, key: str, **order: Any) -> httpx2.Response:
    return await api.client.post("/lessons", json=an_order(**order), headers={"Idempotency-Key": key})


async def test_the_same_key_gives_the_same_task(api: Api) -> None:
    first, again = await keyed(api, "k-1"), await keyed(api, "k-1")

    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert again.headers["location"] == first.headers["location"]


async def test_blanks_and_tabs_around_a_key_are_no_part_of_it(api: Api) -> None:
    task_id = (await keyed(api, "k-1")).json()["task_id"]
    body = json.dumps(an_order()).encode()
    head = b"POST /lessons HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: %d\r\n" % len(body)

    for key in (b"\t k-1", b"k-1\t \t", b" \tk-1 "):
        answer = await raw_exchange(api.address, [head, b"Idempotency-Key: " + key + b"\r\n\r\n", body])
        assert task_id.encode() in answer
    assert b" 400 " in await raw_exchange(api.address, [head, b"Idempotency-Key: \t \r\n\r\n", body])


async def test_twenty_at_once_with_one_key_make_one_task(api: Api) -> None:
    answers = await asyncio.gather(*(keyed(api, "k-1") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["task_id"] for answer in answers}) == 1
    assert (await api.client.get("/lessons/tasks")).json()["total_tasks"] == 1


async def test_a_repeat_says_where_the_task_stands_now(api: Api) -> None:
    task_id = (await keyed(api, "k-1")).json()["task_id"]
    await api.complete(task_id)

    again = (await keyed(api, "k-1")).json()

    assert (again["task_id"], again["status"]) == (task_id, "completed")


@pytest.mark.parametrize(
    "other",
    [{"topic": "nouns"}, {"subject": "hindi"}, {"include_wikipedia": False}, {"language": "hi"}, {"level": "adult"}],
)
async def test_the_key_with_another_request_is_a_conflict(api: Api, other: dict[str, Any]) -> None:
    await keyed(api, "k-1")

    body = problem(await keyed(api, "k-1", **other), 409, "idempotency_key_reused")

    assert "new key" in body["detail"]
    assert "k-1" not in str(body)
    assert (await api.client.get("/lessons/tasks")).json()["total_tasks"] == 1


async def test_unknown_fields_and_blanks_around_names_make_no_other_request(api: Api) -> None:
    first = await keyed(api, "k-1")

    again = await keyed(api, "k-1", topic=" verbs ", trace="abc", include_wikipedia=True, level="middle")

    assert again.json()["task_id"] == first.json()["task_id"]


async def test_each_user_has_keys_of_their_own(api: Api) -> None:
    first, other = await keyed(api, "k-1", user_id="asha"), await keyed(api, "k-1", user_id="ravi")

    assert other.status_code == 202
    assert other.json()["task_id"] != first.json()["task_id"]


async def test_no_user_and_key_can_be_spelled_as_another_pair(api: Api) -> None:
    first, other = await keyed(api, 'b", "c', user_id="a"), await keyed(api, "c", user_id='a", "b')

    assert other.status_code == 202
    assert other.json()["task_id"] != first.json()["task_id"]


async def test_other_keys_make_other_tasks(api: Api) -> None:
    assert (await keyed(api, "k-1")).json()["task_id"] != (await keyed(api, "k-2")).json()["task_id"]


async def total(api: Api) -> int:
    return int((await api.client.get("/lessons/tasks")).json()["total_tasks"])


async def forget(api: Api) -> None:
    """Let an hour pass, and forget the tasks that have ended; their ends stay in the log."""
    api.clock.ahead += HOUR
    assert await api.store.delete_finished(api.clock.now(), limit=10) == 1


async def test_a_completed_task_that_is_forgotten_is_still_the_keys_task(api: Api) -> None:
    first = (await keyed(api, "k-1")).json()
    await api.complete(first["task_id"])
    await forget(api)

    again = await keyed(api, "k-1")

    assert again.status_code == 202
    assert (again.json()["task_id"], again.json()["status"]) == (first["task_id"], "completed")
    body = problem(await api.client.get(again.headers["location"]), 404, "task_expired")
    assert (await api.client.get(body["lesson_url"])).json()["task_id"] == first["task_id"]
    assert await total(api) == 0


async def test_a_failed_task_that_is_forgotten_is_still_the_keys_task(api: Api) -> None:
    task_id = (await keyed(api, "k-1")).json()["task_id"]
    await api.fail(task_id)
    await forget(api)

    again = (await keyed(api, "k-1")).json()

    assert (again["task_id"], again["status"]) == (task_id, "failed")


async def test_a_key_outlives_the_cut_of_its_tasks_log(api: Api) -> None:
    task_id = (await keyed(api, "k-1")).json()["task_id"]
    await api.complete(task_id)
    await forget(api)
    assert await api.store.cut_logs(api.clock.now(), limit=10)

    assert (await keyed(api, "k-1")).json()["task_id"] == task_id
    problem(await keyed(api, "k-1", topic="nouns"), 409, "idempotency_key_reused")


async def test_a_day_after_its_tasks_end_a_key_makes_another_and_keeps_to_it(api: Api) -> None:
    first = (await keyed(api, "k-1")).json()["task_id"]
    await api.complete(first)
    await forget(api)
    api.clock.ahead += DAY - HOUR - HOUR
    assert (await keyed(api, "k-1")).json()["task_id"] == first

    api.clock.ahead += HOUR + HOUR
    answers = await asyncio.gather(*(keyed(api, "k-1", topic="nouns") for _ in range(5)))

    [second] = {answer.json()["task_id"] for answer in answers}
    assert second != first
    assert await total(api) == 1


async def test_an_unfinished_task_keeps_its_key_however_old_it_is(api: Api) -> None:
    task_id = (await keyed(api, "k-1")).json()["task_id"]
    api.clock.ahead += 3 * DAY

    assert (await keyed(api, "k-1")).json()["task_id"] == task_id


async def test_when_nobody_knows_the_answer_names_the_key_that_finds_the_task(
    cut_off: Api, lone_server: MongoDBProxy
) -> None:
    with lone_server.cutting("insert", "tasks"):
        answer = await cut_off.client.post("/lessons", json=an_order())
    body = problem(answer, 503, "maybe_accepted")
    assert "may have been accepted" in body["detail"]
    assert int(answer.headers["retry-after"]) > 0

    again = await keyed(cut_off, body["idempotency_key"])

    assert again.status_code == 202
    assert await total(cut_off) == 1
    assert await cut_off.status(again.json()["task_id"])


async def test_when_nobody_knows_the_key_that_was_sent_is_named(cut_off: Api, lone_server: MongoDBProxy) -> None:
    with lone_server.cutting("insert", "tasks"):
        body = problem(await keyed(cut_off, "k-1"), 503, "maybe_accepted")

    assert body["idempotency_key"] == "k-1"
    assert (await keyed(cut_off, "k-1")).status_code == 202
    assert await total(cut_off) == 1


async def test_without_its_key_the_repeat_would_be_a_second_task(cut_off: Api, lone_server: MongoDBProxy) -> None:
    with lone_server.cutting("insert", "tasks"):
        await cut_off.client.post("/lessons", json=an_order())

    assert (await cut_off.client.post("/lessons", json=an_order())).status_code == 202
    assert await total(cut_off) == 2


async def test_an_answer_to_a_read_that_is_cut_says_that_nothing_was_accepted(
    cut_off: Api, lone_server: MongoDBProxy
) -> None:
    with lone_server.cutting("find", "tasks"):
        body = problem(await keyed(cut_off, "k-1"), 503, "store_unavailable")

    assert "nothing was accepted" in body["detail"]
    assert await total(cut_off) == 0


def test_a_key_that_is_made_is_another_each_time_and_in_each_process() -> None:
    ours = [new_key() for _ in range(3 * KEYS_AT_ONCE)]
    assert len(set(ours)) == len(ours)
    assert {len(bytes.fromhex(key)) for key in ours} == {KEY_SIZE_BYTES}
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, new_key().encode())
        os._exit(0)

    os.waitpid(child, 0)

    assert os.read(reader, 2 * KEY_SIZE_BYTES).decode() != new_key()
    os.close(reader)
    os.close(writer)
