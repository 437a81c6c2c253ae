"""GET /lessons/status/{task_id}, in each state that events bring a task to."""

import re
from datetime import timedelta
from typing import Any

from pathshala_common.contract.events import EnrichmentStarted, GenerationStarted, LessonEnriched, RetryScheduled
from pathshala_common.contract.lesson import Absence
from services.api.tests.given import CONTENT, UNGROUNDED, VERB, Api, problem

FIELDS = {
    "task_id",
    "change",
    "progress",
    "status",
    "progress_message",
    "created_at",
    "completed_at",
    "error_message",
    "lesson_data",
    "error_code",
    "warnings",
    "subject",
    "topic",
    "deadline",
    "lesson_url",
    "suggestion",
    "retry_of",
    "retried_as",
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ENDING = ("completed_at", "error_message", "error_code", "lesson_data", "lesson_url")


def assert_unfinished(body: dict[str, Any], status: str, progress_message: str) -> None:
    assert body.keys() == FIELDS
    assert body["status"] == status
    assert body["progress_message"] == progress_message
    assert [body[field] for field in ENDING] == [None] * len(ENDING)


async def test_a_new_task_is_pending(api: Api) -> None:
    task_id = await api.ask("English", "The  Verb")

    body = await api.status(task_id)

    assert_unfinished(body, "pending", "Waiting to be taken up")
    assert (body["task_id"], body["subject"], body["topic"]) == (task_id, "English", "The  Verb")
    assert MOMENT.fullmatch(body["created_at"])
    assert MOMENT.fullmatch(body["deadline"])
    assert body["created_at"] < body["deadline"]


async def test_its_progress_says_what_is_happening_now(api: Api) -> None:
    task_id = await api.ask()
    request = await api.request(task_id)

    await api.record(EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query="Verb"))
    assert_unfinished(await api.status(task_id), "in_progress", "Reading Wikipedia: Verb")

    await api.record(LessonEnriched(task_id=task_id, request=request, absence=Absence.UNAVAILABLE))
    assert "it could not be reached" in (await api.status(task_id))["progress_message"]

    await api.record(GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="openai", model="m"))
    waiting = RetryScheduled(
        task_id=task_id,
        service="generator",
        attempt=1,
        attempts_max=4,
        retry_at=api.clock.now(),
        delay_seconds=30,
        code="rate_limited",
        reason="the model is rate limited",
    )
    await api.record(waiting)
    assert_unfinished(await api.status(task_id), "in_progress", "Waiting 30 s: the model is rate limited")

    await api.record(GenerationStarted(task_id=task_id, attempt=2, attempts_max=4, writer="openai", model="m"))
    assert_unfinished(await api.status(task_id), "in_progress", "Writing, attempt 2 of 4")


