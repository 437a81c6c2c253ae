"""POST /lessons, when all is well."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from pathshala_common.contract.lesson import Status
from services.api.tests.given import Api, an_order


async def test_a_request_is_accepted_with_the_seeds_five_fields_and_no_others(api: Api) -> None:
    answer = await api.client.post("/lessons", json=an_order(include_wikipedia=True))

    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["task_id", "status", "message", "estimated_completion_time", "poll_url"]
    assert str(UUID(body["task_id"])) == body["task_id"]
    assert body["status"] == "pending"
    assert body["message"] == "Lesson generation started for english/verbs"
    assert body["estimated_completion_time"] == "30-60 seconds"
    assert body["poll_url"] == f"/lessons/status/{body['task_id']}"


async def test_the_answer_says_where_and_when_to_poll(api: Api) -> None:
    answer = await api.client.post("/lessons", json=an_order())

    assert answer.headers["location"] == answer.json()["poll_url"]
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    polled = await api.client.get(answer.headers["location"])
    assert polled.status_code == 200
    assert polled.json()["task_id"] == answer.json()["task_id"]


async def test_three_fields_are_enough_and_the_others_have_defaults(api: Api) -> None:
    request = await api.request(await api.ask("english", "verbs", "asha"))

    assert (request.subject, request.topic, request.user_id) == ("english", "verbs", "asha")
    assert request.include_wikipedia is True
    assert request.language == "en"
    assert request.level == "middle"
    assert request.deadline - request.requested_at == timedelta(seconds=api.settings.task_deadline_seconds)


async def test_what_is_asked_for_is_kept(api: Api) -> None:
    request = await api.request(await api.ask(include_wikipedia=False, language="hi", level="primary"))

    assert request.include_wikipedia is False
    assert request.language == "hi"
    assert request.level == "primary"


async def test_unknown_fields_are_named_in_warnings(api: Api) -> None:
    order = an_order(colour="red") | {"lan\x00guage\n": "hi", "deadline": "2026-01-01", "x" * 300: 1}

    answer = await api.client.post("/lessons", content=json.dumps(order), headers={"Content-Type": "application/json"})

    assert answer.status_code == 202
    assert answer.json()["warnings"] == [
        "'colour' is no field of an order: ignored",
        "'lan\ufffdguage\ufffd' is no field of an order: ignored",
        "'deadline' is no field of an order: ignored",
        f"'{'x' * 60}...' is no field of an order: ignored",
    ]


async def test_of_many_unknown_fields_a_few_are_named(api: Api) -> None:
    answer = await api.client.post("/lessons", json=an_order() | {f"field{n}": n for n in range(1_000)})

    assert len(answer.json()["warnings"]) == 11
    assert answer.json()["warnings"][-1] == "and 990 more"


async def test_unknown_fields_are_ignored(api: Api) -> None:
    order = an_order(status="completed", task_id="mine", nonsense={"deep": [1, None]}, lone="\ud800")
    answer = await api.client.post("/lessons", content=json.dumps(order), headers={"Content-Type": "application/json"})

    assert answer.status_code == 202
    assert answer.json()["task_id"] != "mine"
    task = await api.store.task(answer.json()["task_id"])
    assert task is not None
    assert task.status is Status.PENDING


async def test_names_are_trimmed_and_shown_as_they_were_asked_for(api: Api) -> None:
    answer = await api.client.post("/lessons", json=an_order("  English ", "\tThe  VERB\u2003", " Asha "))

    assert answer.json()["message"] == "Lesson generation started for English/The  VERB"
    request = await api.request(answer.json()["task_id"])
    assert (request.subject, request.topic, request.user_id) == ("English", "The  VERB", "Asha")


async def test_each_post_makes_a_task_of_its_own(api: Api) -> None:
    assert len({await api.ask() for _ in range(3)}) == 3


async def test_a_name_may_be_as_long_as_its_limit(api: Api) -> None:
    await api.ask("s" * 200, "ट" * 200, "😀" * 200)


async def test_of_a_field_given_twice_the_last_counts(api: Api) -> None:
    twice = b'{"subject": "a", "subject": "b", "topic": "t", "user_id": "u"}'
    answer = await api.client.post("/lessons", content=twice, headers={"Content-Type": "application/json"})

    assert answer.status_code == 202
    assert (await api.request(answer.json()["task_id"])).subject == "b"


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/ld+json"]
)
async def test_json_may_be_called_by_any_of_its_names(api: Api, content_type: str) -> None:
    body = '{"subject": "english", "topic": "क्रिया", "user_id": "u"}'.encode()
    answer = await api.client.post("/lessons", content=body, headers={"Content-Type": content_type})

    assert answer.status_code == 202
    assert (await api.request(answer.json()["task_id"])).topic == "क्रिया"
