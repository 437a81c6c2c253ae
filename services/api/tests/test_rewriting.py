"""A part of a version is ordered anew: a task like others, which begins with the version and the wish."""

from typing import Any

import httpx2
import pytest

from pathshala_common.contract.events import LessonGenerated, RewriteRequested
from pathshala_common.contract.lesson import Derivation, HowMade, LessonPart, LessonQuestion, QuestionForm
from services.api.tests.given import CONTENT, Api, problem

ASKED = LessonQuestion(form=QuestionForm.OPEN, text="What is a verb?", answer="A word.")
QUESTIONED = CONTENT.model_copy(update={"questions": (ASKED,)})


def an_order(**more: Any) -> dict[str, Any]:
    order = {"subject": "English", "topic": "Verbs", "language": "en", "level": "middle", "version": "1.0"}
    return order | {"user_id": "tara", "part": "activity", "wish": "a shorter activity"} | more


async def order(api: Api, key: str | None = None, **more: Any) -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.client.post("/lessons/rewrites", json=an_order(**more), headers=headers)


async def ordered(api: Api, key: str | None = None, **more: Any) -> str:
    answer = await order(api, key, **more)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


async def begun(api: Api, task_id: str) -> list[RewriteRequested]:
    return [one.event for one in await api.store.events(task_id) if isinstance(one.event, RewriteRequested)]


async def test_a_part_is_ordered_by_a_task_like_others(api: Api) -> None:
    await api.a_lesson("english", "verbs")

    answer = await order(api)

    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == body["poll_url"] == f"/lessons/status/{body['task_id']}"
    assert body["message"] == "Rewriting of the activity of version 1.0 started for english/verbs"
    request = await api.request(body["task_id"])
    assert request.derivation == Derivation(
        how=HowMade.REWRITTEN, revision=1, note="a shorter activity", part=LessonPart.ACTIVITY
    )
    assert (request.user_id, request.subject) == ("tara", "english")
    assert (await api.status(body["task_id"]))["status"] == "pending"


async def test_the_new_version_says_who_had_which_part_of_which_version_written_and_how(api: Api) -> None:
    await api.a_lesson("english", "verbs")
    task_id = await ordered(api)
    request = await api.request(task_id)

    shorter = CONTENT.model_copy(update={"activity": "Find a verb."})
    await api.record(LessonGenerated(task_id=task_id, request=request, content=shorter))

    kept = await api.store.lesson(request.edition)
    assert kept is not None
    assert (kept.version, kept.made_by, kept.how_made) == ("1.1", "tara", HowMade.REWRITTEN)
    assert kept.derivation == request.derivation
    assert kept.content.model_dump_json(exclude={"activity"}) == CONTENT.model_dump_json(exclude={"activity"})
    before = await api.store.lesson(request.edition, 1)
    assert before is not None
    assert before.content == CONTENT


async def test_a_version_that_is_not_the_newest_may_be_taken_and_none_is_lost(api: Api) -> None:
    await api.a_lesson("english", "verbs")
    task_id = await ordered(api)
    await api.a_lesson("english", "verbs", CONTENT.model_copy(update={"title": "In between"}))

    request = await api.request(task_id)
    await api.record(LessonGenerated(task_id=task_id, request=request, content=CONTENT))

    kept = [await api.store.lesson(request.edition, revision) for revision in (1, 2, 3)]
    assert [one.content.title for one in kept if one] == [CONTENT.title, "In between", CONTENT.title]
    assert kept[2] is not None
    assert kept[2].derivation is not None
    assert kept[2].derivation.revision == 1


async def test_the_same_key_gives_the_same_task_and_another_wish_does_not(api: Api) -> None:
    await api.a_lesson("english", "verbs")

    first = await ordered(api, "a-key")

    assert await ordered(api, "a-key") == first
    problem(await order(api, "a-key", wish="a longer one"), 409, "idempotency_key_reused")
    assert await ordered(api) != first


async def test_a_cancelled_order_begins_with_the_version_and_a_retry_does_too(api: Api) -> None:
    await api.a_lesson("english", "verbs")
    task_id = await ordered(api)

    answer = await api.client.delete(f"/lessons/status/{task_id}")
    assert answer.json()["error_code"] == "cancelled"
    assert [one.type for one in await api.store.events(task_id)] == ["RewriteRequested", "LessonCancelled"]
    [event] = await begun(api, task_id)
    assert event.content == CONTENT

    again = await api.client.post(f"/lessons/status/{task_id}/retry")
    request = await api.request(again.json()["task_id"])
    assert request.derivation == event.request.derivation
    assert request.retry_of == task_id


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"topic": "Nouns"}, 404, "lesson_not_found"),
        ({"language": "hi"}, 404, "edition_not_found"),
        ({"version": "1.7"}, 404, "version_not_found"),
        ({"version": "seven"}, 400, "invalid_version"),
        ({"part": "everything"}, 400, "invalid_request"),
        ({"wish": " "}, 400, "invalid_request"),
        ({"wish": "x" * 201}, 400, "invalid_request"),
        ({"wish": "one\u0007two"}, 400, "invalid_request"),
        ({"part": "questions", "question": 2}, 400, "invalid_request"),
        ({"part": "activity", "question": 1}, 400, "invalid_request"),
        ({"callback_url": "http://school.example/hook"}, 400, "invalid_request"),
    ],
)
async def test_what_cannot_be_meant_is_refused(api: Api, more: dict[str, Any], status: int, code: str) -> None:
    await api.a_lesson("english", "verbs", QUESTIONED)

    problem(await order(api, **more), status, code)

    assert (await api.client.get("/lessons/tasks")).json()["total_tasks"] == 1


async def test_one_of_the_questions_may_be_meant(api: Api) -> None:
    await api.a_lesson("english", "verbs", QUESTIONED)

    task_id = await ordered(api, part="questions", question=1, wish="an easier one")

    derivation = (await api.request(task_id)).derivation
    assert derivation is not None
    assert (derivation.part, derivation.number) == (LessonPart.QUESTIONS, 1)


async def test_fields_that_are_not_known_are_named(api: Api) -> None:
    await api.a_lesson("english", "verbs")

    answer = await order(api, tone="funny")

    assert answer.json()["warnings"] == ["'tone' is no field of an order: ignored"]