async def test_a_completed_task_has_its_lesson(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs")

    body = await api.status(task_id)

    assert body.keys() == FIELDS
    assert body["status"] == "completed"
    assert body["progress_message"] == "Lesson generation completed successfully"
    assert body["error_message"] is body["error_code"] is None
    assert MOMENT.fullmatch(body["completed_at"])
    assert body["created_at"] <= body["completed_at"]
    assert body["lesson_data"] == CONTENT.model_dump(mode="json") | {"version": "1.0"}
    assert body["lesson_url"] == "/lessons/english/verbs?language=en&level=middle&version=1.0"


async def test_the_lesson_has_the_seeds_fields_and_what_its_licence_asks_for(api: Api) -> None:
    lesson = (await api.status(await api.a_lesson("english", "verbs")))["lesson_data"]

    for field in ("title", "shloka", "shloka_source", "translation", "explanation", "activity", "question"):
        assert isinstance(lesson[field], str)
        assert lesson[field]
    assert lesson["wikipedia_info"] == {
        "title": VERB.title,
        "summary": VERB.summary,
        "url": VERB.url,
        "related_articles": ["Adverb", "Value"],
        "thumbnail": VERB.thumbnail,
        "language": "en",
        "revision_id": 1234,
        "licence": "CC BY-SA 4.0",
        "source": "wikipedia",
        "read_at": None,
        "picture": None,
    }


async def test_a_lesson_without_wikipedia_says_so(api: Api) -> None:
    lesson = (await api.status(await api.a_lesson("english", "verbs", UNGROUNDED)))["lesson_data"]

    assert lesson["wikipedia_info"] is None
    assert lesson["quality"]["grounded"] is False
    assert lesson["quality"]["ungrounded_reason"] == "not_requested"
    assert lesson["quality"]["writer"] == "offline"


async def test_a_failed_generation_is_an_answer_and_not_an_error(api: Api) -> None:
    task_id = await api.ask()
    await api.fail(task_id, "content_refused", "The model refused to write about this topic.")

    body = await api.status(task_id)

    assert body.keys() == FIELDS
    assert body["status"] == "failed"
    assert body["error_message"] == "The model refused to write about this topic."
    assert body["error_code"] == "content_refused"
    assert MOMENT.fullmatch(body["completed_at"])
    assert body["lesson_data"] is body["lesson_url"] is None


async def test_nothing_leaves_a_final_state(api: Api) -> None:
    task_id = await api.ask()
    await api.fail(task_id)
    failed = await api.status(task_id)

    await api.record(GenerationStarted(task_id=task_id, attempt=2, attempts_max=4, writer="openai"))
    await api.complete(task_id)

    assert await api.status(task_id) == failed
    problem(await api.client.get("/lessons/english/verbs"), 404, "lesson_not_found")


async def test_times_are_utc_whatever_the_zone_of_the_machine(api: Api) -> None:
    before = api.clock.now()
    body = await api.status(await api.ask())

    assert body["created_at"][:-1] <= api.clock.now().isoformat(timespec="milliseconds")[:23]
    assert body["created_at"][:-1] >= (before - timedelta(milliseconds=1)).isoformat(timespec="milliseconds")[:23]


async def test_an_unknown_task_is_a_404_that_says_what_to_do(api: Api) -> None:
    for task_id in ("550e8400-e29b-41d4-a716-446655440000", "x", "%00", "%ED%A0%80", "t" * 3_000, "a%20b", "पाठ"):
        body = problem(await api.client.get(f"/lessons/status/{task_id}"), 404, "task_not_found")
        assert "POST /lessons" in body["detail"]


async def test_an_expired_task_says_so_and_where_its_lesson_is(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs 100%")
    await api.a_lesson("english", "verbs 100%")
    api.clock.ahead = timedelta(seconds=api.settings.task_ttl_seconds + 1)

    body = problem(await api.client.get(f"/lessons/status/{task_id}"), 404, "task_expired")

    assert "expired" in body["detail"]
    assert body["lesson_url"] == "/lessons/english/verbs%20100%25?language=en&level=middle&version=1.0"
    assert body["lesson_url"] in body["detail"]
    lesson = await api.client.get(body["lesson_url"])
    assert lesson.json()["task_id"] == task_id


async def test_it_says_so_when_the_task_is_deleted_too(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs")
    assert await api.store.delete_finished(api.clock.now() + timedelta(seconds=1), limit=10) == 1

    problem(await api.client.get(f"/lessons/status/{task_id}"), 404, "task_expired")


async def test_an_expired_failure_says_so_and_has_no_lesson(api: Api) -> None:
    task_id = await api.ask()
    await api.fail(task_id)
    api.clock.ahead = timedelta(seconds=api.settings.task_ttl_seconds + 1)

    body = problem(await api.client.get(f"/lessons/status/{task_id}"), 404, "task_expired")

    assert body["lesson_url"] is None
    assert "POST /lessons" in body["detail"]


async def test_an_unfinished_task_does_not_expire(api: Api) -> None:
    task_id = await api.ask()
    api.clock.ahead = timedelta(days=30)

    assert (await api.status(task_id))["status"] == "pending"
