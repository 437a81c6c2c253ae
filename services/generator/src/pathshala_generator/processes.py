"""A small pool of processes for pure computation, beside the one that waits for models.

Each costs 40 MiB, so none is started before so many lessons are in the making that their answers may come together,
and all end when nobody has needed them for a while.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from pathshala_common.contract.errors import Retry
from pathshala_common.logs import get_logger
from pathshala_generator.computing import ComputingProcess, DeadError
from pathshala_generator.pool_process import Prepare

log = get_logger()

SIZE_MAX = 4
EXPECTED_MIN = 32
"""The pool is started when so many callers at once will have something to compute."""
IDLE_SECONDS = 60.0
BATCH_MAX = 8
"""Computations that a process is given at once, and that die with it."""
BATCHES_AHEAD = 2
"""Batches in hand for each process, so that none waits for its next one."""
BATCH_CPU_SECONDS_MAX = 10.0
"""A process that computes longer on a batch is killed by the system: it has died over it."""
DEATHS_ALONE_MAX = 2
"""A computation is to blame if so many processes died over it that had nothing else in hand."""
CRASHED = "computation_crashed"

Result = TypeVar("Result")


class _Job(NamedTuple, Generic[Result]):
    function: Callable[..., Result]
    given: tuple[Any, ...]
    done: asyncio.Future[Result]


@dataclass(slots=True, eq=False)
class _Member:
    """A process of the pool, and the batches that it has in hand."""

    process: ComputingProcess
    in_hand: int = 0


def size_by_cores() -> int:
    """Leave a core to the process that waits; 0 if there is but one."""
    return min((os.cpu_count() or 1) - 1, SIZE_MAX)


class Processes:
    """Runs functions of modules, on what can be pickled; each process calls `prepare(*given)` first.

    What waits is bounded by the callers: each waits for what it asked. A process that dies takes with it what it had in
    hand. Another one is started in its place, and each of these computations is tried again in a process that has
    nothing else to do, so that no innocent one fails.
    """

    def __init__(
        self,
        size: int,
        prepare: Prepare,
        *given: Any,
        expected_min: int = EXPECTED_MIN,
        cpu_seconds_max: float = BATCH_CPU_SECONDS_MAX,
    ) -> None:
        """Prepare; no process is started before it is needed."""
        self._size, self._expected_min, self._began_by = size, expected_min, (prepare, given, cpu_seconds_max)
        self._expected = 0
        self._waiting: deque[_Job[Any]] = deque()
        self._asked = set[asyncio.Future[Any]]()
        self._pool: list[_Member] | None = None
        self._alone = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._tasks, self._endings = set[asyncio.Task[None]](), set[asyncio.Task[None]]()

    @property
    def up(self) -> bool:
        """Whether the pool takes computations: some of it has been started, and none has to be waited for."""
        return bool(self._pool)

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Say that something will have to be computed before long: the pool is up by then, if many say so."""
        self._expected += 1
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._pool is None and self._expected >= self._expected_min:
            self._pool = []
            for _ in range(self._size):
                self._keep(self._add(self._pool))
        try:
            yield
        finally:
            self._expected -= 1
            if self._pool is not None and not self._expected:
                self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_pool)

    async def run(self, function: Callable[..., Result], *given: Any) -> Result:
        """Compute, while the pool is up. Raises what the function raises, and Retry if it is to blame for deaths."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked.add(done)
        done.add_done_callback(self._asked.discard)
        self._waiting.append(_Job(function, given, done))
        self._send()
        return await done

    async def close(self) -> None:
        """End all processes; whoever still waits is cancelled."""
        if self._idle is not None:
            self._idle.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for done in tuple(self._asked):
            done.cancel()
        self._end_pool()
        await asyncio.gather(*self._endings)

    def _send(self) -> None:
        """Hand out what waits, evenly."""
        while self._waiting and self._pool:
            member = min(self._pool, key=lambda one: one.in_hand)
            if member.in_hand == BATCHES_AHEAD:
                return
            count = min(BATCH_MAX, -(-len(self._waiting) // len(self._pool)))
            batch = [self._waiting.popleft() for _ in range(count)]
            member.in_hand += 1
            self._keep(self._compute(self._pool, member, batch))

    async def _compute(self, pool: list[_Member], member: _Member, batch: Sequence[_Job[Any]]) -> None:
        try:
            await _settle(member.process, batch)
        except DeadError:
            self._replace(pool, member)
            await self._try_each_alone(batch)
        finally:
            member.in_hand -= 1
            self._send()

    async def _try_each_alone(self, jobs: Sequence[_Job[Any]]) -> None:
        async with self._alone:
            for job in jobs:
                await self._try_alone(job)

    async def _try_alone(self, job: _Job[Any]) -> None:
        for _ in range(DEATHS_ALONE_MAX):
            try:
                process = await ComputingProcess.started(*self._began_by)
                try:
                    await _settle(process, [job])
                finally:
                    self._end(process)
            except DeadError:
                log.warning("a process died over one computation", function=job.function.__qualname__)
            else:
                return
        if not job.done.done():
            job.done.set_exception(Retry(CRASHED, "every process that computed for this lesson died over it"))

    async def _add(self, pool: list[_Member]) -> None:
        """Start a process of this pool. If none can be had at all, the pool is given up until it is needed again."""
        try:
            process = await ComputingProcess.started(*self._began_by)
        except DeadError:
            log.warning("a process that computes could not be started")
            if self._pool is pool and not pool:
                self._pool = None
                await self._try_each_alone([self._waiting.popleft() for _ in range(len(self._waiting))])
            return
        if self._pool is pool:
            pool.append(_Member(process))
            self._send()
        else:
            self._end(process)

    def _replace(self, pool: list[_Member], dead: _Member) -> None:
        """Start another process in the place of one, once for all that it had in hand."""
        if dead in pool:
            log.warning("a process that computes has died; another one is started")
            pool.remove(dead)
            self._end(dead.process)
            self._keep(self._add(pool))

    def _end_pool(self) -> None:
        for member in self._pool or ():
            self._end(member.process)
        self._pool = None

    def _end(self, process: ComputingProcess) -> None:
        """End a process; nothing cancels that."""
        _keep(process.end(), self._endings)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        _keep(work, self._tasks)


def _keep(work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _settle(process: ComputingProcess, batch: Sequence[_Job[Any]]) -> None:
    """Compute a batch, and tell each caller what came of it. Raises DeadError."""
    ends = await process.compute([(job.function, job.given) for job in batch])
    for job, (result, fault) in zip(batch, ends, strict=True):
        if job.done.done():  # its caller has gone
            continue
        if fault is None:
            job.done.set_result(result)
        else:
            job.done.set_exception(fault)
