"""How much slower a long log makes a SQLite store, and what retention costs those who write meanwhile.

    PYTHONPATH=. python bench/log.py [EVENTS]

Prints the median of each operation on an empty store and on one with that many events (200,000 if none is named), and
their ratio; then the same of appends while the log is being cut.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    GenerationStarted,
    LessonEnriched,
    LessonFailed,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Absence, LessonRequest, Status, Task
from pathshala_common.contract.ports.operator import Extent
from pathshala_common.contract.ports.store import Change, Page
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_store.retention import LogLimits, Retention

EVENTS = 200_000
ROUNDS = 300
TOGETHER = 200
LEAST_EVENTS = 1_400
RECORDED_LENGTH = 4_000
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

Operations = Mapping[str, Callable[[], Awaitable[object]]]


def life(at: datetime) -> tuple[Task, list[Envelope]]:
    """A task of seven events that has ended, with a recording of middling length."""
    task_id = str(uuid4())
    request = LessonRequest(
        subject="english", topic="verbs", user_id="bench", requested_at=at, deadline=at + timedelta(minutes=15)
    )
    call = ProviderCall.recorded("openai", "x" * RECORDED_LENGTH, status=200, answer="{}", seconds=1)
    events: list[AnyEvent] = [
        LessonRequested(task_id=task_id, request=request),
        EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query="Verb"),
        LessonEnriched(task_id=task_id, request=request, absence=Absence.NOT_FOUND),
        GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="openai"),
        ProviderAnswered(task_id=task_id, attempt=1, service="generator", call=call),
        GenerationStarted(task_id=task_id, attempt=2, attempts_max=4, writer="openai"),
        LessonFailed(task_id=task_id, service="generator", code="refused", message="No.", failed_at=at),
    ]
    envelopes = [wrap(event, source="bench", now=at, index=index) for index, event in enumerate(events)]
    ended = {"status": Status.FAILED, "completed_at": at}
    return Task(task_id=task_id, request=request).model_copy(update=ended), envelopes


async def fill(store: SQLiteStore, events: int) -> None:
    """Log the lives of as many tasks as make so many events."""
    logged, at = 0, NOON
    while logged < events:
        lives = [life(at + number * timedelta(milliseconds=1)) for number in range(TOGETHER)]
        await store.append([Change(task.task_id, 0, told, task) for task, told in lives])
        logged += sum(len(told) for _, told in lives)
        at += timedelta(seconds=1)


async def operations(store: SQLiteStore, log: SQLiteLog) -> Operations:
    """What is measured; one task is there to be read."""
    known, told = life(NOON)
    await store.append([Change(known.task_id, 0, told, known)])

    async def append() -> None:
        task, events = life(NOON)
        await store.append([Change(task.task_id, 0, events[:1], task)])

    return {
        "append": append,
        "status": lambda: store.task(known.task_id),
        "list page": lambda: store.tasks(Page(finished_since=NOON, limit=100)),
        "log page": lambda: log.page(Extent(100, since=NOON)),
        "events": lambda: store.logged(known.task_id, after=0, limit=100),
    }


async def timed(operation: Callable[[], Awaitable[object]]) -> float:
    """Time an operation, in milliseconds."""
    began = time.perf_counter()
    await operation()
    return (time.perf_counter() - began) * 1_000


@asynccontextmanager
async def filled(folder: Path, events: int) -> AsyncIterator[tuple[SQLiteStore, Operations]]:
    """Open a store with so many events, and what is measured on it."""
    store, log = SQLiteStore(folder / "bench.db"), SQLiteLog(folder / "bench.db")
    await store.open()
    # A page of an empty store has less to show, and that is not what is asked.
    await fill(store, max(events, LEAST_EVENTS))
    await log.open()
    yield store, await operations(store, log)
    await log.close()
    await store.close()


async def cut(store: SQLiteStore, append: Callable[[], Awaitable[object]]) -> None:
    """Cut all that can be, and time appends meanwhile."""
    before, began = await store.event_count(), time.perf_counter()
    cutting = asyncio.create_task(Retention(store, SystemClock(), LogLimits(1, 1, 1)).apply())
    seen: list[float] = []
    while not cutting.done():
        seen.append(await timed(append))
    seconds, gone = time.perf_counter() - began, await cutting
    print(f"cut {gone:,} of {before:,} events in {seconds:.1f} s ({gone / seconds:,.0f}/s)")
    print(f"appends meanwhile: median {median(seen):.2f} ms, p99 {quantiles(seen, n=100)[-1]:.1f} ms")


async def main(events: int) -> None:
    """Measure both stores in turn, so that a busy machine is so for both."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        async with filled(Path(first), 0) as (_, few), filled(Path(second), events) as (store, many):
            for name in few:
                short, long = [], []
                for _ in range(ROUNDS):
                    short.append(await timed(few[name]))
                    long.append(await timed(many[name]))
                ratio = median(long) / median(short)
                print(f"{name:10} {median(short):8.3f} ms empty {median(long):8.3f} ms full   x {ratio:.2f}")
            await cut(store, many["append"])


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
