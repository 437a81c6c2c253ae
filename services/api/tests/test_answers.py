"""Answers have a tag, and are not sent to who has them; polls read as little as can be, and never say what is past."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from pathshala_api import schemas
from pathshala_api.answers import tagged
from pathshala_api.finished import AGE_MAX_SECONDS, FinishedAnswers
from pathshala_common.contract.events import GenerationStarted
from pathshala_common.contract.lesson import NumberedTask, Status
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import Api, MovableClock, an_api, an_order, problem


class CountingStore(SQLiteStore):
    """A SQLite file that notes which tasks are read together."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads: list[frozenset[str]] = []

    async def numbered(self, task_ids: Collection[str]) -> Mapping[str, NumberedTask]:
        self.reads.append(frozenset(task_ids))
        return await super().numbered(task_ids)


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[tuple[Api, CountingStore]]:
    store = CountingStore(tmp_path / "pathshala.db")
    async with an_api(tmp_path, store=store) as api:
        yield api, store


@pytest.mark.parametrize("shown", ["{}", "W/{}", '"another", {}', '"another",W/{} , "third"', "*"])
async def test_who_has_the_answer_is_told_so(api: Api, shown: str) -> None:
    task_id = await api.a_lesson("english", "verbs")
    for path in (f"/lessons/status/{task_id}", "/lessons/english/verbs", "/lessons/english/verbs?version=1.0"):
        whole = await api.client.get(path)

        again = await api.client.get(path, headers={"If-None-Match": shown.format(whole.headers["ETag"])})

        assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
        assert again.headers["ETag"] == whole.headers["ETag"]
        assert "content-length" not in again.headers


@pytest.mark.parametrize("shown", ['"another"', 'W/"another"', "another", '""', "\u00e4"])
async def test_who_has_another_is_told_all(api: Api, shown: str) -> None:
    path = f"/lessons/status/{await api.a_lesson('english', 'verbs')}"

    answer = await api.client.get(path, headers={b"If-None-Match": shown.encode("latin-1")})

    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["status"] == "completed"


