"""A cancel ends the call to the model at its socket, in whichever generator has the task in hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import requests

from tests.house.asking import ask, logged, outcome
from tests.house.houses import House, Replicas, distributed, embedded
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import STALL
from tests.waiting import DEADLINE_SECONDS, within

GENERATORS = 3
SOCKET_SECONDS = 1.0
TOPICS = [f"cancelled {number}" for number in range(2 * GENERATORS)]
"""More than there are generators, which take them in turns: each has some in hand."""


@pytest.fixture
async def model() -> AsyncIterator[StubOpenAI]:
    """A model that never answers."""
    async with StubOpenAI() as stub:
        stub.faults_of = dict.fromkeys(TOPICS, STALL)
        yield stub


@pytest.fixture(params=["embedded", "distributed"])
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, wikipedia_url: str, model: StubOpenAI
) -> AsyncIterator[House]:
    writer = {"PATHSHALA_WRITER": "openai", "OPENAI_BASE_URL": model.url}
    if request.param == "embedded":
        running = embedded(tmp_path, wikipedia_url, **writer)
    else:
        amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
        replicas = Replicas(generators=GENERATORS)
        running = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, replicas, **writer)
    async with AsyncExitStack() as stack:
        stack.callback(running.stop)
        await asyncio.to_thread(running.start)
        yield running


def cancel(house: House, task_id: str) -> requests.Response:
    return requests.delete(f"{house.url}/lessons/status/{task_id}", timeout=DEADLINE_SECONDS)


async def test_a_cancel_closes_the_socket_of_the_call_within_a_second(house: House, model: StubOpenAI) -> None:
    task_ids = [await asyncio.to_thread(ask, house.url, topic, include_wikipedia=False) for topic in TOPICS]
    await model.until(lambda: model.in_flight == len(TOPICS))

    for number, task_id in enumerate(task_ids, 1):
        answer = await asyncio.to_thread(cancel, house, task_id)
        assert answer.status_code == 200, answer.text
        assert answer.json()["error_code"] == "cancelled"

        async def closed(count: int = number) -> bool:
            return model.aborted == count

        await within(SOCKET_SECONDS, closed)

    assert model.in_flight == 0
    assert len(model.calls) == len(TOPICS)
    for task_id in task_ids:
        end = await asyncio.to_thread(outcome, house.url, task_id)
        assert (end["status"], end["error_code"]) == ("failed", "cancelled")
        assert "LessonCancelled" in await asyncio.to_thread(logged, house.url, task_id)
