"""No row of an accepted class set is lost or made twice, whenever its API dies; and no large set starves others."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala_api.class_sets.ordering import UNFINISHED_MAX
from pathshala_api.class_sets.set_log import ORDERS_MAX_BYTES
from pathshala_api.compose import service
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.class_set import RowOrder, SetRow, set_id_of
from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, Envelope
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.events import ClassRowsOrdered, ClassSetRequested, LessonRequested
from pathshala_common.contract.lesson import SOURCE_TEXT_LENGTH_MAX, Task
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.process import Service
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import Api, Published, an_api, problem
from services.api.tests.silent_store import SilentStore
from services.api.tests.test_class_sets import counted, lessons, order, shown, tasks, when
from tests.waiting import one_turn

ROWS = 5
VERBS = RowOrder(subject="english", topic="verbs")


class DyingStore(SQLiteStore):
    """A store that is lost to its API once it has kept so many tasks: no later write of a task gets through."""

    def __init__(self, path: Path, kept: int) -> None:
        super().__init__(path)
        self._left = kept

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        if self._left == 0:
            raise StoreUnavailable("lost")
        self._left -= 1
        return await super().create(task, requested, send_by=send_by)


class FaultyStore(SQLiteStore):
    """A store by which one set alone cannot be ordered, for a reason that nobody foresaw."""

    faulty = ""

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        if task.request.class_set == self.faulty:
            raise ZeroDivisionError
        return await super().create(task, requested, send_by=send_by)


def without_ordering(settings: ApiSettings, broker: Broker, store: Store, clock: Clock) -> Service:
    """The API without the guard: a set is accepted, and nobody orders what is due of it."""
    made = service(settings, broker, store, clock)
    ordering = [run for run in made.background if "Ordering" in getattr(run, "__qualname__", "")]
    assert len(ordering) == 1
    return replace(made, background=[run for run in made.background if run not in ordering])


@pytest.mark.parametrize("kept", [0, 1, ROWS - 1])
async def test_a_set_whose_api_dies_among_its_tasks_is_ordered_by_the_next_each_row_once(
    tmp_path: Path, kept: int
) -> None:
    async with an_api(tmp_path, store=DyingStore(tmp_path / "pathshala.db", kept)) as api:
        set_id = await order(api, *lessons(ROWS))
        await when(api, set_id, lambda body: body["counts"]["pending"] == kept)

    async with an_api(tmp_path) as api:
        body = await when(api, set_id, counted(pending=ROWS))
        assert len(set(tasks(body))) == ROWS
        listed = (await api.client.get("/lessons/tasks")).json()
        assert listed["total_tasks"] == ROWS


async def test_without_its_ordering_the_rows_of_a_dead_api_would_wait_for_ever(tmp_path: Path) -> None:
    async with an_api(tmp_path, store=DyingStore(tmp_path / "pathshala.db", 1)) as api:
        set_id = await order(api, *lessons(ROWS))
        await when(api, set_id, lambda body: body["counts"]["pending"] == 1)

    async with an_api(tmp_path, made=without_ordering) as api:
        for _ in range(20):
            await one_turn()
        assert (await shown(api, set_id))["counts"]["waiting"] == ROWS - 1


async def test_a_repeat_whose_first_answer_was_lost_makes_no_second_set(api: Api) -> None:
    body, key = {"user_id": "asha", "lessons": lessons(ROWS)}, {"Idempotency-Key": "lost"}
    first = asyncio.create_task(api.client.post("/class-sets", json=body, headers=key))
    await one_turn()
    first.cancel()

    again = await api.client.post("/class-sets", json=body, headers=key)

    set_id = again.json()["set_id"]
    await when(api, set_id, counted(pending=ROWS))
    logged = [envelope.event for envelope in await api.store.events(set_id)]
    assert [type(event) for event in logged] == [ClassSetRequested]
    assert len((await api.client.get("/class-sets?user_id=asha")).json()["class_sets"]) == 1


async def test_what_is_wrong_with_one_set_stops_neither_the_others_nor_the_api(tmp_path: Path) -> None:
    store, body = FaultyStore(tmp_path / "pathshala.db"), {"user_id": "asha", "lessons": lessons(ROWS)}
    keys = {set_id_of("asha", key): {"Idempotency-Key": key} for key in ("one", "other")}
    faulty, other = sorted(keys)  # as they are looked at
    store.faulty = faulty
    async with an_api(tmp_path, store=store) as api:
        for set_id in (faulty, other):
            await api.client.post("/class-sets", json=body, headers=keys[set_id])

        await when(api, other, counted(pending=ROWS))
        assert (await shown(api, faulty))["counts"]["waiting"] == ROWS

        store.faulty = ""
        await when(api, faulty, counted(pending=ROWS))


async def test_a_row_that_a_forger_left_without_an_order_is_refused_and_the_set_ends(api: Api) -> None:
    asked = {"user_id": "asha", "requested_at": api.clock.now()}
    first, second = str(uuid4()), str(uuid4())
    await api.record(ClassSetRequested(task_id=first, rows=(SetRow(row=1, tries=1),), **asked))
    await api.record(ClassSetRequested(task_id=second, rows=(SetRow(row=1, order=VERBS, tries=1),), **asked))
    await api.record(ClassRowsOrdered(task_id=second, number=1, told_at=api.clock.now(), rows=(SetRow(row=1),)))

    for set_id in (first, second):
        await when(api, set_id, lambda body: body["status"] == "finished" and body["counts"]["refused"] == 1)
    await when(api, await order(api, *lessons(ROWS)), counted(pending=ROWS))


async def test_a_set_takes_so_many_bytes_of_orders_that_all_of_them_can_be_ordered_anew(api: Api) -> None:
    refused = 30
    set_id = await order(api, *[{"subject": "english"}] * refused)
    article = "क" * SOURCE_TEXT_LENGTH_MAX
    told = []
    for row in range(1, refused + 1):
        mended = {"subject": "english", "topic": f"topic {row}", "source_text": article}
        told.append(await api.client.post(f"/class-sets/{set_id}/items/{row}", json=mended))

    taken = ORDERS_MAX_BYTES // len(article.encode())
    assert [one.status_code for one in told] == [202] * taken + [409] * (refused - taken)
    assert problem(told[-1], 409, "class_set_too_large")["detail"].startswith("With this order the set would take more")
    small = await api.client.post(f"/class-sets/{set_id}/items/{refused}", json=lessons(1)[0])
    assert small.status_code == 202
    for task_id in tasks(await when(api, set_id, counted(pending=taken + 1, refused=refused - taken - 1))):
        await api.fail(task_id)
    await when(api, set_id, lambda body: body["status"] == "finished")
    assert (await api.client.post(f"/class-sets/{set_id}/retry?confirm={taken + 1}")).status_code == 202
    await when(api, set_id, counted(pending=taken + 1, refused=refused - taken - 1))
    assert max(len(envelope.raw) for envelope in await api.store.events(set_id)) < MESSAGE_SIZE_MAX_BYTES


@pytest.mark.parametrize("method", ["append", "class_set", "events"])
async def test_a_set_that_was_logged_is_told_as_maybe_accepted_and_found_by_the_key_that_it_was_given(
    tmp_path: Path, method: str
) -> None:
    store = SilentStore(tmp_path / "pathshala.db", method, after=ClassSetRequested)
    body = {"user_id": "asha", "lessons": lessons(ROWS)}
    async with an_api(tmp_path, store=store) as api:
        said = problem(await api.client.post("/class-sets", json=body), 503, "maybe_accepted")
        store.back = True

        again = await api.client.post("/class-sets", json=body, headers={"Idempotency-Key": said["idempotency_key"]})

        assert again.status_code == 202, again.text
        await when(api, again.json()["set_id"], counted(pending=ROWS))
        assert len((await api.client.get("/class-sets?user_id=asha")).json()["class_sets"]) == 1


async def test_a_large_set_lets_another_users_order_pass_after_one_window(tmp_path: Path) -> None:
    window = 4
    async with an_api(tmp_path, user_in_flight_max=window) as api:
        published = Published()
        await published.watch(api.broker, Topology(), "enricher")
        set_id = await order(api, *lessons(UNFINISHED_MAX * 2))
        await when(api, set_id, lambda body: body["counts"]["pending"] == UNFINISHED_MAX)
        other = await api.ask(user_id="ravi")

        await published.until(lambda: other in published.task_ids)

        before = published.envelopes[: published.task_ids.index(other)]
        requested = [one.event for one in before if isinstance(one.event, LessonRequested)]
        assert Counter(event.request.user_id for event in requested) == {"asha": window}