async def test_the_tag_changes_with_the_answer(api: Api) -> None:
    task_id = await api.ask()
    tags = [(await api.client.get(f"/lessons/status/{task_id}")).headers["ETag"] for _ in range(2)]
    assert tags[0] == tags[1]

    await api.record(GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline"))
    answer = await api.client.get(f"/lessons/status/{task_id}", headers={"If-None-Match": tags[0]})

    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["status"] == "in_progress"
    assert answer.headers["ETag"] != tags[0]


async def test_two_replicas_give_one_tag(tmp_path: Path) -> None:
    async with an_api(tmp_path) as api:
        task_id = await api.a_lesson("english", "verbs")
        first = await api.client.get(f"/lessons/status/{task_id}")
    async with an_api(tmp_path) as other:
        second = await other.client.get(f"/lessons/status/{task_id}")

    assert (first.headers["ETag"], first.content) == (second.headers["ETag"], second.content)


async def test_a_finished_task_is_read_once(counted: tuple[Api, CountingStore]) -> None:
    api, store = counted
    task_id = await api.a_lesson("english", "verbs")
    store.reads.clear()

    answers = [await api.status(task_id) for _ in range(5)]

    assert answers == [answers[0]] * 5
    assert store.reads == [{task_id}]


async def test_it_is_read_again_after_a_while(counted: tuple[Api, CountingStore]) -> None:
    api, store = counted
    task_id = await api.a_lesson("english", "verbs")
    before = await api.status(task_id)
    store.reads.clear()

    api.clock.ahead = timedelta(seconds=AGE_MAX_SECONDS + 1)

    assert await api.status(task_id) == before
    assert store.reads == [{task_id}]


async def test_it_is_forgotten_in_time_although_it_was_read(api: Api) -> None:
    task_id = await api.a_lesson("english", "verbs")
    api.clock.ahead = timedelta(seconds=api.settings.task_ttl_seconds - 10)
    await api.status(task_id)

    api.clock.ahead = timedelta(seconds=api.settings.task_ttl_seconds + 1)

    problem(await api.client.get(f"/lessons/status/{task_id}"), 404, "task_expired")


async def test_polls_that_come_together_are_few_reads(counted: tuple[Api, CountingStore]) -> None:
    api, store = counted
    task_ids = [await api.ask(topic=f"topic {number}") for number in range(5)]
    store.reads.clear()

    polled = await asyncio.gather(*(api.status(task_id) for task_id in task_ids * 10))

    assert [one["task_id"] for one in polled] == task_ids * 10
    assert frozenset().union(*store.reads) == set(task_ids)
    assert len(store.reads) < len(polled) / 2


def test_answers_that_are_kept_are_bounded() -> None:
    clock = MovableClock()
    finished = FinishedAnswers(clock, size_max_bytes=100_000)
    answer, now = tagged(b" " * 5_000), clock.now()

    for number in range(100):
        finished.keep(f"task {number}", answer, now)
        finished.keep(f"task {number}", answer, now)

    kept = [number for number in range(100) if finished.get(f"task {number}", finished_since=now)]
    assert kept == list(range(100 - len(kept), 100))
    assert 10 <= len(kept) <= 20
    assert finished.size_bytes <= 100_000


async def test_an_answer_is_as_its_model_says(api: Api) -> None:
    """The bytes are made without the models that describe them, so the models read them here."""
    pending, failed, done = await api.ask(), await api.ask(), await api.a_lesson("english", "verbs 100%")
    await api.fail(failed)
    for task_id, status in ((pending, Status.PENDING), (failed, Status.FAILED), (done, Status.COMPLETED)):
        body = (await api.client.get(f"/lessons/status/{task_id}")).content
        model = schemas.TaskStatus.model_validate_json(body, strict=False)
        assert json.loads(body) == model.model_dump(mode="json")
        assert model.status == status
    accepted = (await api.client.post("/lessons", json=an_order())).content
    assert json.loads(accepted) == schemas.Accepted.model_validate_json(accepted).model_dump(mode="json")
    lesson = (await api.client.get("/lessons/english/verbs%20100%25")).content
    assert json.loads(lesson) == schemas.LessonVersion.model_validate_json(lesson).model_dump(mode="json")


async def test_plain_routes_are_described_as_they_answer(api: Api) -> None:
    described: dict[str, Any] = (await api.client.get("/openapi.json")).json()["paths"]
    poll, ask = described["/lessons/status/{task_id}"]["get"], described["/lessons"]["post"]

    assert {one["name"] for one in poll["parameters"]} == {"task_id", "if-none-match", "prefer"}
    assert poll["responses"].keys() == {"200", "304", "404", "4XX", "5XX"}
    assert poll["responses"]["200"]["headers"].keys() == {"ETag", "Preference-Applied", "Retry-After"}
    assert {one["name"] for one in ask["parameters"]} == {"idempotency-key"}
    assert ask["requestBody"]["content"].keys() == {"application/json"}


ORDERS = {
    "plain": json.dumps(an_order()).encode(),
    "all fields": json.dumps(an_order(include_wikipedia=False, language="hi", level="adult")).encode(),
    "not ASCII": json.dumps(an_order("गणित", "भिन्न"), ensure_ascii=False).encode(),
    "escaped": json.dumps(an_order("गणित", "𐍈🧮")).encode(),
    "blanks": b' {"subject" :" english ","topic":"\\tverbs", "user_id":"asha"}\n',
    "twice the same field": b'{"subject": "a", "subject": "b", "topic": "t", "topic": 5, "topic": "u", "user_id": "u"}',
    "unknown fields": json.dumps(an_order(x={"y": [1, 2.5e300, None, "\ud800"]}, deadline="2026-01-01")).encode(),
    "not a number": b'{"subject": "a", "topic": "b", "user_id": "c", "x": NaN, "y": Infinity}',
    "a huge number": b'{"subject": "a", "topic": "b", "user_id": "c", "x": ' + b"9" * 4_000 + b"}",
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(an_order()).encode(),
    "UTF-16": json.dumps(an_order()).encode("utf-16"),
    "missing": b'{"subject": "a"}',
    "wrong": json.dumps(an_order(include_wikipedia="yes", level="expert", language="e")).encode(),
    "half a surrogate pair": json.dumps(an_order("\ud800")).encode(),
    "an array": b"[]",
    "cut short": b'{"subject": "a", ',
    "empty": b"",
}


@pytest.mark.parametrize("body", ORDERS.values(), ids=ORDERS.keys())
async def test_an_order_means_what_fastapi_takes_it_for(api: Api, body: bytes) -> None:
    """FastAPI itself reads the one of another type: both are one task, or are refused alike."""
    answers = [
        await api.client.post("/lessons", content=body, headers={"Content-Type": kind, "Idempotency-Key": "k"})
        for kind in ("application/json", "application/vnd.lesson+json")
    ]

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers.get("location") == answers[1].headers.get("location")
    assert (await api.client.get("/lessons/tasks")).json()["total_tasks"] == (answers[0].status_code == 202)
