"""GET /class-sets/{set_id}/stream: how a set stands, each change of its rows, and when it ends."""

from typing import Any

import pytest

from services.api.tests.given import Api, problem
from services.api.tests.test_class_sets import counted, lessons, order, tasks, when
from services.api.tests.test_streams import stream


def stream_of(set_id: str) -> str:
    return f"/class-sets/{set_id}/stream"


async def test_a_stream_tells_all_rows_then_those_that_change_and_ends_with_the_set(api: Api) -> None:
    set_id = await order(api, *lessons(3), title="Class 7b")
    waiting = tasks(await when(api, set_id, counted(pending=3)))
    told: list[tuple[str, dict[str, Any]]] = []
    known: dict[int, dict[str, Any]] = {}

    async with stream(api.client, stream_of(set_id)) as found:
        async for identity, data in found:
            told.append((identity, data))
            known |= {item["row"]: item for item in data["items"]}
            if waiting and data["counts"]["completed"] == 3 - len(waiting):
                await api.complete(waiting.pop(0))

    assert [item["row"] for item in told[0][1]["items"]] == [1, 2, 3]
    assert {len(data["items"]) for _, data in told[1:]} <= {0, 1}
    poll = await api.client.get(f"/class-sets/{set_id}")
    last, data = told[-1]
    assert (f'"{last}"', data["status"], data["percent"]) == (poll.headers["etag"], "finished", 100)
    assert data | {"items": list(known.values())} == poll.json()


async def test_who_comes_back_is_told_what_changes_and_who_has_all_need_not_come(api: Api) -> None:
    set_id = await order(api, *lessons(2))
    [first, second] = tasks(await when(api, set_id, counted(pending=2)))
    known = (await api.client.get(f"/class-sets/{set_id}")).headers["etag"].strip('"')

    async with stream(api.client, stream_of(set_id), known) as found:
        await api.complete(first)
        _, data = await anext(found)
    assert [item["task_id"] for item in data["items"]] == [first]
    async with stream(api.client, stream_of(set_id), known) as found:
        _, data = await anext(found)
        assert [item["row"] for item in data["items"]] == [1, 2]
        await api.complete(second)
        *_, (identity, data) = [told async for told in found]
    assert data["status"] == "finished"
    answer = await api.client.get(stream_of(set_id), headers={"Last-Event-ID": identity})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_stream_of_no_set_is_a_problem(api: Api, method: str) -> None:
    answer = await api.client.request(method, stream_of("nobody"))

    assert answer.status_code == 404
    if method == "GET":
        problem(answer, 404, "class_set_not_found")
