"""A part of a version is ordered anew: a task like others, which begins with the version and the wish."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pathshala_common.contract.access_key import Role
from pathshala_common.contract.events import LessonGenerated, RewriteRequested
from pathshala_common.contract.lesson import Derivation, HowMade, LessonPart, LessonQuestion, QuestionForm
from services.api.tests.given import CONTENT, Api, problem
from services.api.tests.keyed import a_key, a_keyed_api, bearer

ASKED = LessonQuestion(form=QuestionForm.OPEN, text="What is a verb?", answer="A word.")
QUESTIONED = CONTENT.model_copy(update={"questions": (ASKED,)})


VERBS = {"subject": "English", "topic": "Verbs", "language": "en", "level": "middle"}
FIRST = {"If-Match": '"1.0"'}


async def order(
    api: Api, key: str | None = None, headers: Mapping[str, str] = FIRST, chosen: Mapping[str, str] = {}, **more: Any
) -> httpx2.Response:
    body = {"user_id": "tara", "part": "activity", "wish": "a shorter activity"} | more
    keyed = {**headers} | ({"Idempotency-Key": key} if key else {})
    return await api.client.post("/lessons/rewrites", params={**VERBS, **chosen}, json=body, headers=keyed)


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


async def test_a_version_that_comes_while_the_part_is_written_stays_and_none_is_lost(api: Api) -> None:
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


async def test_of_a_version_that_is_not_the_newest_no_part_is_ordered_and_the_answer_says_what_changed(
    api: Api,
) -> None:
    await api.a_lesson("english", "verbs")
    await api.a_lesson("english", "verbs", CONTENT.model_copy(update={"title": "In between"}))

    said = problem(await order(api), 412, "version_changed")

    assert (said["version"], said["made_by"], said["task_id"]) == ("1.1", "asha", None)
    assert [(one["field"], one["after"]) for one in said["changes"]] == [("title", "In between")]
    assert (await api.client.get("/lessons/tasks")).json()["total_tasks"] == 2
    assert (await order(api, headers={"If-Match": '"1.1"'})).status_code == 202


async def test_the_etag_of_what_was_read_names_the_version_and_so_does_the_query_as_much_as_it_names(api: Api) -> None:
    await api.a_lesson("english", "verbs")
    tag = (await api.client.get("/lessons/english/verbs")).headers["etag"]
    body = {"user_id": "tara", "part": "activity", "wish": "a shorter activity"}

    answer = await api.client.post(
        "/lessons/rewrites?subject=english&topic=verbs", json=body, headers={"If-Match": tag}
    )

    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
async def test_an_order_that_names_no_version_is_refused(api: Api, headers: dict[str, str]) -> None:
    await api.a_lesson("english", "verbs")

    problem(await order(api, headers=headers), 428, "if_match_required")


async def test_a_key_gives_its_task_again_though_a_newer_version_came_of_it(api: Api) -> None:
    await api.a_lesson("english", "verbs")
    first = await ordered(api, "a-key")
    request = await api.request(first)
    await api.record(LessonGenerated(task_id=first, request=request, content=CONTENT))

    assert await ordered(api, "a-key") == first
    problem(await order(api, "another-key"), 412, "version_changed")


async def test_with_keys_teachers_order_in_their_own_name(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path) as api:
        user, teacher = await a_key(api.store, api), await a_key(api.store, api, "tara", Role.TEACHER)
        of_asha = {"subject": "english", "topic": "verbs", "user_id": "asha"}
        made = await api.client.post("/lessons", json=of_asha, headers=bearer(user))
        await api.complete(made.json()["task_id"], CONTENT)

        problem(await order(api, headers=FIRST | bearer(user), user_id="asha"), 403, "role_required")
        problem(await order(api, headers=FIRST | bearer(teacher), user_id="asha"), 403, "wrong_user")
        answer = await order(api, headers=FIRST | bearer(teacher), user_id=None)
        assert (await api.request(answer.json()["task_id"])).user_id == "tara"


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
        ({"chosen": {"topic": "Nouns"}}, 404, "lesson_not_found"),
        ({"chosen": {"language": "hi"}}, 404, "edition_not_found"),
        ({"headers": {"If-Match": '"1.7"'}}, 412, "version_changed"),
        ({"headers": {"If-Match": '"seven"'}}, 412, "version_changed"),
        ({"user_id": None}, 400, "invalid_request"),
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
