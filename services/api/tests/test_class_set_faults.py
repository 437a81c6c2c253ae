"""No row of an accepted class set is lost or made twice, whenever its API dies; and no large set starves others."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pathshala_api.class_sets.ordering import UNFINISHED_MAX
from pathshala_api.compose import service
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.events import ClassSetRequested, LessonRequested
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.process import Service
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import Api, Published, an_api
from services.api.tests.test_class_sets import counted, lessons, order, shown, tasks, when
from tests.waiting import one_turn

ROWS = 5


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
