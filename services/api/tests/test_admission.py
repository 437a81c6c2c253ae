"""Limits of tasks: refused with 429 beyond them, held back before them, and one user's crowd is nobody else's wait."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pathshala_common.contract.events import GenerationStarted
from pathshala_common.contract.topology import Topology
from services.api.tests.given import Api, MovableClock, Published, an_api, an_order, problem

TOPOLOGY = Topology()
LIMITS: dict[str, Any] = {"user_tasks_max": 8, "tasks_max": 12, "user_in_flight_max": 3}


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Api]:
    """An API with small limits."""
    async with an_api(tmp_path, **LIMITS) as running:
        yield running


@pytest.fixture
async def published(small: Api) -> Published:
    """What it publishes."""
    seen = Published()
    await seen.watch(small.broker, TOPOLOGY)
    return seen


async def post(api: Api, user_id: str = "asha", key: str | None = None) -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.client.post("/lessons", json=an_order(user_id=user_id), headers=headers)


async def crowd(api: Api, count: int, user_id: str = "asha") -> list[str]:
    """Many requests at once; the tasks of those that were accepted."""
    answers = await asyncio.gather(*(post(api, user_id) for _ in range(count)))
    return [answer.json()["task_id"] for answer in answers if answer.status_code == 202]


async def fill(api: Api) -> int:
    """One request after the other until one is refused; how many were accepted."""
    accepted = 0
    while (await post(api)).status_code == 202:
        accepted += 1
    return accepted


async def start_writing(api: Api, task_id: str) -> None:
    await api.record(GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline"))


def retry_time(api: Api) -> timedelta:
    return timedelta(seconds=api.settings.outbox_retry_seconds)


async def total(api: Api) -> int:
    found: int = (await api.client.get("/lessons/tasks")).json()["total_tasks"]
    return found


async def test_a_user_with_too_many_unfinished_tasks_gets_a_429_that_says_so(small: Api) -> None:
    await fill(small)

    answer = await post(small)

    body = problem(answer, 429, "too_many_tasks_of_user")
    assert (body["limit"], body["limit_value"]) == ("PATHSHALA_USER_TASKS_MAX", 8)
    assert int(answer.headers["retry-after"]) > 0
    assert (await post(small, "ravi")).status_code == 202


async def test_a_full_house_gives_everybody_a_429(small: Api) -> None:
    for user_id in ("asha", "ravi") * 6:
        await small.ask(user_id=user_id)

    answer = await post(small, "sita")

    assert problem(answer, 429, "too_many_tasks")["limit"] == "PATHSHALA_TASKS_MAX"
    assert int(answer.headers["retry-after"]) > 0


async def test_a_hundred_at_once_are_never_accepted_beyond_the_limit_and_soon_up_to_it(small: Api) -> None:
    assert len(await crowd(small, 100)) <= 8
    await fill(small)
    assert await total(small) == 8


async def test_the_limit_holds_after_a_start(tmp_path: Path) -> None:
    async with an_api(tmp_path, **LIMITS) as api:
        for _ in range(6):
            await api.ask()

    async with an_api(tmp_path, **LIMITS) as next_api:
        assert await fill(next_api) == 2


async def test_a_task_that_ends_makes_room(small: Api) -> None:
    task_ids = [await small.ask() for _ in range(8)]
    assert (await post(small)).status_code == 429

    await small.complete(task_ids[0])
    await small.fail(task_ids[1])

    async with asyncio.timeout(10):
        while await total(small) < 8 + 2:
            await fill(small)
    assert await fill(small) == 0


async def test_a_repeat_by_its_key_is_never_refused_and_takes_no_place(small: Api) -> None:
    first = await post(small, key="k-1")
    assert {(await post(small, key="k-1")).text for _ in range(20)} == {first.text}
    assert await fill(small) == 7

    assert (await post(small, key="k-1")).text == first.text
    problem(await post(small, key="k-2"), 429, "too_many_tasks_of_user")
    other = await small.client.post("/lessons", json=an_order(topic="nouns"), headers={"Idempotency-Key": "k-1"})
    problem(other, 409, "idempotency_key_reused")


async def test_no_more_of_one_user_are_on_their_way_than_the_window(small: Api, published: Published) -> None:
    accepted = [await small.ask() for _ in range(8)]
    await published.until(lambda: len(published.task_ids) >= 3)
    await small.clock.sleep(20)

    assert len(accepted) == 8
    assert len(published.task_ids) == 3
    other = await small.ask(user_id="ravi")
    await published.until(lambda: other in published.task_ids)
    assert len(published.task_ids) == 4


async def test_as_a_user_s_tasks_are_taken_up_or_end_the_next_are_released_by_age(
    small: Api, published: Published
) -> None:
    task_ids = [await small.ask(topic=f"topic {number}") for number in range(8)]
    await published.until(lambda: len(published.task_ids) == 3)

    await start_writing(small, task_ids[0])
    await published.until(lambda: len(published.task_ids) == 4)
    await small.fail(task_ids[1])
    await small.complete(task_ids[0])
    await published.until(lambda: len(published.task_ids) == 5)
    for number in range(2, 8):
        await start_writing(small, task_ids[number])
        await published.until(lambda number=number: len(published.task_ids) == min(number + 4, 8))  # type: ignore[misc]

    assert published.task_ids == task_ids


async def test_a_request_never_overtakes_the_same_users_held_ones(small: Api, published: Published) -> None:
    task_ids = [await small.ask(topic=f"topic {number}") for number in range(5)]
    await published.until(lambda: len(published.task_ids) == 3)
    await start_writing(small, task_ids[0])
    late = await small.ask(topic="late")
    await published.until(lambda: len(published.task_ids) == 4)

    for task_id in task_ids[1:]:
        await start_writing(small, task_id)

    await published.until(lambda: late in published.task_ids)
    assert published.task_ids == [*task_ids, late]


async def test_what_is_held_waits_in_sight_and_is_no_leftover(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clock = MovableClock()
    async with an_api(tmp_path, clock=clock, **LIMITS) as api:
        seen = Published()
        await seen.watch(api.broker, TOPOLOGY)
        task_ids = [await api.ask() for _ in range(8)]
        await seen.until(lambda: len(seen.task_ids) == 3)
        for event in [envelope.event for envelope in seen.envelopes]:
            await api.record(event)
        clock.ahead = 2 * retry_time(api)
        await clock.sleep(20)

        assert len(seen.task_ids) == 3
        held = next(task_id for task_id in task_ids if task_id not in seen.task_ids)
        assert (await api.status(held))["progress_message"] == "Waiting to be taken up"
    written = capfd.readouterr()
    assert "leftover" not in written.out + written.err


async def test_what_was_held_when_its_api_died_is_released_by_the_next(tmp_path: Path) -> None:
    async with an_api(tmp_path, broker_started=False, **LIMITS) as api:
        task_ids = [await api.ask(topic=f"topic {number}") for number in range(8)]

    clock = MovableClock()
    async with an_api(tmp_path, clock=clock, **LIMITS) as next_api:
        seen = Published()
        await seen.watch(next_api.broker, TOPOLOGY)
        await clock.sleep(5)
        assert seen.task_ids == []
        clock.ahead = 2 * retry_time(next_api)
        await seen.until(lambda: len(seen.task_ids) == 3)
        for taken in range(5):
            await start_writing(next_api, seen.task_ids[taken])
            await seen.until(lambda taken=taken: len(seen.task_ids) == taken + 4)  # type: ignore[misc]
        assert set(seen.task_ids) == set(task_ids)


async def test_the_limits_own_names_are_in_the_answer_and_the_input_is_not(small: Api) -> None:
    for _ in range(8):
        await small.ask(user_id="canary")

    answer = await post(small, "canary")

    assert answer.status_code == 429
    assert "canary" not in json.dumps(answer.json())
