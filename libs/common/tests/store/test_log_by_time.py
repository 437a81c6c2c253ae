"""Every log can be read beside the store that writes it: by task, by time, and whole."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import NOON, SECOND, content, new_task, request
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.events import ORDERS, EnrichmentStarted, LessonGenerated, LessonRequested
from pathshala_common.contract.ports.operator import Extent, Log
from pathshala_common.contract.ports.store import Change, Logged, Store, legible
from pathshala_common.store.mongodb.log_reader import MongoLog
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.schema import CALLING

MILLISECOND = SECOND / 1_000


@pytest.fixture
def beside(again: Again, tmp_path: Path) -> Callable[[], Log]:
    """Make the log of the store that `again` makes, not opened."""
    made = again()
    if isinstance(made, MongoStore):
        url = made._link._url
        return lambda: MongoLog(url)
    return lambda: SQLiteLog(tmp_path / "pathshala.db")


@pytest.fixture
async def log(store: Store, beside: Callable[[], Log]) -> AsyncIterator[Log]:
    """The log, opened beside the open store."""
    assert await store.fault() is None
    opened = beside()
    await opened.open()
    yield opened
    await opened.close()


async def told(store: Store, task_id: str, *moments: datetime) -> list[Logged]:
    """Log a request, then beginnings, then a lesson, each at its moment."""
    task = new_task(request(), task_id)
    envelopes: list[Envelope] = []
    for number, moment in enumerate(moments, 1):
        event = (
            LessonRequested(task_id=task_id, request=task.request)
            if number == 1
            else LessonGenerated(task_id=task_id, request=task.request, content=content())
            if number == len(moments)
            else EnrichmentStarted(task_id=task_id, attempt=number, source="wikipedia", query="Verb")
        )
        envelopes.append(wrap(event, source="test", now=moment, attempt=number))
    assert await store.append([Change(task_id, 0, envelopes, None)]) == [True]
    return [Logged(number, envelope) for number, envelope in enumerate(envelopes, 1)]


async def paged(log: Log, extent: Extent) -> list[Logged]:
    """Read page after page, each of the size of the first."""
    found: list[Logged] = []
    after = extent.after
    while page := await log.page(Extent(extent.limit, extent.since, extent.until, extent.types, after)):
        found += legible(page)
        after = page[-1].place
    return found


async def test_a_tasks_events_come_in_their_order_with_their_positions_and_bytes(store: Store, log: Log) -> None:
    logged = await told(store, "a", *(NOON - number * SECOND for number in range(12)))

    assert await log.task("a") == logged
    assert [one.envelope.raw for one in legible(await log.task("a"))] == [one.envelope.raw for one in logged]


async def test_an_unknown_task_has_no_events(store: Store, log: Log) -> None:
    await told(store, "a", NOON)

    assert await log.task("b") == []
    assert await log.task("a/1") == []


async def test_what_is_logged_meanwhile_is_seen(store: Store, log: Log) -> None:
    assert await log.task("a") == []

    logged = await told(store, "a", NOON)

    assert await log.task("a") == logged


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_pages_follow_each_other_in_the_order_of_time_task_and_position(
    store: Store, log: Log, size: int
) -> None:
    late, early = await told(store, "b", NOON, NOON + SECOND, NOON), await told(store, "a", NOON, NOON - SECOND, NOON)

    found = await paged(log, Extent(size))

    assert found == [early[1], early[0], early[2], late[0], late[2], late[1]]


async def test_a_page_begins_at_since_and_ends_before_until(store: Store, log: Log) -> None:
    logged = await told(store, "a", *(NOON + number * MILLISECOND for number in range(5)))

    assert await log.page(Extent(10, NOON + MILLISECOND, NOON + 3 * MILLISECOND)) == logged[1:3]
    assert await log.page(Extent(10, since=NOON + 4 * MILLISECOND)) == logged[4:]
    assert await log.page(Extent(10, until=NOON)) == []


async def test_a_page_goes_on_after_a_place_that_is_gone_and_never_before_since(store: Store, log: Log) -> None:
    logged = await told(store, "a", *(NOON + number * SECOND for number in range(4)))

    assert await log.page(Extent(10, after=(NOON + SECOND, "Z", 9))) == logged[1:]
    assert await log.page(Extent(10, after=(NOON + SECOND, "z", 0))) == logged[2:]
    assert await log.page(Extent(10, since=NOON + 2 * SECOND, after=(NOON, "a", 1))) == logged[2:]


async def test_a_page_shows_only_the_types_that_are_named(store: Store, log: Log) -> None:
    first, other = await told(store, "a", NOON, NOON, NOON), await told(store, "b", NOON, NOON, NOON)
    wanted = frozenset({"LessonGenerated", "LessonRequested"})

    assert await paged(log, Extent(2, types=wanted)) == [first[0], first[2], other[0], other[2]]
    assert await log.page(Extent(2, types=frozenset({"LessonFailed"}))) == []


def test_every_kind_of_order_is_in_the_index_of_those_that_name_a_webhook() -> None:
    assert [order.__name__ for order in ORDERS if f"'{order.__name__}'" not in CALLING] == []


async def test_of_the_orders_of_a_day_a_file_gives_those_alone_that_name_a_webhook(store: Store, log: Log) -> None:
    for number in range(20):
        await told(store, f"quiet-{number}", NOON, NOON + SECOND)
    calling = request().model_copy(update={"callback_url": "https://example.org/done"})
    ordered = wrap(LessonRequested(task_id="calling", request=calling), source="test", now=NOON + SECOND)
    assert await store.append([Change("calling", 0, [ordered], None)]) == [True]
    orders = frozenset(order.__name__ for order in ORDERS)

    found = await log.page(Extent(100, NOON, types=orders, calling=True))

    assert [one for one in legible(found) if one.envelope.event.task_id == "calling"] == [Logged(1, ordered)]
    assert len(found) == (1 if isinstance(log, SQLiteLog) else 21)
    assert await log.page(Extent(100, NOON + 2 * SECOND, types=orders, calling=True)) == []


async def test_whole_logs_come_by_the_tasks_ids(store: Store, log: Log) -> None:
    logs = {name: await told(store, name, NOON, NOON, NOON) for name in ("b", "a-b", "a", "C")}

    first, rest = await log.tasks(after="", limit=3), await log.tasks(after="a-b", limit=3)

    assert (list(first), list(rest)) == (["C", "a", "a-b"], ["b"])
    for name, entries in {**first, **rest}.items():
        expected = [(one.position, one.envelope.type, one.envelope.raw) for one in logs[name]]
        assert [(one.position, one.type, one.raw) for one in entries] == expected
    assert await log.tasks(after="b", limit=3) == {}


async def test_a_log_that_is_not_open_says_so(beside: Callable[[], Log]) -> None:
    with pytest.raises(StoreUnavailable, match="not open"):
        await beside().task("a")


async def test_a_log_can_be_read_when_nobody_writes_it(again: Again, beside: Callable[[], Log]) -> None:
    store, log = again(), beside()
    await store.open()
    logged = await told(store, "a", NOON)
    await store.close()

    await log.open()

    assert await log.task("a") == logged
    await log.close()


async def test_a_file_that_is_not_there_is_not_made(folder: Path) -> None:
    with pytest.raises(SettingsError, match="no SQLite file"):
        await SQLiteLog(folder / "nothing.db").open()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is empty before and after."""
    yield tmp_path
    assert list(tmp_path.iterdir()) == []
