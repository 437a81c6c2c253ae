"""Errors that are not about the input: methods, a store that is down, and faults of our own."""

import asyncio
from datetime import datetime
from pathlib import Path

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.lesson import Task
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import Api, Published, an_api, an_order, closed_port, problem
from tests.yardstick import timed

PAGES_MAX = 1_073_741_823
LARGE_ORDER = an_order("ट" * 200, "ठ" * 200, "ड" * 200)
READS = [
    "/lessons/status/x",
    "/lessons/status/x/events",
    "/lessons/tasks",
    "/lessons/english/verbs",
    "/lessons/versions?subject=a&topic=b",
    "/lessons",
    "/lessons?words=verbs",
]
PATHS = {
    "/lessons": "GET, POST, HEAD, OPTIONS",
    "/lessons/tasks": "GET, DELETE, HEAD, OPTIONS",
    "/lessons/status/x": "GET, DELETE, HEAD, OPTIONS",
    "/lessons/english/verbs": "GET, HEAD, OPTIONS",
    "/health/live": "GET, HEAD, OPTIONS",
}


async def test_a_method_that_a_path_does_not_take_is_a_405_that_says_which_it_takes(api: Api) -> None:
    for path, method in PATHS.items():
        for other in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {*method.split(", ")}:
            answer = await api.client.request(other, path)
            problem(answer, 405, "method_not_allowed")
            assert answer.headers["allow"] == method


async def test_options_says_which_methods_a_path_takes(api: Api) -> None:
    for path, method in PATHS.items():
        answer = await api.client.options(path)
        assert (answer.status_code, answer.headers["allow"], answer.content) == (204, method, b"")
    problem(await api.client.options("/nothing"), 404, "not_found")


async def test_head_answers_as_get_without_the_body(api: Api) -> None:
    await api.a_lesson("english", "verbs")
    for path in ("/lessons/english/verbs", "/lessons", "/lessons/tasks", "/health/live", "/health/ready", "/nothing"):
        got, head = await api.client.get(path), await api.client.head(path)
        assert head.status_code == got.status_code
        assert head.headers["content-type"] == got.headers["content-type"]
        assert head.headers["content-length"] == got.headers["content-length"]
        assert head.content == b""


async def test_while_the_store_is_down_everything_is_a_503_within_five_seconds(tmp_path: Path) -> None:
    async with an_api(tmp_path, store=MongoStore(f"mongodb://127.0.0.1:{closed_port()}/pathshala")) as api:
        with timed() as taken:
            answers = await asyncio.gather(
                api.client.post("/lessons", json=an_order()), *(api.client.get(path) for path in READS)
            )
        assert taken.seconds < taken.stretched(5)

    for answer in answers:
        body = problem(answer, 503, "store_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert "nothing was accepted" in body["detail"]
        assert "127.0.0.1" not in answer.text
        assert "mongo" not in answer.text.lower()


async def test_a_full_disk_refuses_and_still_answers_reads_until_there_is_room(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "pathshala.db")
    async with an_api(tmp_path, store=store) as api:
        published = Published()
        await published.watch(api.broker, api.settings.topology)
        task_id = await api.ask()
        await pages_max(store, 1)

        problem(await api.client.post("/lessons", json=LARGE_ORDER), 503, "store_unavailable")
        assert (await api.status(task_id))["status"] == "pending"

        await pages_max(store, PAGES_MAX)
        later = await api.ask(**LARGE_ORDER)
        await published.until(lambda: later in published.task_ids)
        assert published.task_ids == [task_id, later]
        assert (await api.client.get("/lessons/tasks")).json()["total_tasks"] == 2


async def pages_max(store: SQLiteStore, count: int) -> None:
    """Let the file have no more pages than these, or than it has already."""
    await store._writer.run(lambda connection: connection.execute(f"PRAGMA max_page_count = {count}").fetchone())


class FaultyStore(SQLiteStore):
    """A store with a fault of its own making."""

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        raise ValueError(f"canary {task.request.topic} {requested} {send_by}")


async def test_a_fault_of_ours_is_a_500_that_tells_nothing(tmp_path: Path) -> None:
    async with an_api(tmp_path, store=FaultyStore(tmp_path / "faulty.db")) as api:
        answer = await api.client.post("/lessons", json=an_order(topic="canary"))

        problem(answer, 500, "internal_error")
        assert "canary" not in answer.text
        assert "ValueError" not in answer.text
        assert (await api.client.get("/health/live")).status_code == 200
