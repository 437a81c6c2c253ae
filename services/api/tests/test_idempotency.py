"""The same Idempotency-Key from the same user gives the same task."""

import asyncio
from typing import Any

import httpx2
import pytest

from services.api.tests.given import Api, an_order, problem


async def keyed(api: Api, key: str, **order: Any) -> httpx2.Response:
    return await api.client.post("/lessons", json=an_order(**order), headers={"Idempotency-Key": key})


async def test_the_same_key_gives_the_same_task(api: Api) -> None:
    first, again = await keyed(api, "k-1"), await keyed(api, "k-1")

    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert again.headers["location"] == first.headers["location"]


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
