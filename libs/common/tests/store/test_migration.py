"""Indexes are made by a command: before it has run a store says so, and a second run finds nothing to do."""

from uuid import uuid4

import pytest

from libs.common.tests.store.examples import new_task
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.store.mongodb.connection import MongoLink
from pathshala_common.store.mongodb.migration import migrate, missing
from pathshala_common.store.mongodb.schema import INDEXES
from pathshala_common.store.mongodb.store import MongoStore
from tests.servers.mongodb_url import of_database

LEFT = "left, for older versions that may still run (--drop): the index tasks (idempotency_key)"


@pytest.fixture
def url(mongodb_url: str) -> str:
    return of_database(mongodb_url, f"test_{uuid4().hex}")


async def test_a_store_without_its_indexes_says_what_to_do_and_serves_nobody(url: str) -> None:
    store = MongoStore(url)
    await store.open()

    fault = await store.fault() or ""
    with pytest.raises(StoreUnavailable):
        await store.task(new_task().task_id)

    assert "run `pathshala migrate`" in fault
    assert "\n" not in fault
    await migrate(url, drop=False)
    assert await store.fault() is None
    assert await store.task(new_task().task_id) is None
    await store.close()


async def test_the_first_run_makes_every_index_and_the_second_none(url: str) -> None:
    told = await migrate(url, drop=False)

    assert len(told) == sum(map(len, INDEXES.values()))
    assert await migrate(url, drop=True) == []


async def test_an_index_of_an_older_version_is_left_until_it_is_to_be_dropped(url: str) -> None:
    await migrate(url, drop=False)
    link = MongoLink(url)
    await link.reach()
    async with link.database() as database:
        await database["tasks"].create_index([("idempotency_key", 1)], unique=True, sparse=True)
        await database["tasks"].create_index([("subject", 1)])

        assert await migrate(url, drop=False) == [LEFT]
        assert await migrate(url, drop=True) == ["dropped: the index tasks (idempotency_key)"]

        found = await (await database["tasks"].list_indexes()).to_list(None)
        assert await missing(database) == []
    assert ["subject"] in [list(index["key"]) for index in found]
    await link.close()
