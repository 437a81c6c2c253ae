"""A message that kills its generator harms only itself; a model that is down costs one probe an interval."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.faults.poisoned_generator import EXIT_CODE, POISON
from tests.faults.record import RABBITMQ, Measured, fault
from tests.house.asking import ask, ask_for_many, outcome, outcomes, status
from tests.house.houses import House, distributed
from tests.house.processes import ServiceProcess
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import error
from tests.waiting import until

pytestmark = pytest.mark.long

DEATHS = 3
IN_HAND = 8
INNOCENTS = 20
OUTAGE_SECONDS = 6
TASKS = 60
OUT_OF_SERVICE = error(503, "The server is overloaded.", "server_error")


@pytest.fixture
def house(tmp_path: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str) -> Iterator[House]:
    """A house that has no generator yet."""
    made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, generators=0)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def generator(house: House, module: str, folder: Path, **settings: str) -> ServiceProcess:
    """A generator for this house."""
    limits = {"PATHSHALA_GENERATOR_CONCURRENCY": str(IN_HAND)}
    return ServiceProcess(module, dict(house.services["store"].settings) | limits | settings, folder, "generator")


@fault(7, RABBITMQ)
def test_a_poison_message_is_dead_after_three_deaths_and_no_innocent_with_it(
    house: House, tmp_path: Path, measured: Measured
) -> None:
    poison = ask(house.url, POISON)
    innocents = ask_for_many(house.url, [f"innocent {number}" for number in range(INNOCENTS)])
    dying = generator(house, "tests.faults.poisoned_generator", tmp_path)
    try:
        for _ in range(DEATHS):
            dying.launch()
            assert dying.wait() == EXIT_CODE
        dying.launch()
        ended = outcome(house.url, poison)
        spared = outcomes(house.url, innocents)
        exit_code = dying.terminate()
    finally:
        dying.kill()

    measured(deaths=DEATHS, innocents_failed=sum(end["status"] == "failed" for end in spared))
    assert ended["error_code"] == "crashed"
    assert Counter(end["status"] for end in spared) == {"completed": INNOCENTS}
    assert exit_code == 0, "it died once more"


@fault(18, RABBITMQ)
async def test_a_model_that_is_down_is_probed_and_the_tasks_that_wait_for_it_all_end_well(
    house: House, tmp_path: Path, measured: Measured
) -> None:
    async with StubOpenAI() as model:
        model.faults.extend([OUT_OF_SERVICE] * 10_000)
        writing = generator(
            house, "pathshala_generator", tmp_path, OPENAI_BASE_URL=model.url, PATHSHALA_WRITER="openai"
        )
        try:
            await asyncio.to_thread(writing.start)
            task_ids = await asyncio.to_thread(ask_for_many, house.url, [f"lesson {n}" for n in range(TASKS)])
            await until(lambda: len(model.calls) >= IN_HAND)
            began = asyncio.get_running_loop().time()
            waits: str = await until(partial(asyncio.to_thread, _waiting, house, task_ids))
            await until(lambda: asyncio.get_running_loop().time() - began >= OUTAGE_SECONDS)
            calls_in_outage = len(model.calls)
            model.faults.clear()
            ends = await asyncio.to_thread(outcomes, house.url, task_ids)
        finally:
            writing.kill()

    measured(calls_in_outage=calls_in_outage, calls=len(model.calls), tasks=TASKS)
    assert "the language model's server is out of service" in waits
    # At least one half of 1, 2, 4 seconds between probes, after the first of all in hand.
    assert calls_in_outage <= IN_HAND + 4
    assert Counter(end["status"] for end in ends) == {"completed": TASKS}
    assert len(model.calls) - calls_in_outage <= TASKS + 1
    assert "dead-lettered" not in writing.log_text
    assert "retry scheduled" not in writing.log_text


def _waiting(house: House, task_ids: list[str]) -> str:
    """What a task says that waits; empty if none does."""
    said = (str(status(house.url, task_id)["progress_message"]) for task_id in task_ids[: 2 * IN_HAND])
    return next((message for message in said if message.startswith("Waiting")), "")
