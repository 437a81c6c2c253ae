"""GET /lessons/tasks: newest first, counted over all, filtered, and page by page."""

from datetime import timedelta
from typing import Any

from pathshala_common.contract.events import GenerationStarted
from services.api.tests.given import Api

ENTRY_FIELDS = {
    "task_id",
    "subject",
    "topic",
    "user_id",
    "status",
    "created_at",
    "completed_at",
    "error_message",
    "error_code",
    "warnings",
    "progress_message",
}


async def listed(api: Api, **params: str) -> dict[str, Any]:
    answer = await api.client.get("/lessons/tasks", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ids(api: Api, **params: str) -> list[str]:
    return [entry["task_id"] for entry in (await listed(api, **params))["tasks"]]


async def one_in_each_state(api: Api) -> dict[str, str]:
    pending, started, completed, failed = [await api.ask(user_id=f"u{number}") for number in range(4)]
    await api.record(GenerationStarted(task_id=started, attempt=1, attempts_max=4, writer="offline"))
    await api.complete(completed)
    await api.fail(failed, "code", "Why.")
    return {"pending": pending, "in_progress": started, "completed": completed, "failed": failed}


async def test_an_empty_house_has_an_empty_list(api: Api) -> None:
    assert await listed(api) == {
        "status": "success",
        "total_tasks": 0,
        "tasks": [],
        "status_counts": {"pending": 0, "in_progress": 0, "completed": 0, "failed": 0},
        "next_cursor": None,
    }


async def test_tasks_are_listed_newest_first_with_counts_over_all(api: Api) -> None:
    states = await one_in_each_state(api)

    body = await listed(api)

    assert body["status"] == "success"
    assert body["total_tasks"] == 4
    assert body["status_counts"] == {"pending": 1, "in_progress": 1, "completed": 1, "failed": 1}
    created = [entry["created_at"] for entry in body["tasks"]]
    assert created == sorted(created, reverse=True)
    assert {entry["status"]: entry["task_id"] for entry in body["tasks"]} == states


async def test_an_entry_says_what_the_status_says(api: Api) -> None:
    task_id = (await one_in_each_state(api))["failed"]

    entry = next(entry for entry in (await listed(api))["tasks"] if entry["task_id"] == task_id)

    assert entry.keys() == ENTRY_FIELDS
    assert entry["user_id"] == "u3"
    assert (entry["error_message"], entry["error_code"]) == ("Why.", "code")
    status = await api.status(task_id)
    assert {name: entry[name] for name in ENTRY_FIELDS & status.keys()} == {
        name: status[name] for name in ENTRY_FIELDS & status.keys()
    }


async def test_each_filter_picks_its_tasks_and_the_counts_stay(api: Api) -> None:
    states = await one_in_each_state(api)
    other = await api.ask("Hindi", "Verbs", "u0")

    for status, task_id in states.items():
        assert task_id in await ids(api, status=status)
    assert await ids(api, status="failed") == [states["failed"]]
    assert await ids(api, user_id="u0") == [other, states["pending"]]
    assert await ids(api, user_id="U0") == []
    assert await ids(api, subject=" hindi", topic="VERBS") == [other]
    assert await ids(api, user_id="u0", status="pending", subject="english", topic="verbs") == [states["pending"]]
    body = await listed(api, user_id="nobody")
    assert (body["total_tasks"], body["tasks"]) == (5, [])


async def test_pages_show_each_task_once_while_new_ones_are_added(api: Api) -> None:
    before = [await api.ask() for _ in range(7)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        body = await listed(api, limit="2", **({"cursor": cursor} if cursor else {}))
        seen += [entry["task_id"] for entry in body["tasks"]]
        cursor = body["next_cursor"]
        await api.ask()

    assert sorted(seen) == sorted(before)
    assert len(seen) == 7


async def test_tasks_of_one_millisecond_are_paged_without_gaps(api: Api) -> None:
    api.clock.held = api.clock.now()
    before = {await api.ask() for _ in range(5)}

    first = await listed(api, limit="3")
    second = await listed(api, limit="3", cursor=first["next_cursor"])

    assert {entry["task_id"] for entry in first["tasks"] + second["tasks"]} == before
    assert second["next_cursor"] is None


async def test_a_filter_holds_on_every_page(api: Api) -> None:
    mine = [await api.ask(user_id=user) for user in ("asha", "ravi") * 3][::2]

    first = await listed(api, limit="2", user_id="asha")
    second = await listed(api, limit="2", user_id="asha", cursor=first["next_cursor"])

    assert [entry["task_id"] for entry in first["tasks"] + second["tasks"]] == mine[::-1]


async def test_a_page_that_ends_with_the_last_task_has_no_next(api: Api) -> None:
    for _ in range(2):
        await api.ask()

    assert (await listed(api, limit="2"))["next_cursor"] is None


async def test_finished_tasks_leave_the_list_and_the_counts_when_they_expire(api: Api) -> None:
    states = await one_in_each_state(api)
    api.clock.ahead = timedelta(seconds=api.settings.task_ttl_seconds + 1)

    body = await listed(api)

    assert {entry["task_id"] for entry in body["tasks"]} == {states["pending"], states["in_progress"]}
    assert body["status_counts"] == {"pending": 1, "in_progress": 1, "completed": 0, "failed": 0}
    assert body["total_tasks"] == 2
