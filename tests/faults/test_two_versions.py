"""The last release's services beside today's, on one RabbitMQ and one MongoDB, whichever is upgraded first."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pathshala_common.broker.rabbitmq.dead_letters import RabbitMQDeadLetters
from pathshala_common.contract.messages import DEAD_CODE
from pathshala_common.contract.ports.operator import DeadLetter, Verdict
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology
from tests.chaos.webhooks import SETTINGS as WEBHOOKS
from tests.chaos.webhooks import Webhooks
from tests.faults.load import Model, final, second_lessons
from tests.faults.record import LONG, RABBITMQ, Measured, fault, without_guard
from tests.house import calling
from tests.house.asking import ask, outcome, outcomes
from tests.house.houses import House, Replicas, distributed
from tests.house.processes import ServiceProcess
from tests.servers.choice import BrokerServer, Server
from tests.upgrade.last_release import has_notifier, unpacked
from tests.upgrade.tomorrow import SERVICE_VARIABLE
from tests.waiting import DEADLINE_SECONDS, until_so, until_true

TASKS = 4
END_SECONDS = 60
LEVELS = ("primary", "middle")
WITH_NOTIFIER = has_notifier()
NOTIFIER = ("notifier",) if WITH_NOTIFIER else ()
ALL = ("api", "enricher", "generator-1", "store", *NOTIFIER)


@dataclass(frozen=True, slots=True)
class Phase:
    """Which services of either version run."""

    name: str
    before: Collection[str]
    today: Collection[str]


PHASES: Sequence[Phase] = [
    Phase("the last release", ALL, ()),
    *([Phase("side by side", ALL, ALL)] if LONG else []),
    Phase("writers and store first", ("api", "enricher"), ("generator-1", "store", *NOTIFIER)),
    Phase("writers and store last", ("generator-1", "store", *NOTIFIER), ("api", "enricher")),
    Phase("upgraded", (), ALL),
    *([Phase("rolled back", ALL, ())] if LONG else []),
]


@dataclass(frozen=True, slots=True)
class Versions:
    """The same house in two versions."""

    before: House
    today: House

    def enter(self, phase: Phase) -> Sequence[str]:
        """Start what is to run, then stop what is not. Returns the URLs of the APIs that run."""
        wanted = [
            (process, name in names)
            for house, names in ((self.before, phase.before), (self.today, phase.today))
            for name, process in house.services.items()
        ]
        with ThreadPoolExecutor(len(wanted)) as threads:
            list(threads.map(_start, [process for process, runs in wanted if runs and not process.runs]))
            list(threads.map(ServiceProcess.terminate, [one for one, runs in wanted if not runs and one.runs]))
        apis = [house.services["api"] for house in (self.before, self.today)]
        return [str(api.wait_for_log("started")["url"]) for api in apis if api.runs]


def _start(process: ServiceProcess) -> None:
    """Start a service and wait until its queues are declared: what the last release finds may not be of today."""
    process.start()
    process.wait_for_log("connected to the broker")


@pytest.fixture
def last_release(tmp_path: Path) -> Mapping[str, str]:
    """Settings by which a service is one of the last release."""
    settings = unpacked(tmp_path / "last release")
    where = "import pathshala_common; print(pathshala_common.__file__)"
    found = subprocess.run([sys.executable, "-c", where], env=settings, check=True, capture_output=True, text=True)
    assert found.stdout.startswith(str(tmp_path))
    return settings


@pytest.fixture
def versions(
    tmp_path: Path,
    wikipedia_url: str,
    broker_server: BrokerServer,
    database_server: Server,
    model: Model,
    last_release: Mapping[str, str],
) -> Iterator[Versions]:
    """Two versions of one house, of which nothing runs yet."""

    def make(name: str, **settings: str) -> House:
        folder = tmp_path / name
        folder.mkdir()
        servers = (wikipedia_url, broker_server.url, database_server.url)
        replicas = Replicas(notifiers=len(NOTIFIER))
        return distributed(folder, *servers, replicas, **model.settings | WEBHOOKS | settings)

    before = make("before", **last_release)
    shared = before.services["api"].settings
    same = {name: shared[name] for name in ("PATHSHALA_NAMESPACE", "PATHSHALA_STORE_URL")}
    made = Versions(before, make("today", **same))
    yield made
    made.before.stop()
    made.today.stop()


@fault(39, RABBITMQ)
async def test_the_last_release_and_todays_side_by_side_lose_nothing_whichever_is_upgraded_first(
    versions: Versions, broker_server: BrokerServer, model: Model, measured: Measured
) -> None:
    asked: dict[str, str] = {}
    urls: Sequence[str] = ()
    with Webhooks() as webhooks:
        for phase in PHASES:
            urls = versions.enter(phase)
            for url in urls:
                for number in range(TASKS):
                    topic = f"{phase.name} {url[-5:]} {number}"
                    more = {"callback_url": webhooks.address(topic)} if WITH_NOTIFIER else {}
                    asked[topic] = ask(url, topic, subject="faults", **more)
        ends = final(urls[0], asked, END_SECONDS)
        addresses = {task_id: webhooks.address(topic) for topic, task_id in asked.items()} if WITH_NOTIFIER else {}
        until_true(lambda: webhooks.told(addresses).tasks == addresses.keys())
        assert webhooks.told(addresses).misplaced == 0
    codes = await dead_codes(broker_server.url, versions.before)
    calls = sum(sum(model.calls(phase.name).values()) for phase in PHASES)
    completed = sum(end["status"] == "completed" for end in ends.values())

    measured(phases=len(PHASES), tasks=len(asked), completed=completed, dead_letters=len(codes), calls=calls)
    assert codes == []
    assert ends.keys() == asked.keys()
    assert completed == len(asked)
    assert second_lessons(urls[0], asked) == 0


@fault(39, RABBITMQ)
@pytest.mark.slow
async def test_editions_that_stores_of_both_releases_write_lose_nothing_and_go_on_without_a_gap(
    versions: Versions, measured: Measured
) -> None:
    """The last release knows no editions: its store numbers a lesson over all of them."""
    of_before = ("api", "enricher", "store")
    versions.enter(Phase("the last release, which is there before, as in every upgrade", of_before, ()))
    urls = versions.enter(Phase("side by side", of_before, ALL))
    asked = [(url, level) for _ in range(TASKS) for url in urls for level in LEVELS]
    with ThreadPoolExecutor(len(asked)) as threads:
        tasks = list(threads.map(lambda one: ask(one[0], "editions", subject="faults", level=one[1]), asked))
    ends = await asyncio.to_thread(outcomes, urls[-1], tasks, END_SECONDS)
    assert [end["error_message"] for end in ends if end["status"] != "completed"] == []
    [url] = versions.enter(Phase("upgraded", (), ALL))

    given = dict[str, list[int]]()
    for (_, level), end in zip(asked, ends, strict=True):
        version = end["lesson_data"]["version"]
        lesson = _get(url, "/lessons/faults/editions", language="en", level=level, version=version)
        assert lesson["task_id"] == end["task_id"]
        given.setdefault(level, []).append(int(version.partition(".")[2]))
    for level, numbers in given.items():
        listed = _get(url, "/lessons/versions", subject="faults", topic="editions", level=level)
        assert len(listed["versions"]) == len(set(numbers)) == len(numbers)
        more = await asyncio.to_thread(outcome, url, ask(url, "editions", subject="faults", level=level))
        assert more["lesson_data"]["version"] == f"1.{max(numbers) + 1}"
    found = rebuilt(versions.today)

    measured(lessons_of_both=len(ends), gaps=len(found["lessons_with_gaps"]))
    # A document that the last release folded may lack fields that it does not know.
    assert found["wrong"].keys() <= {"differs"}
    assert (found["lessons_with_gaps"], found["editions_with_gaps"]) == ([], [])


def _get(url: str, path: str, **params: str) -> dict[str, Any]:
    answer = calling.get(f"{url}{path}", params=params, timeout=DEADLINE_SECONDS)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def rebuilt(house: House) -> dict[str, Any]:
    """What a rebuild finds in a house's store."""
    store = house.services["store"]
    command = [sys.executable, "-m", "pathshala", "rebuild", "--json", "--file", str(store.output.parent / "beside.db")]
    ran = subprocess.run(command, env=os.environ | store.settings, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@fault(39, RABBITMQ)
async def test_what_tomorrows_release_tells_waits_until_its_readers_are_upgraded_too(
    versions: Versions, broker_server: BrokerServer, measured: Measured
) -> None:
    house = versions.today
    house.services["enricher"] = tomorrow(house.services["enricher"], "enricher")
    house.start()
    task_id = ask(house.url, "tomorrow", subject="faults")
    for name in ("generator-1", "store"):
        house.services[name].wait_for_log("too new to be read yet")
        house.services[name].terminate()
        house.services[name] = tomorrow(house.services[name], name.partition("-")[0])
        house.services[name].start()
    end = await asyncio.to_thread(outcome, house.url, task_id)
    codes = await dead_codes(broker_server.url, house)

    measured(too_new=1, completed=int(end["status"] == "completed"), dead_letters=len(codes))
    assert end["status"] == "completed"
    assert codes == []


@without_guard(39)
async def test_without_the_wait_it_would_be_dead_at_once(versions: Versions, broker_server: BrokerServer) -> None:
    """The last release has none. It is there before, as in every upgrade."""
    house = versions.before
    del house.services["enricher"]
    house.start()
    versions.today.services["enricher"] = tomorrow(versions.today.services["enricher"], "enricher")
    versions.today.services["enricher"].start()
    ask(house.url, "tomorrow", subject="faults")
    for name in ("generator-1", "store"):
        house.services[name].wait_for_log("dead-lettered")

    async def both_lie_there() -> bool:
        return await dead_codes(broker_server.url, house) == ["not_an_event"] * 2

    await until_so(both_lie_there)


def tomorrow(today: ServiceProcess, service: str) -> ServiceProcess:
    """The same service, a release later."""
    settings = {**today.settings, SERVICE_VARIABLE: service}
    return ServiceProcess("tests.upgrade.tomorrow", settings, today.output.parent, f"{today.name} tomorrow")


async def dead_codes(url: str, house: House) -> list[str]:
    """Why a house's messages were dead-lettered, in any queue."""
    namespace = house.services["api"].settings["PATHSHALA_NAMESPACE"]
    codes: list[str] = []

    def look(letter: DeadLetter) -> Verdict:
        codes.append(str(letter.message.headers.get(DEAD_CODE, letter.moved)))
        return Verdict.LEAVE

    await RabbitMQDeadLetters(url, Topology(namespace)).walk(list(SUBSCRIPTIONS), look)
    return codes
