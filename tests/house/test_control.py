"""Control reaches every generator: a cancel ends the call at its socket, and a pause lets none begin."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
import requests

from tests.house.asking import ask, generators, generators_paused, logged, outcome, status
from tests.house.houses import House, Replicas, distributed, embedded
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import STALL
from tests.waiting import DEADLINE_SECONDS, until_true, within

pytestmark = pytest.mark.asyncio(loop_scope="module")

GENERATORS = 3
SOCKET_SECONDS = 1.0
TOPICS = [f"cancelled {number}" for number in range(2 * GENERATORS)]
"""More than there are generators, which take them in turns: each has some in hand."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[StubOpenAI]:
    """A model that never answers about some topics."""
    async with StubOpenAI() as stub:
        stub.faults_of = dict.fromkeys(TOPICS, STALL)
        yield stub


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["embedded", "distributed"])
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str, model: StubOpenAI
) -> AsyncIterator[House]:
    tmp_path: Path = tmp_path_factory.mktemp(request.param)
    writer = {"PATHSHALA_WRITER": "openai", "OPENAI_BASE_URL": model.url, "PATHSHALA_GRACE_SECONDS": "1"}
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
    calls, aborted = len(model.calls), model.aborted
    task_ids = [await asyncio.to_thread(ask, house.url, topic, include_wikipedia=False) for topic in TOPICS]
    await model.until(lambda: model.in_flight == len(TOPICS))

    for number, task_id in enumerate(task_ids, 1):
        answer = await asyncio.to_thread(cancel, house, task_id)
        assert answer.status_code == 200, answer.text
        assert answer.json()["error_code"] == "cancelled"

        async def closed(count: int = number) -> bool:
            return model.aborted == aborted + count

        await within(SOCKET_SECONDS, closed)

    assert model.in_flight == 0
    assert [call.aborted for call in model.calls[calls:]] == [True] * len(TOPICS)
    for task_id in task_ids:
        end = await asyncio.to_thread(outcome, house.url, task_id)
        assert (end["status"], end["error_code"]) == ("failed", "cancelled")
        assert "LessonCancelled" in await asyncio.to_thread(logged, house.url, task_id)


def set_writing(house: House, *, paused: bool) -> None:
    order = {"paused": paused, "reason": "a new model"}
    answer = requests.put(f"{house.url}/operator/writing", json=order, timeout=DEADLINE_SECONDS)
    assert answer.status_code == 200, answer.text


def restart_generators(house: House) -> int:
    """Restart each process that writes, one after the other. Returns how many there are."""
    names = [name for name in house.services if name.startswith(("generator", "pathshala"))]
    for name in names:
        assert house.services[name].terminate() == 0
        house.restart(name)
    return len(names)


def open_circuits(house: House) -> list[tuple[str, str, str]]:
    answer = requests.get(f"{house.url}/operator/circuits", timeout=DEADLINE_SECONDS)
    assert answer.status_code == 200, answer.text
    return [(one["service"], one["guards"], one["reason"]) for one in answer.json()["circuits"]]


async def test_paused_writing_waits_and_says_so_over_a_restart_until_it_goes_on(
    house: House, model: StubOpenAI
) -> None:
    await asyncio.to_thread(set_writing, house, paused=True)
    await asyncio.to_thread(until_true, lambda: generators_paused(house.url))
    calls = len(model.calls)
    task_id = await asyncio.to_thread(ask, house.url, "paused", include_wikipedia=False)

    def waits() -> bool:
        message = str(status(house.url, task_id)["progress_message"])
        return message.startswith("Waiting") and message.endswith("writing is paused by the operator: a new model")

    await asyncio.to_thread(until_true, waits)
    paused = ("generator", "deliveries", "writing_paused: writing is paused by the operator: a new model")
    await asyncio.to_thread(until_true, lambda: open_circuits(house) == [paused])
    count = await asyncio.to_thread(restart_generators, house)
    await asyncio.to_thread(until_true, lambda: [one["paused"] for one in generators(house.url)] == [True] * count)
    assert len(model.calls) == calls

    await asyncio.to_thread(set_writing, house, paused=False)

    assert (await asyncio.to_thread(outcome, house.url, task_id))["status"] == "completed"
    await asyncio.to_thread(until_true, lambda: open_circuits(house) == [])
    assert len(model.calls) == calls + 1
