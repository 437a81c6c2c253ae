"""Names in paths: any Unicode, any sign, and never the wrong route."""

from urllib.parse import quote

import pytest

from services.api.tests.given import Api, problem, raw_exchange

pytestmark = pytest.mark.asyncio(loop_scope="module")

END = b"Connection: close\r\n\r\n"
TOPICS = [
    "क्रिया और विशेषण",
    "פעלים באנגלית",
    "الأفعال",
    "👩🏽‍🏫 verbs 🎉",
    "e\u0301te\u0301",
    "AC/DC",
    "/leading and trailing/",
    "a//b",
    "a/../b",
    "a/./b",
    "...",
    "what?",
    "C#",
    "100%",
    "%2F",
    "%252e%252e",
    "a+b & c=d; e",
    "back\\slash",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "$where",
    "{subject}",
    "versions",
    "status",
    "tasks",
]


@pytest.mark.parametrize("topic", TOPICS)
async def test_a_topic_of_any_signs_leads_to_its_lesson_and_back(shared_api: Api, topic: str) -> None:
    task_id = await shared_api.a_lesson("science", topic)

    body = await shared_api.status(task_id)
    answer = await shared_api.client.get(body["lesson_url"])

    assert answer.status_code == 200
    assert answer.json()["topic"] == body["topic"] == topic
    assert answer.json()["task_id"] == task_id


@pytest.mark.parametrize("subject", ["हिन्दी", "עברית", "🧪", "C#", "what?", "100%", "versions", "health", "a b"])
async def test_a_subject_of_any_signs_leads_to_its_lesson(shared_api: Api, subject: str) -> None:
    task_id = await shared_api.a_lesson(subject, "verbs")

    answer = await shared_api.client.get(f"/lessons/{quote(subject, safe='')}/verbs")

    assert answer.json()["task_id"] == task_id
    assert answer.json()["subject"] == subject


@pytest.mark.parametrize("path", ["AC/DC", "AC%2FDC", "ac%2fdc", "Ac/dC"])
async def test_a_slash_in_a_topic_may_be_encoded_or_not(shared_api: Api, path: str) -> None:
    task_id = await shared_api.a_lesson("music", "AC/DC")

    assert (await shared_api.client.get(f"/lessons/music/{path}")).json()["task_id"] == task_id


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        ("english", "the verb"),
        ("ENGLISH", "THE VERB"),
        (" English ", "The \u00a0\u2003 Verb "),
        ("eNGLISH", "The%20%20Verb"),
    ],
)
async def test_look_up_ignores_case_and_runs_of_blanks(shared_api: Api, subject: str, topic: str) -> None:
    await shared_api.a_lesson("English", "The   Verb")

    answer = await shared_api.client.get(f"/lessons/{quote(subject)}/{quote(topic, safe='%')}")

    assert (answer.json()["subject"], answer.json()["topic"]) == ("English", "The   Verb")


@pytest.mark.parametrize(
    ("asked", "looked_up"),
    [("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("\u00e9t\u00e9", "e\u0301te\u0301"), ("क\u093c", "\u0958")],
)
async def test_look_up_knows_letters_beyond_ascii(shared_api: Api, asked: str, looked_up: str) -> None:
    task_id = await shared_api.a_lesson("languages", asked)

    assert (await shared_api.client.get(f"/lessons/languages/{quote(looked_up)}")).json()["task_id"] == task_id


async def test_names_that_differ_only_in_case_are_one_lesson(shared_api: Api) -> None:
    await shared_api.a_lesson("Grammar", "Verbs")
    await shared_api.a_lesson("grammar", "VERBS")

    newest = (await shared_api.client.get("/lessons/grammar/verbs")).json()

    assert newest["version"] == "1.1"
    assert newest["topic"] == "VERBS"


@pytest.mark.parametrize("path", ["status/", "status/x/y", "tasks/", "tasks/verbs", "status/x/", "tasks/a/b"])
async def test_what_lies_below_a_reserved_word_is_nothing(shared_api: Api, path: str) -> None:
    problem(await shared_api.client.get(f"/lessons/{path}"), 404, "not_found")


@pytest.mark.parametrize("subject", ["STATUS", "Tasks", "%20status"])
async def test_a_reserved_word_in_another_case_is_refused_with_the_reason(shared_api: Api, subject: str) -> None:
    body = problem(await shared_api.client.get(f"/lessons/{subject}/verbs"), 400, "invalid_request")

    assert "this API's own paths" in body["detail"]


@pytest.mark.parametrize("path", ["english/", "english/%20", "english/%00", "%00/verbs", "english/" + "x" * 201])
async def test_a_path_that_can_be_no_lesson_is_refused(shared_api: Api, path: str) -> None:
    problem(await shared_api.client.get(f"/lessons/{path}"), 400, "invalid_request")


@pytest.mark.parametrize("path", ["english/%FF", "english/%ED%A0%80", "english/%"])
async def test_broken_percent_encoding_leads_to_no_lesson(shared_api: Api, path: str) -> None:
    answer = await raw_exchange(shared_api.address, [f"GET /lessons/{path} HTTP/1.1\r\n".encode(), b"Host: x\r\n", END])

    assert b"lesson_not_found" in answer


@pytest.mark.parametrize("path", ["english/.", "english/..", "english/%2E%2E", "../verbs", "%2e/verbs"])
async def test_dots_that_arrive_unresolved_lead_nowhere_else(shared_api: Api, path: str) -> None:
    answer = await raw_exchange(shared_api.address, [f"GET /lessons/{path} HTTP/1.1\r\n".encode(), b"Host: x\r\n", END])

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"no URL could lead to it" in answer


@pytest.mark.parametrize("path", ["/lessons/english", "/lessons//verbs", "/lessons/", "/Lessons/tasks", "/nothing"])
async def test_a_path_that_is_none_is_a_404(shared_api: Api, path: str) -> None:
    assert "/docs" in problem(await shared_api.client.get(path), 404, "not_found")["detail"]
