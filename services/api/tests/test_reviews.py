"""Reviews: a version is approved or a draft, and rated; the newest approved one is found."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pathshala_api.paper.stamp import stamps_in
from pathshala_api.reviews import Reviews
from pathshala_common.contract.access_key import Role
from pathshala_common.contract.lesson import edition_key, edition_log
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import CONTENT, Api, problem
from services.api.tests.keyed import a_key, a_keyed_api, bearer

VERBS = {"subject": "english", "topic": "verbs"}
LOG = edition_log(edition_key("english", "verbs"))


async def approve(api: Api, version: str, *, approved: bool = True, **more: Any) -> httpx2.Response:
    body = {"user_id": "tara", "approved": approved} | more
    return await api.client.put("/lessons/approval", params=VERBS | {"version": version}, json=body)


async def rate(api: Api, version: str, stars: int, user_id: str = "asha", reason: str = "Clear.") -> httpx2.Response:
    body = {"user_id": user_id, "stars": stars, "reason": reason}
    return await api.client.put("/lessons/rating", params=VERBS | {"version": version}, json=body)


async def listed(api: Api) -> list[dict[str, Any]]:
    versions: list[dict[str, Any]] = (await api.client.get("/lessons/versions", params=VERBS)).json()["versions"]
    return versions


async def newest_approved(api: Api, **chosen: str) -> httpx2.Response:
    return await api.client.get("/lessons/english/verbs", params={"approved": "true"} | chosen)


@pytest.fixture
async def lessons(api: Api) -> Api:
    """An API with three versions of a lesson on verbs."""
    for number in range(3):
        await api.a_lesson("english", "verbs", CONTENT.model_copy(update={"title": f"Verbs {number}"}))
    return api


async def test_the_newest_approved_version_is_found_until_its_approval_is_withdrawn(lessons: Api) -> None:
    said = problem(await newest_approved(lessons), 404, "nothing_approved")
    assert "PUT /lessons/approval" in said["detail"]

    answer = await approve(lessons, "1.1", note="Read with class 6.")
    assert answer.status_code == 200, answer.text
    approval = answer.json()["approved"]
    assert (approval["by"], approval["note"]) == ("tara", "Read with class 6.")
    await approve(lessons, "1.0")
    assert (await newest_approved(lessons)).json()["version"] == "1.1"
    assert (await lessons.client.get("/lessons/english/verbs")).json()["version"] == "1.2"
    assert (await newest_approved(lessons, version="1.0")).json()["version"] == "1.0"
    problem(await newest_approved(lessons, version="1.2"), 404, "nothing_approved")
    assert [one["approved"] and one["approved"]["by"] for one in await listed(lessons)] == [None, "tara", "tara"]

    await approve(lessons, "1.1", approved=False)
    assert (await newest_approved(lessons)).json()["version"] == "1.0"
    await approve(lessons, "1.0", approved=False)
    problem(await newest_approved(lessons), 404, "nothing_approved")


async def test_what_is_so_already_is_not_logged_again(lessons: Api) -> None:
    for approved in (True, True, False, False):
        await approve(lessons, "1.0", approved=approved)
    for _ in range(2):
        await rate(lessons, "1.0", 4)

    assert [one.type for one in await lessons.store.events(LOG)] == [
        "LessonApproved",
        "ApprovalWithdrawn",
        "LessonRated",
    ]


async def test_of_a_user_s_ratings_the_newest_counts(lessons: Api) -> None:
    await rate(lessons, "1.0", 1, "ravi", "Too long.")
    await rate(lessons, "1.0", 5)
    said = (await rate(lessons, "1.0", 4, "ravi", "I read it again.")).json()

    assert said == {"version": "1.0", "approved": None, "rating": {"stars": 4.5, "count": 2}}
    told = (await lessons.client.get("/lessons/ratings", params=VERBS | {"version": "1.0"})).json()
    assert [(one["user_id"], one["stars"], one["reason"]) for one in told["ratings"]] == [
        ("ravi", 4, "I read it again."),
        ("asha", 5, "Clear."),
    ]
    assert [one["rating"] for one in await listed(lessons)] == [
        {"stars": None, "count": 0},
        {"stars": None, "count": 0},
        {"stars": 4.5, "count": 2},
    ]


async def test_nobody_changes_a_rating_without_end(lessons: Api) -> None:
    answers = [await rate(lessons, "1.0", 1 + number % 5) for number in range(21)]

    assert {answer.status_code for answer in answers[:20]} == {200}
    problem(answers[20], 409, "too_many_ratings")
    assert (await rate(lessons, "1.1", 3)).status_code == 200


async def test_of_many_who_review_at_once_each_is_heard(lessons: Api) -> None:
    answers = await asyncio.gather(
        *(rate(lessons, "1.0", 1 + number % 5, f"user {number}") for number in range(20)),
        *(approve(lessons, version) for version in ("1.0", "1.1", "1.2")),
    )

    assert {answer.status_code for answer in answers} == {200}
    assert [one["rating"]["count"] for one in await listed(lessons)] == [0, 0, 20]
    assert (await newest_approved(lessons)).json()["version"] == "1.2"
    logged = await lessons.store.logged(LOG, after=0, limit=100)
    assert [one.position for one in logged] == list(range(1, 24))


async def test_another_replica_says_the_same_at_once_and_after_all_tasks_are_forgotten(lessons: Api) -> None:
    await rate(lessons, "1.0", 4)
    await approve(lessons, "1.0")
    assert isinstance(lessons.store, SQLiteStore)
    later = lessons.clock.now() + timedelta(days=400)
    await lessons.store.delete_finished(later, limit=100)
    await lessons.store.cut_logs(later, limit=100)

    other = Reviews(lessons.store, None, lessons.clock)  # type: ignore[arg-type]  # it only reads
    said = (await other.of(edition_key("english", "verbs"))).of(1)

    assert (said.stars, said.approval and said.approval.user_id) == (4.0, "tara")
    assert (await newest_approved(lessons)).json()["title"] == "Verbs 0"


async def test_a_list_of_approved_editions_shows_the_newest_approved_version_of_each(lessons: Api) -> None:
    for topic in ("nouns", "adverbs", "rain"):
        await lessons.a_lesson("english", topic)
    await approve(lessons, "1.1")
    body = {"user_id": "tara", "approved": True}
    params = {"subject": "english", "topic": "nouns", "version": "1.0"}
    await lessons.client.put("/lessons/approval", params=params, json=body)

    whole = (await lessons.client.get("/lessons?approved=true")).json()
    assert [(one["topic"], one["version"]) for one in whole["editions"]] == [("nouns", "1.0"), ("verbs", "1.1")]
    assert whole["next_cursor"] is None
    first = (await lessons.client.get("/lessons?approved=true&limit=1")).json()
    assert [one["topic"] for one in first["editions"]] == ["nouns"]
    cursor = {"approved": "true", "limit": "1", "cursor": first["next_cursor"]}
    assert [one["topic"] for one in (await lessons.client.get("/lessons", params=cursor)).json()["editions"]] == [
        "verbs"
    ]


async def test_there_is_nothing_to_review_where_there_is_no_version(lessons: Api) -> None:
    problem(await approve(lessons, "1.9"), 404, "version_not_found")
    problem(await rate(lessons, "x", 3), 400, "invalid_version")
    for stars, reason in ((0, "Bad."), (6, "Good."), (3, " ")):
        problem(await rate(lessons, "1.0", stars, reason=reason), 400, "invalid_request")


async def test_with_keys_users_rate_in_their_own_name_and_teachers_approve(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path) as api:
        user, teacher = await a_key(api.store, api), await a_key(api.store, api, "tara", Role.TEACHER)
        order = {"subject": "english", "topic": "verbs", "user_id": "asha"}
        task_id = (await api.client.post("/lessons", json=order, headers=bearer(user))).json()["task_id"]
        await api.complete(task_id)
        params, rating = VERBS | {"version": "1.0"}, {"stars": 5, "reason": "Clear."}

        async def put(path: str, key: str, body: dict[str, Any]) -> httpx2.Response:
            return await api.client.put(f"/lessons/{path}", params=params, json=body, headers=bearer(key))

        problem(await put("approval", user, {"approved": True}), 403, "role_required")
        problem(await put("rating", user, rating | {"user_id": "ravi"}), 403, "wrong_user")
        assert (await put("rating", user, rating)).json()["rating"] == {"stars": 5.0, "count": 1}
        assert (await put("approval", teacher, {"approved": True})).json()["approved"]["by"] == "tara"


async def test_a_pack_of_approved_versions_is_whole_or_names_the_lessons_that_have_none(lessons: Api) -> None:
    await lessons.a_lesson("english", "nouns", CONTENT)
    order = {"approved": True, "format": "gift", "lessons": [VERBS, {"subject": "english", "topic": "nouns"}]}
    await approve(lessons, "1.1")

    said = problem(await lessons.client.post("/lessons/pack", json=order), 404, "nothing_approved")
    pack = await lessons.client.post("/lessons/pack", json=order | {"lessons": [VERBS]})

    assert [one["field"] for one in said["errors"]] == ["lessons.1"]
    [stamp] = stamps_in(pack.text)
    assert "version=1.1" in stamp.address
