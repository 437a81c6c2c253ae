"""What a process waits for is told in the store: on a change, again while it lasts, and no longer once it is over."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.ports.notices import Notice
from pathshala_common.operating.circuits import CIRCUITS, DELIVERIES, OpenCircuit, open_circuits
from pathshala_common.operating.notice_text import REPORT_SECONDS, SILENT_SECONDS_MAX
from pathshala_common.runtime.circuit_reporter import CircuitReporter
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON, HeldClock


class CountingStore(SQLiteStore):
    """A SQLite file that counts what is put up and taken down, and may be away."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked = self.writes = 0
        self.away = False

    async def put_notice(self, notice: Notice) -> None:
        self._heard()
        await super().put_notice(notice)

    async def take_down(self, prefix: str, *, before: object) -> None:
        self._heard()
        await super().take_down(prefix, before=before)  # type: ignore[arg-type]

    def _heard(self) -> None:
        self.asked += 1
        if self.away:
            raise StoreUnavailable("away")
        self.writes += 1


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CountingStore]:
    store = CountingStore(tmp_path / "pathshala.db")
    await store.open()
    yield store
    await store.close()


def opened(failures: int = 1) -> OpenCircuit:
    return OpenCircuit(
        service="generator",
        guards=DELIVERIES,
        reason="the model cannot be reached",
        failures=failures,
        opened_at=NOON,
        probe_at=NOON + timedelta(seconds=failures),
    )


async def reasons(store: SQLiteStore, clock: HeldClock) -> list[tuple[str, int]]:
    return [(one.reason, one.failures) for one in await open_circuits(store, clock.now())]


async def test_nothing_is_asked_of_the_store_while_all_are_closed(store: CountingStore) -> None:
    clock = HeldClock()
    reporter = CircuitReporter(store, clock, [list])
    for _ in range(50):
        await reporter.look()
        clock.advance(REPORT_SECONDS)
    await reporter.close()
    assert store.writes == 0


async def test_a_change_is_told_at_once_and_what_lasts_again_in_time(store: CountingStore) -> None:
    clock, found = HeldClock(), [opened()]
    reporter = CircuitReporter(store, clock, [lambda: found])
    await reporter.look()
    assert await reasons(store, clock) == [("the model cannot be reached", 1)]
    found[:] = [opened(2)]
    await reporter.look()
    assert await reasons(store, clock) == [("the model cannot be reached", 2)]
    for _ in range(int(10 * REPORT_SECONDS)):
        await reporter.look()
        clock.advance(1)
    assert store.writes <= 2 + 10
    assert await reasons(store, clock) == [("the model cannot be reached", 2)]
    found.clear()
    await reporter.look()
    assert await reasons(store, clock) == []


async def test_what_a_dead_process_told_is_believed_for_a_while(store: CountingStore) -> None:
    clock = HeldClock()
    await CircuitReporter(store, clock, [lambda: [opened()]]).look()
    clock.advance(SILENT_SECONDS_MAX - 1)
    assert await reasons(store, clock)
    clock.advance(2)
    assert await reasons(store, clock) == []


async def test_a_store_that_is_away_hears_it_later_if_it_is_still_true(store: CountingStore) -> None:
    clock, found = HeldClock(), [opened()]
    reporter = CircuitReporter(store, clock, [lambda: found])
    store.away = True
    for _ in range(5):
        await reporter.look()
    assert store.asked == 1, "one that is away is not asked at every look"
    store.away = False
    clock.advance(REPORT_SECONDS)
    await reporter.look()
    assert await reasons(store, clock) == [("the model cannot be reached", 1)]
    found.clear()
    store.away = True
    await reporter.look()
    store.away = False
    assert await reasons(store, clock)
    clock.advance(REPORT_SECONDS)
    await reporter.look()
    assert await reasons(store, clock) == []


async def test_two_processes_are_told_apart_and_one_that_stops_takes_its_own_down(store: CountingStore) -> None:
    clock = HeldClock()
    one, other = (CircuitReporter(store, clock, [lambda: [opened()]]) for _ in range(2))
    await one.look()
    await other.look()
    assert len(await open_circuits(store, clock.now())) == 2
    await one.close()
    assert len(await open_circuits(store, clock.now())) == 1
    assert len(await store.notices(CIRCUITS, since=NOON)) == 1
