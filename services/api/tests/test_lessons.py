"""Reading lessons: the newest, older versions, and the list of them."""

import asyncio

from pathshala_common.contract.lesson import LessonQuestion, QuestionForm
from services.api.tests.given import CONTENT, Api, problem

LESSON_FIELDS = {*type(CONTENT).model_fields, "version", "subject", "topic", "task_id", "created_at", "stored"}

REVIEWED = {"how", "made_by", "made_of", "note", "approved", "rating", "found", "overruled"}
"""What a list says of how a version was made, and of what is thought of it."""


async def test_a_lesson_has_its_fields_and_its_version_at_the_top(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs")
    completed = await api.status(task_id)

    answer = await api.client.get("/lessons/english/verbs")

    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == LESSON_FIELDS
    assert {name: body[name] for name in completed["lesson_data"]} == completed["lesson_data"]
    assert body["version"] == "1.0"
    assert (body["subject"], body["topic"], body["task_id"]) == ("english", "verbs", task_id)
    assert body["created_at"] == completed["completed_at"]


async def test_an_unknown_lesson_is_a_404_that_says_what_to_do(api: Api) -> None:
    await api.ask("english", "verbs")

    body = problem(await api.client.get("/lessons/english/verbs"), 404, "lesson_not_found")

    assert "POST /lessons" in body["detail"]
    assert "english" not in body["detail"]


async def test_every_generation_makes_a_new_version_and_old_ones_stay(api: Api) -> None:
    for number in range(11):
        await api.a_lesson("english", "verbs", CONTENT.model_copy(update={"title": f"Take {number}"}))

    newest = (await api.client.get("/lessons/english/verbs")).json()
    first = (await api.client.get("/lessons/english/verbs?version=1.0")).json()
    tenth = (await api.client.get("/lessons/english/verbs?version=1.9")).json()

    assert (newest["version"], newest["title"]) == ("1.10", "Take 10")
    assert (first["version"], first["title"]) == ("1.0", "Take 0")
    assert (tenth["version"], tenth["title"]) == ("1.9", "Take 9")


async def test_two_at_once_get_two_versions(api: Api) -> None:
    task_ids = [await api.ask() for _ in range(8)]

    await asyncio.gather(*(api.complete(task_id) for task_id in task_ids))

    versions = [(await api.status(task_id))["lesson_data"]["version"] for task_id in task_ids]
    assert sorted(versions) == [f"1.{minor}" for minor in range(8)]


async def test_each_lesson_counts_for_itself(api: Api) -> None:
    await api.a_lesson("english", "verbs")
    await api.a_lesson("english", "nouns")

    assert (await api.client.get("/lessons/english/nouns")).json()["version"] == "1.0"


async def test_a_version_that_is_not_there_is_a_404(api: Api) -> None:
    await api.a_lesson("english", "verbs")

    for version in ("1.1", "1.999999999"):
        answer = await api.client.get("/lessons/english/verbs", params={"version": version})
        assert "/lessons/versions" in problem(answer, 404, "version_not_found")["detail"]


async def test_a_version_that_is_none_is_a_400(api: Api) -> None:
    await api.a_lesson("english", "verbs")

    for version in ("", "1", "2.0", "1.00", "1.-1", "1.x", "1.0 ", "1.9999999999", "-1"):
        problem(await api.client.get("/lessons/english/verbs", params={"version": version}), 400, "invalid_version")


async def test_the_versions_of_a_lesson_are_listed_newest_first(api: Api) -> None:
    tasks = [await api.a_lesson("English", "Verbs") for _ in range(3)]

    body = (await api.client.get("/lessons/versions", params={"subject": "english", "topic": " VERBS "})).json()

    assert (body["subject"], body["topic"]) == ("English", "Verbs")
    assert [entry["version"] for entry in body["versions"]] == ["1.2", "1.1", "1.0"]
    assert [entry["task_id"] for entry in body["versions"]] == tasks[::-1]
    assert body["next_before"] is None
    for entry in body["versions"]:
        assert entry.keys() == {"version", "language", "level", "title", "created_at", "task_id", "url"} | REVIEWED
        assert (await api.client.get(entry["url"])).json()["task_id"] == entry["task_id"]


async def test_the_list_of_versions_has_pages(api: Api) -> None:
    for _ in range(5):
        await api.a_lesson("english", "verbs")
    asked = {"subject": "english", "topic": "verbs", "limit": "2"}

    pages: list[list[str]] = []
    before = None
    while before is not None or not pages:
        body = (await api.client.get("/lessons/versions", params=asked | ({"before": before} if before else {}))).json()
        pages.append([entry["version"] for entry in body["versions"]])
        before = body["next_before"]

    assert pages == [["1.4", "1.3"], ["1.2", "1.1"], ["1.0"]]


async def test_versions_of_an_unknown_lesson_are_a_404(api: Api) -> None:
    answer = await api.client.get("/lessons/versions", params={"subject": "english", "topic": "verbs"})

    assert "POST /lessons" in problem(answer, 404, "lesson_not_found")["detail"]


async def test_a_bad_question_about_versions_is_a_400(api: Api) -> None:
    known = {"subject": "english", "topic": "verbs"}
    for wrong in ({"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"topic": " "}, {"subject": "status"}):
        problem(await api.client.get("/lessons/versions", params=known | wrong), 400, "invalid_request")
    problem(await api.client.get("/lessons/versions", params=known | {"before": "2"}), 400, "invalid_version")
    problem(await api.client.get("/lessons/versions"), 400, "invalid_request")


ASKED = LessonQuestion(form=QuestionForm.CHOICE, text="Which?", options=("a", "b"), answer="b", proven_by=(1,))


async def test_answers_stand_on_the_teacher_s_view_and_never_on_a_pupil_s(api: Api) -> None:
    await api.a_lesson("english", "verbs", CONTENT.model_copy(update={"questions": (ASKED,)}))

    teacher, named, pupil = [
        (await api.client.get(f"/lessons/english/verbs{view}")).json() for view in ("", "?view=teacher", "?view=pupil")
    ]

    assert teacher == named
    assert teacher["questions"] == [ASKED.model_dump(mode="json")]
    assert pupil["questions"] == [{"form": "choice", "text": "Which?", "options": ["a", "b"]}]
    assert pupil | {"questions": teacher["questions"]} == teacher


async def test_a_view_that_there_is_not_is_refused(api: Api) -> None:
    await api.a_lesson("english", "verbs")

    problem(await api.client.get("/lessons/english/verbs?view=parent"), 400, "invalid_request")
