"""Orders lessons and waits for them over HTTP, the same way from every contender."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

from bench.client import Client
from bench.machine import cpu_seconds
from bench.orders import ORDERS, WARM_UP

CONNECTIONS = 32
READY_SECONDS = 60.0
LESSON_SECONDS = 300.0
LOOK_SECONDS = 0.02
LESSON_LENGTH_MIN = 1_200
WATCHED = 32

_numbers: Iterator[int] = count()


@dataclass(frozen=True, slots=True)
class Flood:
    """What became of many orders at once: seconds until all were accepted, and until all were completed.

    `cpu` are the processor seconds of each process meanwhile, in the order asked for.
    """

    task_ids: Sequence[str]
    accepted_seconds: float
    completed_seconds: float
    cpu: Sequence[float]


async def order(client: Client, body: bytes | None = None) -> str:
    """Order the next lesson, or this one; again, if there is a 503. Returns its task's id; fails if it is refused."""
    body = body or ORDERS[next(_numbers) % len(ORDERS)]
    status, answer = await client.post("/lessons", body)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        await asyncio.sleep(LOOK_SECONDS)
        return await order(client, body)
    assert status == HTTPStatus.ACCEPTED, f"POST: {status} {answer[:300]!r}"
    return str(json.loads(answer)["task_id"])


async def completed(client: Client, task_id: str) -> bool:
    """Whether a lesson is there; fails if it never will be, or is completed and has no lesson in it."""
    status, answer = await client.get(f"/lessons/status/{task_id}")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return False
    assert status == HTTPStatus.OK, f"GET: {status} {answer[:300]!r}"
    if b'"completed"' not in answer[:200]:
        assert b'"failed"' not in answer[:200], answer[:700]
        return False
    assert len(answer) > LESSON_LENGTH_MIN, answer
    return True


async def until_completed(client: Client, task_id: str, every: float, seconds: float = LESSON_SECONDS) -> None:
    """Poll for a lesson."""
    async with asyncio.timeout(seconds):
        while not await completed(client, task_id):  # noqa: ASYNC110 - another process completes it
            await asyncio.sleep(every)


async def warm_up(port: int) -> str:
    """Wait until a first lesson has come through: every process of the contender is up. Returns its task's id."""
    client = Client(port)
    task_id = await order(client, WARM_UP)
    await until_completed(client, task_id, LOOK_SECONDS, READY_SECONDS)
    client.close()
    return task_id


async def flood(port: int, lessons: int, pids: Sequence[Sequence[int]] = ()) -> Flood:
    """Order so many lessons over 32 connections and wait for all of them.

    A few are watched, so that polls do not disturb the work; then each is asked for, and a late one moves the end.
    """
    client, task_ids, left = Client(port), list[str](), iter(range(lessons))

    async def lane() -> None:
        for _ in left:
            task_ids.append(await order(client))

    before, began = [cpu_seconds(tree) for tree in pids], time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(lane())
    accepted = time.perf_counter() - began
    for task_id in [*task_ids[-WATCHED:], *task_ids[:: max(1, lessons // WATCHED)]]:
        await until_completed(client, task_id, LOOK_SECONDS)
    ended = time.perf_counter()
    cpu = [cpu_seconds(tree) - earlier for tree, earlier in zip(pids, before, strict=True)]
    for task_id in task_ids:
        if not await completed(client, task_id):
            await until_completed(client, task_id, LOOK_SECONDS)
            ended = time.perf_counter()
    client.close()
    return Flood(task_ids, accepted, ended - began, cpu)
