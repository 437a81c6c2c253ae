"""A generator begins nothing while writing is paused, also after its restart, and tells what it has in hand."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from pathshala_common.contract.errors import ProviderUnavailable
from pathshala_common.operating.notice_text import REPORT_SECONDS
from pathshala_common.operating.writing import (
    GeneratorReport,
    WritingState,
    generators,
    report,
    set_writing,
)
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_generator.desk import IDLE_LOOK_SECONDS, LOOK_SECONDS, PAUSED, Desk
from pathshala_generator.offline_writer import OfflineWriter
from tests.clock import HeldClock
from tests.waiting import one_turn, until

MANY = 100


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(tmp_path / "pathshala.db")
    await store.open()
    yield store
    await store.close()


def a_desk(store: SQLiteStore, clock: HeldClock) -> Desk:
    return Desk(store, clock, OfflineWriter(), concurrency=3)


async def pause(store: SQLiteStore, clock: HeldClock, *, paused: bool) -> None:
    await set_writing(store, WritingState(paused=paused, reason="new model" if paused else None), clock.now())


async def test_nothing_is_begun_while_writing_is_paused(store: SQLiteStore) -> None:
    clock = HeldClock()
    desk = a_desk(store, clock)
    async with desk.hold("before"):
        await pause(store, clock, paused=True)
        clock.advance(LOOK_SECONDS)
        with pytest.raises(ProviderUnavailable, match="paused by the operator: new model") as refused:
            async with desk.hold("after"):
                raise AssertionError
    assert refused.value.code == PAUSED

    await pause(store, clock, paused=False)
    clock.advance(LOOK_SECONDS)
    async with desk.hold("after"):
        pass


async def test_who_starts_later_obeys_too(store: SQLiteStore) -> None:
    clock = HeldClock()
    await pause(store, clock, paused=True)

    with pytest.raises(ProviderUnavailable):
        async with a_desk(store, clock).hold("task"):
            raise AssertionError


async def test_all_that_begin_while_it_looks_go_on_in_the_same_turn(store: SQLiteStore) -> None:
    """What they tell then is published together: one after the other they would cost a publication each."""
    desk, turn, begun = a_desk(store, HeldClock()), 0, list[int]()

    async def begin(number: int) -> None:
        async with desk.hold(f"task-{number}"):
            begun.append(turn)

    lessons = asyncio.gather(*map(begin, range(MANY)))
    while not lessons.done():
        await one_turn()
        turn += 1

    assert len(begun) == MANY
    assert len(set(begun)) == 1


async def test_while_the_store_is_away_it_stays_as_it_was(store: SQLiteStore) -> None:
    clock = HeldClock()
    await pause(store, clock, paused=True)
    desk, new = a_desk(store, clock), a_desk(store, clock)
    with pytest.raises(ProviderUnavailable):
        async with desk.hold("task"):
            raise AssertionError

    await store.close()
    clock.advance(LOOK_SECONDS)

    with pytest.raises(ProviderUnavailable):
        async with desk.hold("task"):
            raise AssertionError
    async with new.hold("task"):
        pass


async def test_generators_that_tell_lately_are_listed(store: SQLiteStore) -> None:
    clock = HeldClock()
    told = {"host": "h", "process_id": 1, "writer": "offline", "concurrency": 1, "paused": False}
    for name in ("gone", "here"):
        clock.advance(60)
        await report(store, GeneratorReport(generator_id=name, started_at=clock.now(), **told), clock.now())

    [seen] = await generators(store, clock.now())

    assert (seen.generator_id, seen.seen_at) == ("here", clock.now())


async def test_one_that_has_nothing_to_do_tells_of_a_pause_at_once_and_of_itself_now_and_then(
    store: SQLiteStore,
) -> None:
    clock = HeldClock()
    running = asyncio.ensure_future(a_desk(store, clock).run())

    async def seen() -> tuple[bool, datetime]:
        await until(lambda: clock.sleeping)
        [one] = await generators(store, clock.now())
        return one.paused, one.seen_at

    began = clock.now()
    assert await seen() == (False, began)
    clock.advance(IDLE_LOOK_SECONDS)
    assert await seen() == (False, began), "it has nothing to tell"
    for paused in (True, False):
        await pause(store, clock, paused=paused)
        clock.advance(IDLE_LOOK_SECONDS)
        assert await seen() == (paused, clock.now())
    clock.advance(REPORT_SECONDS)
    assert await seen() == (False, clock.now())
    running.cancel()
    await asyncio.wait([running])
