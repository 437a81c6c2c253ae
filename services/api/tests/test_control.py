"""Tasks are cancelled and retried over HTTP, one by one and many at once; a task that has ended stays as it is."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import StoreUnavailable, UnreadableError
from pathshala_common.contract.events import LessonGenerated
from pathshala_common.contract.ports.claims import Claim, Standing
from pathshala_common.contract.ports.hints import Hint, HintKind
from pathshala_common.contract.ports.notices import Notice
from pathshala_common.contract.ports.store import Change
from pathshala_common.operating.control import EVER, LATE, PROMISES
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import CONTENT, Api, Published, an_api, an_order, problem
from tests.waiting import until, until_so


async def cancel(api: Api, task_id: str, status: int = 200) -> dict[str, object]:
    answer = await api.client.delete(f"/lessons/status/{task_id}")
    assert answer.status_code == status, answer.text
    body: dict[str, object] = answer.json()
    return body


async def retry(api: Api, task_id: str) -> str:
    answer = await api.client.post(f"/lessons/status/{task_id}/retry")
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/lessons/status/{answer.json()['task_id']}"
    return str(answer.json()["task_id"])


async def logged(api: Api, task_id: str) -> list[str]:
    return [envelope.type for envelope in await api.store.events(task_id)]


async def test_a_cancelled_task_has_failed_by_its_own_code(api: Api) -> None:
    task_id = await api.ask()

    body = await cancel(api, task_id)

    assert (body["status"], body["error_code"], body["lesson_data"]) == ("failed", "cancelled", None)
    assert body["error_message"] == "The lesson was cancelled."
    assert body == await api.status(task_id)
    assert await logged(api, task_id) == ["LessonRequested", "LessonCancelled"]


async def test_cancelling_again_says_the_same(api: Api) -> None:
    task_id = await api.ask()

    bodies = await asyncio.gather(*(cancel(api, task_id) for _ in range(5)))
    bodies.append(await cancel(api, task_id))

    assert all(body == bodies[0] for body in bodies)
    assert await logged(api, task_id) == ["LessonRequested", "LessonCancelled"]


async def test_what_ended_otherwise_cannot_be_cancelled(api: Api) -> None:
    completed, failed = await api.a_lesson("english", "verbs"), await api.ask()
    await api.fail(failed)

    for task_id, status in ((completed, "completed"), (failed, "failed")):
        answer = await api.client.delete(f"/lessons/status/{task_id}")
        assert problem(answer, 409, "already_ended")["task_status"] == status
        assert (await api.status(task_id))["status"] == status
    problem(await api.client.delete("/lessons/status/unknown"), 404, "task_not_found")


async def test_of_a_lesson_and_a_cancel_at_once_the_first_one_logged_wins(api: Api) -> None:
    for number in range(10):
        task_id = await api.ask(topic=f"race {number}")
        answer, _ = await asyncio.gather(api.client.delete(f"/lessons/status/{task_id}"), api.complete(task_id))
        ends = [name for name in await logged(api, task_id) if name in {"LessonStored", "LessonCancelled"}]
        completed = (await api.status(task_id))["status"] == "completed"
        assert completed == (ends[0] == "LessonStored") == (answer.status_code == 409), (answer.text, ends)


async def test_it_works_while_the_broker_is_away(tmp_path: Path) -> None:
    async with an_api(tmp_path, broker_started=False) as api:
        task_id = await api.ask()
        assert (await cancel(api, task_id))["error_code"] == "cancelled"
        published = Published()
        await api.broker.start()
        await published.watch(api.broker, api.settings.topology, "enricher")
        await until(lambda: published.envelopes)  # it waited in memory; no generator may pay for it any more
        [answer] = await api.store.claim(
            "late", [Claim(task_id, published.envelopes[0].id, 1)], now=api.clock.now(), until=api.clock.now()
        )
        assert answer is Standing.PASSED


class FailingStore(SQLiteStore):
    """A SQLite file that gives no answer at a step of a cancel: done, for `append`, and not done, for `revoke`."""

    fails_at = ""
    stuck: Sequence[str] = ()
    stuck_by: Exception = StoreUnavailable("away")
    looks = 0

    async def events(self, task_id: str) -> Sequence[Envelope]:
        if task_id in self.stuck:
            raise self.stuck_by
        return await super().events(task_id)

    async def revoke(self, task_ids: Sequence[str]) -> None:
        if self.fails_at == "revoke":
            raise StoreUnavailable("away")
        await super().revoke(task_ids)

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        applied = await super().append(changes)
        if self.fails_at == "append":
            raise StoreUnavailable("no answer", unsure=True)
        return applied

    async def notices(self, prefix: str, *, since: datetime) -> Sequence[Notice]:
        self.looks += prefix == PROMISES
        return await super().notices(prefix, since=since)

    async def promises(self) -> Sequence[Notice]:
        return await super().notices(PROMISES, since=EVER)


@asynccontextmanager
async def left(folder: Path, step: str) -> AsyncIterator[tuple[Api, FailingStore, Published, str]]:
    """An API that got no further with a cancel than this step, as if it had died there."""
    store, published = FailingStore(folder / "pathshala.db"), Published()
    async with an_api(folder, store=store) as api:
        await published.watch(api.broker, api.settings.topology, "notifier")
        task_id = await api.ask()
        store.fails_at = step
        problem(await api.client.delete(f"/lessons/status/{task_id}"), 503, "store_unavailable")
        store.fails_at = ""
        yield api, store, published, task_id


@pytest.mark.parametrize("step", ["revoke", "append"])
async def test_a_cancel_that_was_left_is_finished_and_told_once(tmp_path: Path, step: str) -> None:
    async with left(tmp_path, step) as (api, store, published, task_id):
        assert len(await store.promises()) == 1
        api.clock.ahead += LATE

        await published.until(lambda: bool(published.envelopes))

        await until_so(lambda: _none(store))
        assert (await api.status(task_id))["error_code"] == "cancelled"
        assert [envelope.raw for envelope in published.envelopes] == [(await store.events(task_id))[-1].raw]
        assert await logged(api, task_id) == ["LessonRequested", "LessonCancelled"]


@pytest.mark.parametrize("fault", [UnreadableError("of a later version"), StoreUnavailable("too long")])
async def test_a_cancel_that_cannot_be_finished_holds_up_no_other(tmp_path: Path, fault: Exception) -> None:
    store, published = FailingStore(tmp_path / "pathshala.db"), Published()
    async with an_api(tmp_path, store=store) as api:
        await published.watch(api.broker, api.settings.topology, "notifier")
        task_ids = [await api.ask(topic=f"topic {number}") for number in range(2)]
        store.fails_at = "append"
        for task_id in task_ids:
            problem(await api.client.delete(f"/lessons/status/{task_id}"), 503, "store_unavailable")
        first, second = (json.loads(promise.text)[0] for promise in await store.promises())
        store.fails_at, store.stuck, store.stuck_by = "", [first], fault
        api.clock.ahead += LATE

        await published.until(lambda: bool(published.envelopes))

        assert published.task_ids == [second]
        store.stuck = ()
        api.clock.ahead += LATE
        await published.until(lambda: len(published.envelopes) > 1)
        assert published.task_ids == [second, first]


async def test_of_many_cancelled_together_one_that_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    store, published = FailingStore(tmp_path / "pathshala.db"), Published()
    async with an_api(tmp_path, store=store) as api:
        await published.watch(api.broker, api.settings.topology, "notifier")
        first, *others = [await api.ask(topic=f"topic {number}", user_id="asha") for number in range(3)]
        store.fails_at = "append"
        answer = await api.client.delete("/lessons/tasks", params={"user_id": "asha", "confirm": 3})
        problem(answer, 503, "store_unavailable")
        store.fails_at, store.stuck, store.stuck_by = "", [first], UnreadableError("of a later version")
        api.clock.ahead += LATE

        await published.until(lambda: len(published.envelopes) >= 2)

        assert sorted(published.task_ids) == sorted(others)
        await until_so(lambda: _promised(store, [first]))
        store.stuck = ()
        api.clock.ahead += LATE
        await published.until(lambda: first in published.task_ids)
        await until_so(lambda: _none(store))


async def _promised(store: FailingStore, task_ids: Sequence[str]) -> bool:
    return [json.loads(promise.text) for promise in await store.promises()] == [task_ids]


async def test_without_its_promise_it_would_never_be_told(tmp_path: Path) -> None:
    async with left(tmp_path, "append") as (api, store, published, task_id):
        await store.take_down(PROMISES, before=api.clock.now() + LATE)
        api.clock.ahead += 100 * LATE
        looks = store.looks

        await until(lambda: store.looks >= looks + 2)

        assert (await api.status(task_id))["error_code"] == "cancelled"
        assert published.envelopes == []


async def test_what_the_broker_does_not_take_is_told_when_it_is_back(tmp_path: Path) -> None:
    store, published = FailingStore(tmp_path / "pathshala.db"), Published()
    async with an_api(tmp_path, store=store, broker_started=False) as api:
        task_ids = [await api.ask(topic=f"topic {number}") for number in range(3)]
        for task_id in task_ids:
            await cancel(api, task_id)
        assert len(await store.promises()) == 3
        await api.broker.start()
        await published.watch(api.broker, api.settings.topology, "notifier")

        api.clock.ahead += LATE
        await published.until(lambda: len(published.envelopes) >= 3)

        await until_so(lambda: _none(store))
        assert sorted(published.task_ids) == sorted(task_ids)


async def _none(store: FailingStore) -> bool:
    return not await store.promises()


async def test_a_held_request_leaves_the_outbox_when_it_is_cancelled(tmp_path: Path) -> None:
    async with an_api(tmp_path, user_in_flight_max=1) as api:
        [_, held] = [await api.ask(topic=topic) for topic in ("first", "held")]
        await cancel(api, held)

        assert await api.store.release("asha", until=api.clock.now(), limit=10) == []
        assert (await api.store.loads())["asha"].total == 1


async def test_generators_are_told_at_once_and_listeners_too(api: Api) -> None:
    hints: list[Hint] = []
    await api.broker.listen([HintKind.CANCEL], hints.append)
    task_id = await api.ask()

    await cancel(api, task_id)

    await until(lambda: hints == [Hint(HintKind.CANCEL, task_id, "asha")])


async def test_what_a_generator_writes_all_the_same_changes_nothing(api: Api) -> None:
    task_id = await api.ask()
    await cancel(api, task_id)

    await api.record(LessonGenerated(task_id=task_id, request=await api.request(task_id), content=CONTENT))

    assert (await api.status(task_id))["error_code"] == "cancelled"
    assert await logged(api, task_id) == ["LessonRequested", "LessonCancelled", "LessonGenerated"]
    assert (await api.client.get("/lessons/english/verbs")).status_code == 404


async def test_a_retry_is_a_new_task_and_both_name_each_other(api: Api) -> None:
    failed = await api.ask("english", "verbs", language="hi", level="adult", source_text="A text of my own.")
    await api.fail(failed)

    again = await retry(api, failed)

    before, after = await api.status(failed), await api.status(again)
    assert (before["retried_as"], before["retry_of"], before["status"]) == (again, None, "failed")
    assert (after["retried_as"], after["retry_of"], after["status"]) == (None, failed, "pending")
    old, new = await api.request(failed), await api.request(again)
    times = {"requested_at", "deadline", "retry_of"}
    assert new.model_dump(exclude=times) == old.model_dump(exclude=times)
    assert new.deadline > old.deadline
    assert (await logged(api, failed))[-1] == "TaskRetried"


async def test_a_retry_is_a_change_of_the_failed_task_that_pollers_see(api: Api) -> None:
    failed = await api.ask()
    await api.fail(failed)
    path = f"/lessons/status/{failed}"
    before = (await api.client.get(path)).headers["etag"]

    await retry(api, failed)

    answer = await api.client.get(path, headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["etag"] != before


async def test_the_same_failed_task_gives_the_same_new_one(api: Api) -> None:
    failed = await api.ask()
    await api.fail(failed)

    [again, *others] = await asyncio.gather(*(retry(api, failed) for _ in range(5)))
    others.append(await retry(api, failed))

    assert set(others) == {again}
    await api.fail(again)
    assert await retry(api, again) not in {failed, again}
    counts = (await api.client.get("/lessons/tasks")).json()["status_counts"]
    assert counts == {"pending": 1, "in_progress": 0, "completed": 0, "failed": 2}


async def test_what_was_cancelled_can_be_retried_and_nothing_else_that_has_not_failed(api: Api) -> None:
    cancelled, completed, pending = await api.ask(), await api.a_lesson("english", "nouns"), await api.ask()
    await cancel(api, cancelled)

    assert (await api.status(await retry(api, cancelled)))["status"] == "pending"
    for task_id in (completed, pending):
        problem(await api.client.post(f"/lessons/status/{task_id}/retry"), 409, "not_failed")
    problem(await api.client.post("/lessons/status/unknown/retry"), 404, "task_not_found")


async def test_many_are_counted_and_then_cancelled_by_the_count(api: Api) -> None:
    mine = [await api.ask(topic=f"topic {number}", user_id="asha") for number in range(3)]
    other = await api.ask(user_id="ravi")
    await api.complete(mine[0])
    tasks, asha = "/lessons/tasks", {"user_id": "asha"}

    counted = (await api.client.delete(tasks, params=asha)).json()
    assert counted == {"matched": 2, "more": False, "done": 0}
    assert (await api.status(mine[1]))["status"] == "pending"
    refused = problem(await api.client.delete(tasks, params=asha | {"confirm": 3}), 409, "count_changed")
    assert refused["matched"] == 2

    done = (await api.client.delete(tasks, params=asha | {"confirm": 2})).json()

    assert done == {"matched": 2, "more": False, "done": 2}
    assert [(await api.status(task_id))["error_code"] for task_id in mine] == [None, "cancelled", "cancelled"]
    assert (await api.status(other))["status"] == "pending"


async def test_many_are_retried_by_their_code_and_none_twice(api: Api) -> None:
    down = [await api.ask(topic=f"topic {number}") for number in range(3)]
    refused = await api.ask(topic="refused")
    for task_id in down:
        await api.fail(task_id, "provider_unavailable")
    await api.fail(refused, "topic_refused")
    await retry(api, down[0])
    path, by_code = "/lessons/tasks/retry", {"error_code": "provider_unavailable"}

    assert (await api.client.post(path, params=by_code)).json() == {"matched": 2, "more": False, "done": 0}
    assert (await api.client.post(path, params=by_code | {"confirm": "2"})).json()["done"] == 2
    assert (await api.client.post(path, params=by_code)).json()["matched"] == 0
    assert (await api.status(refused))["retried_as"] is None


async def test_a_retry_of_many_stops_at_the_limit_of_tasks(tmp_path: Path) -> None:
    """The API learns a little later that tasks have ended: until then it refuses, and retries none."""
    async with an_api(tmp_path, user_tasks_max=3) as api:

        async def is_taken(topic: str) -> bool:
            return (await api.client.post("/lessons", json=an_order(topic=topic))).status_code == HTTPStatus.ACCEPTED

        async def retried() -> dict[str, Any] | None:
            answer = (await api.client.post("/lessons/tasks/retry", params={"confirm": 3})).json()
            return answer if answer["done"] else None

        for number in range(3):
            await api.fail(await api.ask(topic=f"failed {number}"))
        for number in range(2):
            await until_so(partial(is_taken, f"running {number}"))

        assert await until_so(retried) == {"matched": 3, "more": False, "done": 1}
