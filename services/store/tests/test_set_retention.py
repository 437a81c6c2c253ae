"""Class sets and calls are forgotten when they are old, and not before."""

from datetime import timedelta
from pathlib import Path

from libs.common.tests.store.class_sets import a_set, asked_a_model, record_set
from libs.common.tests.store.examples import NOON, new_task, request
from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.contract.ports.store import Change
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_store.set_retention import SPENDING_KEPT, SetRetention
from tests.clock import HeldClock


async def test_sets_and_calls_are_forgotten_each_in_its_time(tmp_path: Path) -> None:
    store, clock, made = SQLiteStore(tmp_path / "pathshala.db"), HeldClock(NOON), a_set()
    retention = SetRetention(store, clock, ttl_seconds=timedelta(days=30).total_seconds())
    await store.open()
    await record_set(store, made)
    task = new_task(request(class_set=made.set_id))
    await store.append([Change(task.task_id, 0, [asked_a_model(task)], None, request=task.request)])

    await retention.apply()
    assert await store.class_set(made.set_id) is not None
    clock.advance(timedelta(days=31).total_seconds())
    await retention.apply()
    assert await store.class_set(made.set_id) is None
    assert (await store.spent_by("asha", since=NOON)).calls == 1
    clock.advance(SPENDING_KEPT.total_seconds())
    await retention.apply()
    assert await store.spent_by("asha", since=NOON) == Spent()
    await store.close()
