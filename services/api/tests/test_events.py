"""GET /lessons/status/{task_id}/events: what happened to a task, from the log, page by page."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from pathshala_common.contract.events import EnrichmentStarted, LessonRequested, ProviderAnswered, TaskResumed
from pathshala_common.contract.provider_call import ProviderCall
from services.api.tests.given import Api, problem

ASKED, ANSWERED = "a long prompt", '{"usage": {"total_tokens": 812}}'


async def recorded(api: Api, task_id: str) -> None:
    """Log what a service outside was asked and answered."""
    call = ProviderCall.recorded("openai", ASKED, status=200, answer=ANSWERED, seconds=3.25)
    await api.record(ProviderAnswered(task_id=task_id, attempt=2, service="generator", call=call))


async def asked(api: Api) -> str:
    """Ask, and let the request be logged."""
    task_id = await api.ask()
    await api.record(LessonRequested(task_id=task_id, request=await api.request(task_id)))
    return task_id


async def events(api: Api, task_id: str, query: str = "") -> list[dict[str, Any]]:
    answer = await api.client.get(f"/lessons/status/{task_id}/events{query}")
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()
    return listed


async def test_a_tasks_events_are_told_in_order_and_in_words(api: Api) -> None:
    task_id = await asked(api)
    await recorded(api, task_id)
    await api.complete(task_id)

    told = await events(api, task_id)

    logged = await api.store.events(task_id)
    assert [(event["position"], event["event"]) for event in told] == [
        (1, "LessonRequested"),
        (2, "ProviderAnswered"),
        (3, "LessonGenerated"),
        (4, "LessonStored"),
    ]
    assert [event["event_id"] for event in told] == [envelope.id for envelope in logged]
    assert told[3]["causation_id"] == told[2]["event_id"]
    assert [event["attempt"] for event in told] == [None, 2, None, None]
    assert told[3]["service"] == "store"
    assert told[3]["summary"] == "kept as version 1.0"
    assert told[3]["data"]["content"]["title"] == "Understanding English Verbs"
    assert told[0]["gap_seconds"] is None
    assert told[1]["gap_seconds"] >= 0


async def test_a_task_that_the_house_died_over_tells_so(api: Api) -> None:
    task_id = await asked(api)
    await api.record(TaskResumed(task_id=task_id, returns=2))

    resumed = (await events(api, task_id))[1]

    assert (resumed["event"], resumed["attempt"], resumed["data"]["returns"]) == ("TaskResumed", None, 2)
    assert resumed["summary"] == "the house died with it in hand, death 2, and takes it up again"


async def test_a_recording_is_left_out_unless_it_is_asked_for(api: Api) -> None:
    task_id = await api.ask()
    await recorded(api, task_id)

    [short], [long] = await events(api, task_id), await events(api, task_id, "?recordings=true")

    assert short["summary"] == long["summary"] == "openai, 200, 3.2 s, 812 tokens"
    assert short["data"]["exchange"]["status"] == 200
    assert "answer" not in short["data"]["exchange"]
    assert "request" not in short["data"]["exchange"]
    assert long["data"]["exchange"]["request"] == ASKED
    assert long["data"]["exchange"]["answer"] == ANSWERED


async def test_pages_follow_each_other_by_their_links(api: Api) -> None:
    task_id = await asked(api)
    for attempt in range(1, 7):
        api.clock.ahead = timedelta(seconds=attempt)
        await api.record(EnrichmentStarted(task_id=task_id, attempt=attempt, source="wikipedia", query="Verb"))
    whole = await events(api, task_id)

    answer = await api.client.get(f"/lessons/status/{task_id}/events?limit=3")
    paged = answer.json()
    while (path := next_of(answer)) is not None:
        answer = await api.client.get(path)
        paged += answer.json()

    assert paged == whole
    assert len(whole) == 7


def next_of(answer: httpx2.Response) -> str | None:
    link = answer.headers.get("link")
    return link.partition(">")[0].removeprefix("<") if link else None


async def test_a_page_with_recordings_is_short(api: Api) -> None:
    task_id = await asked(api)
    for attempt in range(1, 22):
        await api.record(EnrichmentStarted(task_id=task_id, attempt=attempt, source="wikipedia", query="Verb"))

    answer = await api.client.get(f"/lessons/status/{task_id}/events?limit=1000&recordings=true")

    assert len(answer.json()) == 20
    assert next_of(answer) == f"/lessons/status/{task_id}/events?after=20&limit=1000&recordings=true"


async def test_an_accepted_task_of_which_nothing_is_logged_has_no_events(api: Api) -> None:
    assert await events(api, await api.ask()) == []


async def test_there_is_nothing_behind_the_last_event(api: Api) -> None:
    task_id = await asked(api)

    assert await events(api, task_id, "?after=1") == []


async def test_an_expired_task_still_tells_what_happened(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs")
    api.clock.ahead = timedelta(seconds=api.settings.task_ttl_seconds + 1)
    assert await api.store.delete_finished(api.clock.now(), limit=10) == 1

    assert [event["event"] for event in await events(api, task_id)] == ["LessonGenerated", "LessonStored"]


async def test_of_a_cut_task_the_end_is_left_and_its_status_still_says_so(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs")
    await api.store.delete_finished(api.clock.now() + timedelta(hours=2), limit=10)
    await api.store.cut_logs(api.clock.now() + timedelta(hours=2), limit=10)

    assert [(event["position"], event["event"]) for event in await events(api, task_id)] == [(2, "LessonStored")]
    body = problem(await api.client.get(f"/lessons/status/{task_id}"), 404, "task_expired")
    assert body["lesson_url"] == "/lessons/english/verbs?language=en&level=middle&version=1.0"


@pytest.mark.parametrize("task_id", ["nobody", "%00", "%ED%A0%80", "t" * 3_000, "a%20b"])
async def test_an_unknown_task_is_a_404_as_for_its_status(api: Api, task_id: str) -> None:
    problem(await api.client.get(f"/lessons/status/{task_id}/events"), 404, "task_not_found")


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=1001", "recordings=perhaps", f"after={2**40}"]
)
async def test_a_wrong_query_is_a_400(api: Api, query: str) -> None:
    task_id = await asked(api)

    problem(await api.client.get(f"/lessons/status/{task_id}/events?{query}"), 400, "invalid_request")
