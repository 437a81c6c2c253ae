"""The examples of the description are as their schemas say; those of problems are answers that the API really gives."""

from datetime import timedelta
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from pathshala_api.examples import EXAMPLES
from pathshala_api.problem_descriptions import example
from services.api.tests.documents import operations, parts
from services.api.tests.given import Api, an_order


def check(document: dict[str, Any], schema: dict[str, Any], body: object) -> None:
    """Fail if a body is not as a schema of the document says."""
    within = {**schema, "components": document["components"]}
    jsonschema_rs.Draft202012Validator(within, validate_formats=True).validate(body)


def named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_a_body_is_as_its_schema_says(name: str, document: dict[str, Any]) -> None:
    check(document, named(name), EXAMPLES[name])


def test_every_example_within_an_operation_is_as_its_schema_says(document: dict[str, Any]) -> None:
    checked = 0
    for _, _, operation in operations(document):
        for described in (part for part in parts(operation) if "examples" in part and "schema" in part):
            for shown in described["examples"].values():
                check(document, described["schema"], shown["value"])
                checked += 1
    assert checked > 20


@pytest.mark.asyncio(loop_scope="module")
async def test_real_answers_are_as_their_schemas_say(shared_api: Api, document: dict[str, Any]) -> None:
    done, failed = (
        await shared_api.a_lesson("physics", "light", callback_url="https://school.example/hook"),
        await shared_api.ask(),
    )
    await shared_api.fail(failed)
    for name, path in {
        "TaskStatus": f"/lessons/status/{done}",
        "LessonVersion": "/lessons/physics/light",
        "PupilVersion": "/lessons/physics/light?view=pupil",
        "VersionList": "/lessons/versions?subject=physics&topic=light",
        "EditionList": "/lessons",
        "TaskList": "/lessons/tasks",
        "Readiness": "/health/ready",
        "Liveness": "/health/live",
    }.items():
        check(document, named(name), (await shared_api.client.get(path)).json())
    check(document, named("TaskStatus"), (await shared_api.client.get(f"/lessons/status/{failed}")).json())
    for event in (await shared_api.client.get(f"/lessons/status/{done}/events")).json():
        check(document, named("TaskEvent"), event)
    accepted = await shared_api.client.post("/lessons", json=an_order(colour="red"))
    check(document, named("Accepted"), accepted.json())
    order = {"user_id": "asha", "lessons": [{"subject": "english", "topic": "rain"}, {"subject": "a/b", "topic": 1}]}
    made = await shared_api.client.post("/class-sets", json=order)
    check(document, named("ClassSetAccepted"), made.json())
    check(document, named("ClassSetStatus"), (await shared_api.client.get(made.json()["set_url"])).json())
    check(document, named("ClassSetList"), (await shared_api.client.get("/class-sets")).json())


async def test_the_examples_of_problems_are_what_the_api_answers(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs")
    key = {"Idempotency-Key": "k"}
    await api.client.post("/lessons", json=an_order(), headers=key)
    lesson = "/lessons/english/verbs"

    async def asked(method: str, path: str, **more: Any) -> httpx2.Response:
        return await api.client.request(method, path, **more)

    answers = [
        await asked("POST", "/lessons", json={"subject": "english", "user_id": "asha"}),
        await asked("POST", "/lessons", json=an_order(topic="nouns"), headers=key),
        await asked("POST", "/lessons", content=b"x" * 70_000),
        await asked("GET", f"{lesson}?version=x"),
        await asked("GET", f"{lesson}?language=hi"),
        await asked("GET", f"{lesson}?version=1.9"),
        await asked("GET", "/lessons/english/unwritten"),
        await asked("GET", "/lessons?cursor=x"),
        await asked("GET", "/lessons/status/x"),
        await asked("GET", "/nothing"),
        await asked("PUT", "/lessons"),
        await asked("GET", f"/{'x' * 9_000}"),
        await asked("GET", "/nothing", headers={f"x-{n}": "y" for n in range(101)}),
    ]
    api.clock.ahead = timedelta(hours=2)
    answers.append(await asked("GET", f"/lessons/status/{task_id}"))

    bodies = [answer.json() for answer in answers]
    assert bodies == [example(body["code"]) for body in bodies]
    assert len({body["code"] for body in bodies}) == len(bodies)
