"""The MongoDB store before a replica set: what it asks of it, and what an election or a cut connection costs."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest

from libs.common.tests.store.examples import NOON, every_task, new_task, requested
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.finding import State
from pathshala_common.contract.summary import summary_of
from pathshala_common.store.mongodb import inspection
from pathshala_common.store.mongodb.store import MongoStore
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_proxy import MongoDBProxy
from tests.servers.mongodb_url import of_database, on_hosts
from tests.yardstick import timed

ANSWER_SECONDS = 5.0
WEAK = ("w=1", "journal=false", "readPreference=secondary", "readConcernLevel=local")
READS, WRITES = {"find", "aggregate", "count"}, {"insert", "update", "delete", "createIndexes"}


@pytest.fixture
def proxy(mongodb_url: str) -> Iterator[MongoDBProxy]:
    started = MongoDBProxy(mongodb_url)
    started.start()
    yield started
    started.stop()


def database() -> str:
    return f"test_{uuid4().hex}"


@pytest.fixture
async def store(proxy: MongoDBProxy) -> AsyncIterator[MongoStore]:
    opened = MigratedMongoStore(proxy.url(database()))
    await opened.open()
    yield opened
    await opened.close()


def asked(proxy: MongoDBProxy, names: set[str]) -> list[dict[str, Any]]:
    return [command for command in proxy.commands if not names.isdisjoint(command)]


async def test_writes_and_reads_are_those_of_a_majority_whatever_the_url_says(proxy: MongoDBProxy) -> None:
    store = MigratedMongoStore(proxy.url(database(), *WEAK))
    await store.open()
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)
    assert await store.tasks(every_task()) == [summary_of(task)]
    await store.loads()
    await store.claim_outbox(NOON, until=NOON, limit=1)
    await store.close()

    writes, reads = asked(proxy, WRITES), asked(proxy, READS)
    assert writes
    assert reads
    assert all(write["writeConcern"] == {"w": "majority", "j": True} for write in writes)
    assert all(read["readConcern"] == {"level": "majority"} for read in reads)
    assert not any("$readPreference" in command for command in reads + writes)


async def test_the_doctor_names_what_a_url_would_take_away(proxy: MongoDBProxy) -> None:
    found = await told_of_url(proxy.url("house", "w=1", "readPreference=secondary", "retryWrites=false"))

    assert [state for state, _ in found] == [State.WARNING, State.WARNING]
    assert found[0][1].startswith("readPreference, w: not obeyed")
    assert "retryWrites" in found[1][1]


async def test_the_doctor_says_when_one_server_of_a_set_is_named(proxy: MongoDBProxy) -> None:
    whole = proxy.url("house")
    one = on_hosts(whole, whole.rpartition("@")[2].removeprefix("mongodb://").partition(",")[0])

    assert [state for state, _ in await told_of_url(whole)] == [State.OK]
    [(state, text)] = await told_of_url(of_database(one, "house", "directConnection=true"))
    assert state is State.WARNING
    assert "one server of a replica set" in text


async def told_of_url(url: str) -> list[tuple[State, str]]:
    return [(finding.state, finding.found) for finding in await inspection.checks(url)["store URL"]()]


async def test_during_an_election_it_says_so_in_time_and_afterwards_finds_the_new_primary(
    proxy: MongoDBProxy, store: MongoStore
) -> None:
    with proxy.election():
        for _ in range(2):
            task = new_task()
            with timed() as taken, pytest.raises(StoreUnavailable):
                await store.create(task, requested(task), send_by=NOON)
            assert taken.seconds < taken.stretched(ANSWER_SECONDS)

    later = new_task()
    assert await store.create(later, requested(later), send_by=NOON) == later
    assert await store.tasks(every_task()) == [summary_of(later)]


async def test_an_election_shorter_than_its_patience_costs_nothing(proxy: MongoDBProxy, store: MongoStore) -> None:
    with proxy.election():
        pass
    task = new_task()

    assert await store.create(task, requested(task), send_by=NOON) == task


async def test_a_write_that_no_server_was_asked_for_is_surely_not_done(proxy: MongoDBProxy) -> None:
    with proxy.election():
        store = MongoStore(proxy.url(database()), timeout_seconds=0.5)
        await store.open()
        with pytest.raises(StoreUnavailable) as error:
            await store.create(task := new_task(), requested(task), send_by=NOON)
        await store.close()

    assert not error.value.unsure


async def test_a_write_of_which_no_answer_came_may_be_done_and_is_found_by_its_repeat(
    lone_server: MongoDBProxy,
) -> None:
    store = MigratedMongoStore(lone_server.url(database()))
    await store.open()
    task = new_task()
    with lone_server.cutting("insert", "tasks"), pytest.raises(StoreUnavailable) as error:
        await store.create(task, requested(task), send_by=NOON)

    assert error.value.unsure
    assert await store.create(task, requested(task), send_by=NOON) == task
    assert await store.tasks(every_task()) == [summary_of(task)]
    await store.close()


async def test_an_answer_that_is_cut_once_is_asked_for_again_by_the_driver(
    proxy: MongoDBProxy, store: MongoStore
) -> None:
    task = new_task()
    with proxy.cutting("insert", "tasks", times=1):
        assert await store.create(task, requested(task), send_by=NOON) == task

    assert proxy.cuts == 1
    assert await store.tasks(every_task()) == [summary_of(task)]
