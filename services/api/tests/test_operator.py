"""The operator's routes: dead letters, queues, the pause of writing, the doctor, and settings without secrets."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.memory.dead_letters import DeadLetterFolder
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.messages import dead_letter, event_message
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology
from pathshala_common.operating.circuits import CircuitReport, OpenCircuit
from pathshala_common.operating.circuits import report as report_circuits
from pathshala_common.operating.writing import GeneratorReport, report
from services.api.tests.given import Api, an_api, problem
from tests.clock import NOON
from tests.stories.lessons import a_request

LETTERS = "/operator/dead-letters"
TOPOLOGY = Topology()


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """An API beside whose file three dead letters lie."""
    folder = DeadLetterFolder(tmp_path / "pathshala.db.dead", TOPOLOGY)
    folder.open()
    for number, code in enumerate(["crashed", "topic_refused", "crashed"]):
        event = LessonRequested(task_id=f"task-{number}", request=a_request())
        message = event_message(wrap(event, source="api", now=NOON), TOPOLOGY.exchange)
        queue = TOPOLOGY.dead_queue("enricher")
        died = {"code": code, "reason": f"it was {code}", "stack": "a stack", "attempt": 4, "now": NOON}
        folder.keep("enricher", dead_letter(message, queue, **died))  # type: ignore[arg-type]
    async with an_api(tmp_path, store_url=f"sqlite:///{tmp_path / 'pathshala.db'}") as running:
        yield running


async def read(api: Api, path: str, **params: Any) -> dict[str, Any]:
    answer = await api.client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_dead_letters_are_listed_and_counted(api: Api) -> None:
    listed = await read(api, LETTERS, code="crashed", limit=1)

    assert (listed["matched"], listed["codes"], listed["ended_tasks"], listed["beyond"]) == (2, {"crashed": 2}, 2, 0)
    [letter] = listed["letters"]
    assert (letter["task_id"], letter["event"], letter["reason"]) == ("task-0", "LessonRequested", "it was crashed")
    assert (await read(api, LETTERS, since="2099-01-01T00:00:00Z"))["matched"] == 0


async def test_one_is_shown_with_all_that_is_known(api: Api) -> None:
    [letter] = (await read(api, LETTERS, code="topic_refused"))["letters"]

    shown = await read(api, f"{LETTERS}/{letter['id']}")

    assert shown["stack"] == "a stack"
    assert shown["envelope"]["data"]["task_id"] == "task-1"
    assert shown["order"]["subject"] == a_request().subject
    problem(await api.client.get(f"{LETTERS}/unknown"), 404, "dead_letter_not_found")


@pytest.mark.parametrize(("method", "path"), [("DELETE", LETTERS), ("POST", f"{LETTERS}/redrive")])
async def test_they_are_counted_first_and_then_dealt_with_by_the_count(api: Api, method: str, path: str) -> None:
    async def ask(**params: Any) -> Any:
        return await api.client.request(method, path, params={"code": "crashed", **params})

    assert (await ask()).json() == {"matched": 2, "done": 0}
    assert problem(await ask(confirm=3), 409, "count_changed")["matched"] == 2
    assert (await read(api, LETTERS))["matched"] == 3

    assert (await ask(confirm=2)).json() == {"matched": 2, "done": 2}

    assert (await read(api, LETTERS))["codes"] == {"topic_refused": 1}


async def test_queues_are_counted(api: Api) -> None:
    await api.ask()
    queues = (await read(api, "/operator/queues"))["queues"]

    assert {queue["service"]: queue["dead"] for queue in queues} == dict.fromkeys(SUBSCRIPTIONS, 0) | {"enricher": 3}
    assert all(queue["waiting"] >= 0 for queue in queues)


async def test_writing_is_paused_and_resumed(api: Api) -> None:
    assert await read(api, "/operator/writing") == {"paused": False, "reason": None, "changed_at": None}

    for order in ({"paused": True, "reason": "a new model"}, {"paused": False, "reason": None}):
        answer = await api.client.put("/operator/writing", json=order)
        assert answer.status_code == 200
        assert order.items() <= answer.json().items()
        assert await read(api, "/operator/writing") == answer.json()
    problem(await api.client.put("/operator/writing", json={}), 400, "invalid_request")


async def test_generators_tell_what_they_have_in_hand(api: Api) -> None:
    told = GeneratorReport(
        generator_id="g1",
        host="here",
        process_id=7,
        writer="openai",
        model="m",
        concurrency=64,
        paused=False,
        started_at=NOON,
        in_hand=({"task_id": "task-1", "since": NOON},),
    )
    await report(api.store, told, api.clock.now())

    [generator] = (await read(api, "/operator/generators"))["generators"]

    assert (generator["generator_id"], generator["in_hand"][0]["task_id"]) == ("g1", "task-1")


async def test_open_circuits_are_listed_with_where_they_are(api: Api) -> None:
    assert (await read(api, "/operator/circuits"))["circuits"] == []
    waits = OpenCircuit(
        service="enricher", guards="en.wikipedia.org", reason="HTTP 503", failures=3, opened_at=NOON, probe_at=NOON
    )
    told = CircuitReport(host="here", process_id=7, open=(waits,))
    await report_circuits(api.store, "p1", told, api.clock.now())

    [circuit] = (await read(api, "/operator/circuits"))["circuits"]

    assert (circuit["service"], circuit["guards"], circuit["host"], circuit["process_id"]) == (
        "enricher",
        "en.wikipedia.org",
        "here",
        7,
    )


async def test_the_doctor_says_what_it_finds(api: Api) -> None:
    examined = await read(api, "/operator/doctor")

    states = {finding["about"]: finding["state"] for finding in examined["findings"]}
    assert states["broker"] == "ok"
    assert states["dead letters"] == "warning"
    assert examined["well"] == ("wrong" not in states.values())


async def test_settings_are_shown_without_secrets(tmp_path: Path) -> None:
    url = "mongodb://asha:geheim@127.0.0.1:1/house?password=geheim"
    async with an_api(tmp_path, store_url=url, broker_url="amqp://asha:geheim@127.0.0.1/") as api:
        answer = await api.client.get("/operator/settings")

    settings = {one["name"]: one for one in answer.json()["settings"]}
    assert "geheim" not in answer.text
    assert settings["PATHSHALA_STORE_URL"]["value"] == "mongodb://(hidden)@127.0.0.1:1/house?(hidden)"
    assert not settings["PATHSHALA_STORE_URL"]["is_default"]
    assert settings["PATHSHALA_TASK_TTL_SECONDS"]["value"] == "3600.0"
    assert settings["PATHSHALA_TASK_TTL_SECONDS"]["is_default"]


async def test_a_house_without_a_file_keeps_no_letters_that_anybody_else_could_see(tmp_path: Path) -> None:
    async with an_api(tmp_path, store_url="mongodb://127.0.0.1:1/house") as api:
        assert isinstance(api.broker, MemoryBroker)
        problem(await api.client.get(LETTERS), 409, "dead_letters_not_kept")
        queues = (await read(api, "/operator/queues"))["queues"]
        assert {queue["dead"] for queue in queues} == {None}


async def test_a_broker_that_is_away_is_a_problem_and_not_a_fault(tmp_path: Path) -> None:
    async with an_api(tmp_path, broker_url="amqp://127.0.0.1:1/") as api:
        problem(await api.client.get(LETTERS), 503, "broker_unavailable")
