"""What is kept of the log's fold can be read beside the store that writes it: documents, and the marks of lessons."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import NOON, in_status, new_task, put, request, requested, store_lesson
from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.lesson import LessonMark, Status, Task, edition_key
from pathshala_common.contract.ports.operator import Projections, StoredFold
from pathshala_common.contract.ports.store import Store
from pathshala_common.store.mongodb.projections import MongoProjections
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite.projections import SQLiteProjections

VERBS = edition_key("english", "verbs")


@pytest.fixture
def beside(again: Again, tmp_path: Path) -> Callable[[], Projections]:
    """Make what reads the store that `again` makes, not opened."""
    made = again()
    if isinstance(made, MongoStore):
        url = made._link._url
        return lambda: MongoProjections(url)
    return lambda: SQLiteProjections(tmp_path / "pathshala.db")


@pytest.fixture
async def projections(store: Store, beside: Callable[[], Projections]) -> AsyncIterator[Projections]:
    """What reads it, opened beside the open store."""
    assert await store.fault() is None
    opened = beside()
    await opened.open()
    yield opened
    await opened.close()


def task_of(kept: StoredFold) -> Task:
    assert kept.document is not None
    return Task.model_validate_json(kept.document)


async def test_a_document_comes_with_its_position(store: Store, projections: Projections) -> None:
    pending, failed = new_task(), in_status(new_task(), Status.FAILED)
    await put(store, pending, failed)

    of_pending, of_failed = await projections.task(pending.task_id), await projections.task(failed.task_id)

    assert (task_of(of_pending), of_pending.position, of_pending.lesson) == (pending, 0, None)
    assert (task_of(of_failed), of_failed.position) == (failed, 1)


async def test_a_lesson_comes_with_its_task(store: Store, projections: Projections) -> None:
    first, second = new_task(request("English", "Verbs")), new_task()
    assert await store_lesson(store, first, 1)
    assert await store_lesson(store, second, 2)

    assert (await projections.task(first.task_id)).lesson == LessonMark(VERBS, 1, 1)
    assert (await projections.task(second.task_id)).lesson == LessonMark(VERBS, 2, 2)


async def test_of_an_unknown_task_nothing_is_kept(projections: Projections) -> None:
    assert await projections.task("nobody") == StoredFold()
    assert await projections.tasks(after="", until=None) == {}


async def test_a_lesson_outlives_its_document(store: Store, projections: Projections) -> None:
    task = new_task()
    assert await store_lesson(store, task, 1)
    assert await store.delete_finished(NOON.replace(year=NOON.year + 1), limit=10) == 1

    assert await projections.task(task.task_id) == StoredFold(lesson=LessonMark(VERBS, 1, 1))


async def test_ranges_are_open_below_and_closed_above(store: Store, projections: Projections) -> None:
    tasks = {name: new_task(request(), name) for name in ("B", "a", "a-b", "b")}
    for task in tasks.values():
        await store.create(task, requested(task), send_by=NOON)

    assert set(await projections.tasks(after="B", until="a-b")) == {"a", "a-b"}
    assert set(await projections.tasks(after="a", until=None)) == {"a-b", "b"}
    assert set(await projections.tasks(after="", until=None)) == set(tasks)


async def test_what_is_not_open_says_so(beside: Callable[[], Projections]) -> None:
    with pytest.raises(StoreUnavailable, match="not open"):
        await beside().task("a")


async def test_a_file_that_is_not_there_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no SQLite file"):
        await SQLiteProjections(tmp_path / "none.db").open()
    assert not await asyncio.to_thread(os.listdir, tmp_path)
