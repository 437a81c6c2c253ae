"""Who asks goes before who writes: a busy process begins few tasks while others ask, and the rest soon afterwards."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from pathshala_api.admission import Admission
from pathshala_api.pace import (
    ASKING_SECONDS,
    BEGIN_SECONDS,
    BEGUN_MAX,
    BUSY_SHARE,
    LATE_SECONDS,
    LOOK_SECONDS,
    TURN_MAX,
    RelayPace,
)
from pathshala_api.relay import Relay
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.topology import Topology
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import PassingClock
from tests.stories.events import told
from tests.stories.lessons import a_request
from tests.waiting import one_turn, until

TOPOLOGY = Topology()
TASKS = 480
BEHIND_SECONDS = 20 * LATE_SECONDS
FULL = 1.0


class LoopClock(PassingClock):
    """The clock of an event loop that wakes sleepers late by so much, and in which somebody asks until a moment."""

    def __init__(self, late_seconds: float = 0.0) -> None:
        super().__init__()
        self.late_seconds = late_seconds
        self.asks: RelayPace | None = None
        self.asks_until = float("inf")

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + self.late_seconds)
        if self.asks is not None and self.monotonic() < self.asks_until:
            self.asks.asked()


class NotedBroker(MemoryBroker):
    """A broker in memory that notes how many messages come together, and when."""

    clock: LoopClock
    published: list[tuple[float, int]]

    async def publish(self, messages: Sequence[Message]) -> None:
        self.published.append((self.clock.monotonic(), len(messages)))
        await super().publish(messages)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SQLiteStore]:
    opened = SQLiteStore(tmp_path / "pathshala.db")
    await opened.open()
    yield opened
    await opened.close()


def a_pace(clock: LoopClock, busy_share: float = 0.0) -> RelayPace:
    """A pace in a process that computes for such a share of the time."""
    return RelayPace(clock, lambda: busy_share * clock.monotonic())


async def waited(pace: RelayPace, clock: LoopClock, begun: int = BEGUN_MAX) -> float:
    before = clock.monotonic()
    await pace.after(begun)
    return clock.monotonic() - before


async def test_nobody_waits_while_nobody_asks() -> None:
    clock = LoopClock(BEHIND_SECONDS)
    assert await waited(a_pace(clock, FULL), clock) == 0


async def test_who_begins_hardly_waits_while_there_is_time_left() -> None:
    clock = LoopClock()
    clock.asks = pace = a_pace(clock, BUSY_SHARE - 0.05)
    pace.asked()

    assert [await waited(pace, clock) for _ in range(99)] == pytest.approx([LOOK_SECONDS] * 99)


async def test_who_begins_waits_for_a_turn_while_the_loop_is_behind() -> None:
    clock = LoopClock(BEHIND_SECONDS)
    clock.asks = pace = a_pace(clock)
    pace.asked()

    for begun in (1, BEGUN_MAX):
        turn, look = begun * BEGIN_SECONDS, LOOK_SECONDS + BEHIND_SECONDS
        assert turn <= await waited(pace, clock, begun) < turn + look + LATE_SECONDS


async def test_a_process_that_computes_all_the_time_is_full_though_it_wakes_everybody_in_time() -> None:
    clock = LoopClock()
    clock.asks = pace = a_pace(clock, FULL)
    pace.asked()

    waits = [await waited(pace, clock) for _ in range(99)]

    assert waits[0] == pytest.approx(LOOK_SECONDS)  # one look is no mean
    assert waits[-1] == pytest.approx(BEGUN_MAX * BEGIN_SECONDS, abs=LOOK_SECONDS)


async def test_the_wait_ends_with_the_last_who_asked() -> None:
    clock = LoopClock(BEHIND_SECONDS)
    pace = a_pace(clock)
    pace.asked()

    assert await waited(pace, clock, begun=1_000) < ASKING_SECONDS + LOOK_SECONDS + BEHIND_SECONDS + LATE_SECONDS


async def test_who_asks_is_not_taken_for_gone_while_the_work_of_one_turn_keeps_the_loop() -> None:
    clock = LoopClock()
    pace = a_pace(clock, FULL)
    pace.asked()

    await clock.sleep(TURN_MAX * BEGIN_SECONDS * 0.49)
    assert pace.together_max == BEGUN_MAX

    await clock.sleep(TURN_MAX * BEGIN_SECONDS * 0.02)
    assert pace.together_max == TURN_MAX


@pytest.mark.parametrize("paced", [True, False])
async def test_a_flood_is_begun_at_a_pace_and_the_rest_soon_behind_it(store: SQLiteStore, *, paced: bool) -> None:
    clock = LoopClock(BEHIND_SECONDS)
    broker = await a_broker(clock)
    relay = a_relay(store, broker, clock)
    relay.pace = clock.asks = a_pace(clock) if paced else None
    clock.asks_until = TASKS / 4 * BEGIN_SECONDS
    flood_of_tasks(relay)

    await relayed(relay, broker)

    flood = [(moment, count) for moment, count in broker.published if moment < clock.asks_until]
    behind = [count for moment, count in broker.published if moment > clock.asks_until + ASKING_SECONDS]
    if paced:
        assert max(count for _, count in flood) <= BEGUN_MAX
        assert sum(count for _, count in flood[:-1]) * BEGIN_SECONDS <= flood[-1][0] - flood[0][0]
        assert set(behind[:-1]) == {TURN_MAX}
        assert 0 < behind[-1] <= TURN_MAX
    else:
        assert [count for _, count in broker.published] == [TASKS]


async def test_where_nobody_asks_others_have_a_turn_of_the_loop_between_two_that_begin_tasks(
    store: SQLiteStore,
) -> None:
    clock = LoopClock()
    broker = await a_broker(clock)
    relay = a_relay(store, broker, clock)
    relay.pace = a_pace(clock, FULL)
    flood_of_tasks(relay)
    clock.asks_until = 0
    await clock.sleep(ASKING_SECONDS)
    seen: list[int] = []

    async def look() -> None:
        while True:
            seen.append(len(broker.published))
            await one_turn()

    looking = asyncio.create_task(look())
    await relayed(relay, broker)
    looking.cancel()

    assert max(count for _, count in broker.published) <= TURN_MAX
    assert max(after - before for before, after in pairwise(seen)) == 1


async def a_broker(clock: LoopClock) -> NotedBroker:
    broker = NotedBroker(TOPOLOGY, clock=clock)
    broker.clock, broker.published = clock, []
    await broker.start()
    return broker


def a_relay(store: SQLiteStore, broker: NotedBroker, clock: LoopClock) -> Relay:
    admission = Admission(store, user_tasks_max=TASKS, tasks_max=TASKS, user_in_flight_max=TASKS)
    return Relay(store, admission, broker, clock, exchange=TOPOLOGY.exchange, retry_seconds=60)


def flood_of_tasks(relay: Relay) -> None:
    for number in range(TASKS):
        relay.send(told(LessonRequested(task_id=f"task-{number}", request=a_request("english", f"{number}"))))


async def relayed(relay: Relay, broker: NotedBroker) -> None:
    running = asyncio.create_task(relay.run())
    await until(lambda: sum(count for _, count in broker.published) == TASKS)
    running.cancel()
    await asyncio.wait([running])
