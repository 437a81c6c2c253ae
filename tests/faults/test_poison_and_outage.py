"""A message that kills its generator harms only itself; a model that is down costs one probe an interval."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from itertools import accumulate, count, takewhile
from pathlib import Path

import pytest

from pathshala_common.contract.backoff import OUTSIDE
from tests.faults.poisoned_generator import EXIT_CODE, POISON
from tests.faults.record import LONG, MEMORY, RABBITMQ, Measured, fault, fault_in_each
from tests.house.asking import ask, ask_for_many, outcome, outcomes, status
from tests.house.houses import House, Replicas, distributed, embedded
from tests.house.processes import ServiceProcess
from tests.servers.loopback import free_port
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import error
from tests.waiting import until, until_so

DEATHS_MAX = 3
PROCESS_DEATHS = {"enricher": 2, "generator": 2, "store": 3}
"""Deaths of the service itself; of its suspects, enricher and generator try each in a process of its own."""

TRIAL_DIED = "a suspect's trial died"
IN_HAND = 8
INNOCENTS = 20
OUTAGE_SECONDS = 120 if LONG else 6
TASKS = 1_000 if LONG else 60
END_SECONDS = 300 if LONG else 90
MANY = {"PATHSHALA_USER_TASKS_MAX": str(2 * TASKS)}
"""At the very limit, a request in hand may be counted twice, and refused."""

OUT_OF_SERVICE = error(503, "The server is overloaded.", "server_error")


@pytest.fixture
def house(tmp_path: Path, wikipedia_url: str, amqp_url: str, mongodb_url: str) -> Iterator[House]:
    """A house that has no generator yet."""
    made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, Replicas(generators=0), **MANY)
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
        for _ in range(PROCESS_DEATHS["generator"]):
            dying.launch()
            assert dying.wait() == EXIT_CODE
        dying.launch()
        ended = outcome(house.url, poison)
        spared = outcomes(house.url, innocents)
        exit_code = dying.terminate()
    finally:
        dying.kill()

    deaths = PROCESS_DEATHS["generator"] + dying.log_text.count(TRIAL_DIED)
    measured(deaths=deaths, innocents_failed=sum(end["status"] == "failed" for end in spared))
    assert ended["error_code"] == "crashed"
    assert Counter(end["status"] for end in spared) == {"completed": INNOCENTS}
    assert exit_code == 0, "it died once more"
    assert deaths <= DEATHS_MAX


@fault(7, MEMORY)
@pytest.mark.parametrize("service", ["generator", "enricher", "store"])
@pytest.mark.slow
def test_a_poison_message_kills_the_house_in_one_process_three_times_at_the_most(
    service: str, tmp_path: Path, wikipedia_url: str, measured: Measured
) -> None:
    settings = {"PATHSHALA_PORT": str(free_port()), "PATHSHALA_GENERATOR_CONCURRENCY": str(IN_HAND)}
    plain = embedded(tmp_path, wikipedia_url, **settings).services["pathshala"].settings
    house = ServiceProcess("tests.faults.poisoned_house", {**plain, "POISON_IN": service}, tmp_path, "house")
    try:
        url = house.start()
        innocents = ask_for_many(url, [f"innocent {number}" for number in range(INNOCENTS)])
        poison = ask(url, POISON)
        for _ in range(PROCESS_DEATHS[service]):
            assert house.wait() == EXIT_CODE
            house.start()
        ended = outcome(url, poison)
        spared = outcomes(url, innocents)
        exit_code = house.terminate()
    finally:
        house.kill()

    deaths = PROCESS_DEATHS[service] + house.log_text.count(TRIAL_DIED)
    measured(deaths=deaths, innocents_failed=sum(end["status"] == "failed" for end in spared))
    assert ended["error_code"] == "crashed"
    assert Counter(end["status"] for end in spared) == {"completed": INNOCENTS}
    assert exit_code == 0, "it died once more"
    assert deaths <= DEATHS_MAX


@pytest.fixture
async def model() -> AsyncIterator[StubOpenAI]:
    """A model that is out of service until its faults are cleared."""
    async with StubOpenAI() as stub:
        stub.faults.extend([OUT_OF_SERVICE] * 10_000)
        yield stub


@pytest.fixture
def writing(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, wikipedia_url: str, model: StubOpenAI
) -> Iterator[tuple[str, ServiceProcess]]:
    """Where a house of this deployment will answer, and the process in it that asks the model; it is yet to start."""
    settings = MANY | {"OPENAI_BASE_URL": model.url, "PATHSHALA_WRITER": "openai"}
    if deployment == RABBITMQ:
        house: House = request.getfixturevalue("house")
        url, process = house.url, generator(house, "pathshala_generator", tmp_path, **settings)
    else:
        port = free_port()
        limits = {"PATHSHALA_GENERATOR_CONCURRENCY": str(IN_HAND), "PATHSHALA_PORT": str(port)}
        url = f"http://127.0.0.1:{port}"
        process = embedded(tmp_path, wikipedia_url, **settings, **limits).services["pathshala"]
    yield url, process
    process.kill()


@fault_in_each(18, slow=RABBITMQ)
async def test_a_model_that_is_down_is_probed_and_the_tasks_that_wait_for_it_all_end_well(
    model: StubOpenAI, writing: tuple[str, ServiceProcess], measured: Measured
) -> None:
    url, process = writing
    await asyncio.to_thread(process.start)
    began = time.monotonic()
    task_ids = await asyncio.to_thread(ask_for_many, url, [f"lesson {number}" for number in range(TASKS)])
    waits: str = await until_so(partial(asyncio.to_thread, _waiting, url, task_ids))
    await until(lambda: time.monotonic() - began >= OUTAGE_SECONDS, OUTAGE_SECONDS + 10)
    outage_seconds, calls_in_outage = time.monotonic() - began, len(model.calls)
    model.faults.clear()
    ends = await asyncio.to_thread(outcomes, url, task_ids, END_SECONDS)

    measured(outage_seconds=round(outage_seconds), calls_in_outage=calls_in_outage, calls=len(model.calls), tasks=TASKS)
    assert "the language model's server is out of service" in waits
    assert calls_in_outage <= IN_HAND + probes_max(outage_seconds)
    assert Counter(end["status"] for end in ends) == {"completed": TASKS}
    assert len(model.calls) - calls_in_outage <= TASKS + 1
    assert "dead-lettered" not in process.log_text
    assert "retry scheduled" not in process.log_text


def probes_max(seconds: float) -> int:
    """How many probes there may be in so long an outage: each interval is at least half of what it may be."""
    ends = accumulate(OUTSIDE.seconds(failures) / 2 for failures in count(1))
    return 1 + sum(1 for _ in takewhile(lambda end: end < seconds, ends))


def _waiting(url: str, task_ids: list[str]) -> str:
    """What a task says that waits; empty if none does."""
    said = (str(status(url, task_id)["progress_message"]) for task_id in task_ids[: 2 * IN_HAND])
    return next((message for message in said if message.startswith("Waiting, ")), "")
