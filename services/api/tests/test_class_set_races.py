"""Two APIs order one class set. What one of them read too long ago makes no lesson that nobody waits for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest

from pathshala_api.class_sets.ordering import Ordering
from pathshala_api.compose import service
from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.class_sets import NumberedSet
from pathshala_common.contract.ports.store import Store
from services.api.tests.given import Api, an_api
from services.api.tests.test_class_set_faults import ROWS, without_ordering
from services.api.tests.test_class_sets import lessons, order, shown, tasks
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.waiting import DEADLINE_SECONDS


class SlowStore:
    """The same store, by a way that is held: behind the read of the open sets, or before the write of a task."""

    def __init__(self, store: Store, held: str) -> None:
        self._store, self._held = store, held
        self.reached, self.go, self.away = asyncio.Event(), asyncio.Event(), False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def open_sets(self, *, limit: int, after: str = "") -> Sequence[ClassSet]:
        found = await self._store.open_sets(limit=limit, after=after)
        await self._hold("open_sets")
        return found

    async def create(self, task: Task, requested: Envelope, *, send_by: datetime | None) -> Task:
        await self._hold("create")
        return await self._store.create(task, requested, send_by=send_by)

    async def class_set(self, set_id: str) -> NumberedSet | None:
        if self.away:
            raise StoreUnavailable("away")
        return await self._store.class_set(set_id)

    async def _hold(self, where: str) -> None:
        if where == self._held:
            self.reached.set()
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self.go.wait()


@pytest.fixture(params=["sqlite", "mongodb"])
async def api(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Api]:
    """An API whose class sets are ordered when a test says so."""
    store = None
    if request.param == "mongodb":
        store = MigratedMongoStore(of_database(request.getfixturevalue("mongodb_url"), f"api_{uuid4().hex}"))
    async with an_api(tmp_path, store=store, made=without_ordering) as running:
        yield running


def an_ordering(api: Api, store: object) -> Ordering:
    """The ordering of an API on this store."""
    made = service(api.settings, api.broker, cast("Store", store), api.clock)
    runs = (getattr(run, "__self__", None) for run in made.background)
    return next(one for one in runs if isinstance(one, Ordering))


@asynccontextmanager
async def held(api: Api, where: str) -> AsyncIterator[tuple[SlowStore, Ordering, str]]:
    """Order a set that a late API works on, held at a step until the block ends."""
    slow = SlowStore(api.store, where)
    late = an_ordering(api, slow)
    set_id = await order(api, *lessons(ROWS))
    async with asyncio.TaskGroup() as group:
        group.create_task(late.look())
        async with asyncio.timeout(DEADLINE_SECONDS):
            await slow.reached.wait()
        yield slow, late, set_id
        slow.go.set()


async def cancelled_elsewhere(api: Api, set_id: str) -> None:
    """Let the set be cancelled, and end, at the API that is not late."""
    other = an_ordering(api, api.store)
    assert (await api.client.delete(f"/class-sets/{set_id}")).status_code == 200
    while await other.look():
        pass
    assert (await shown(api, set_id))["status"] == "finished"


async def all_tasks(api: Api) -> dict[str, str | None]:
    """The errors of all tasks that there are, by their ids; none for one that is under way."""
    listed = (await api.client.get("/lessons/tasks?limit=100")).json()["tasks"]
    return {one["task_id"]: (await api.status(one["task_id"])).get("error_code") for one in listed}


async def test_a_set_that_was_cancelled_since_it_was_read_is_not_ordered(api: Api) -> None:
    async with held(api, "open_sets") as (_, _, set_id):
        await cancelled_elsewhere(api, set_id)

    assert await all_tasks(api) == {}


@pytest.mark.parametrize("away", [False, True])
async def test_what_is_ordered_of_a_set_while_it_is_cancelled_is_cancelled_with_it(api: Api, *, away: bool) -> None:
    async with held(api, "create") as (slow, late, set_id):
        await cancelled_elsewhere(api, set_id)
        slow.away = away
    slow.away = False
    await late.look()

    assert list((await all_tasks(api)).values()) == ["cancelled"] * ROWS


async def test_a_row_that_was_ordered_anew_meanwhile_is_made_once(api: Api) -> None:
    async with held(api, "create") as (_, _, set_id):
        await cancelled_elsewhere(api, set_id)
        assert (await api.client.post(f"/class-sets/{set_id}/retry?confirm={ROWS}")).status_code == 202
        assert await an_ordering(api, api.store).look()

    under_way = {task_id for task_id, error in (await all_tasks(api)).items() if error is None}
    assert under_way == set(tasks(await shown(api, set_id)))
    assert len(under_way) == ROWS
