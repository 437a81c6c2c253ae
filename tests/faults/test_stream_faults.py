"""Streams over two APIs of which one is killed: whoever follows a task is told each of its changes once, in order."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from tests.faults.following import Viewer
from tests.house.asking import ask_for_many
from tests.house.calling import BEARER
from tests.house.conftest import Stub
from tests.house.houses import Replicas, distributed
from tests.waiting import DEADLINE_SECONDS, until

VIEWERS = 500
TASKS = 25


@pytest.mark.slow
async def test_500_streams_over_two_apis_lose_no_change_when_one_is_killed(
    tmp_path: Path, stub: Stub, wikipedia_url: str, amqp_url: str, mongodb_url: str
) -> None:
    model_url = stub("openai", "--held")
    model = {"OPENAI_BASE_URL": model_url, "PATHSHALA_WRITER": "openai"}
    house = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, Replicas(apis=2), **model)
    try:
        await asyncio.to_thread(house.start)
        viewers = await _viewed(house.urls, house.named("api")[1].kill, urljoin(model_url, "/release"))
    finally:
        await asyncio.to_thread(house.stop)

    by_task: dict[str, set[tuple[int, ...]]] = {}
    for viewer in viewers:
        numbers = [number for number, _ in viewer.told]
        assert numbers == sorted(set(numbers))
        assert [data["change"] for _, data in viewer.told] == numbers
        by_task.setdefault(viewer.task_id, set()).add(tuple(numbers))
    assert len(by_task) == TASKS
    assert [seen for seen in by_task.values() if not _is_one_story(seen)] == []
    assert {viewer.told[-1][1]["status"] for viewer in viewers} == {"completed"}
    assert all(viewer.connected > 1 for viewer in viewers[::2])  # whose streams were cut


async def _viewed(urls: list[str], kill: Callable[[], None], release: str) -> list[Viewer]:
    """Have every second viewer begin at the API that is killed once all of them are told something.

    The model answers after that, once it was asked to `release` its calls.
    """
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE_SECONDS, limits=limits, headers=BEARER) as client:
        task_ids = await asyncio.to_thread(ask_for_many, urls[0], [f"topic {number}" for number in range(TASKS)])
        viewers = [
            Viewer(client, task_ids[number % TASKS], urls if number % 2 else urls[::-1]) for number in range(VIEWERS)
        ]
        following = [asyncio.create_task(viewer.follow()) for viewer in viewers]
        await until(lambda: all(viewer.told for viewer in viewers))
        await asyncio.to_thread(kill)
        (await client.post(release)).raise_for_status()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.gather(*following)
    return viewers


def _is_one_story(seen: set[tuple[int, ...]]) -> bool:
    """Whether each sequence is the end of the longest: viewers differ in where they came in, and in nothing else."""
    longest = max(seen, key=len)
    return all(numbers == longest[len(longest) - len(numbers) :] for numbers in seen)
