"""A small pool of processes for pure computation, beside the one that waits for models.

Each costs 40 MiB, so none is started before so many lessons are in the making that their answers may come together,
and all end when nobody has needed them for a while.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Generic, NamedTuple, TypeVar

from pathshala_common.contract.errors import Retry
from pathshala_common.logs import get_logger
from pathshala_generator.pool_process import Prepare, begin, compute

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


def size_by_cores() -> int:
    """Leave a core to the process that waits; 0 if there is but one."""
    return min((os.cpu_count() or 1) - 1, SIZE_MAX)


class Processes:
    """Runs functions of modules, on what can be pickled; each process calls `prepare(*given)` first.

    What waits is bounded by the callers: each waits for what it asked. A process that dies takes with it all that the
    pool had in hand. The pool is made anew, and each of these computations is tried again in a process that has nothing
    else to do, so that no innocent one fails.
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
        self._expected = self._in_hand = 0
        self._waiting: deque[_Job[Any]] = deque()
        self._pool: ProcessPoolExecutor | None = None
        self._is_up = False
        self._alone = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def up(self) -> bool:
        """Whether the pool takes computations. It has been started, and none of it has to be waited for."""
        return self._is_up

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Say that something will have to be computed before long: the pool is up by then, if many say so."""
        self._expected += 1
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._pool is None and self._expected >= self._expected_min:
            self._pool = self._made(self._size)
            self._keep(self._warm(self._pool))
        try:
            yield
        finally:
            self._expected -= 1
            if self._pool is not None and not self._expected:
                self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_pool)

    async def run(self, function: Callable[..., Result], *given: Any) -> Result:
        """Compute, while the pool is up. Raises what the function raises, and Retry if it is to blame for deaths."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
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
        for job in self._waiting:
            job.done.cancel()
        self._end_pool()

    def _send(self) -> None:
        """Hand out what waits, evenly."""
        while self._waiting and self._pool is not None and self._in_hand < self._size * BATCHES_AHEAD:
            count = min(BATCH_MAX, -(-len(self._waiting) // self._size))
            batch = [self._waiting.popleft() for _ in range(count)]
            self._in_hand += 1
            self._keep(self._compute(self._pool, batch))

    async def _compute(self, pool: ProcessPoolExecutor, batch: Sequence[_Job[Any]]) -> None:
        try:
            await _settle(pool, batch)
        except BrokenProcessPool:
            self._replace(pool)
            async with self._alone:
                for job in batch:
                    await self._try_alone(job)
        finally:
            self._in_hand -= 1
            self._send()

    async def _try_alone(self, job: _Job[Any]) -> None:
        for _ in range(DEATHS_ALONE_MAX):
            pool = self._made(1)
            try:
                await _settle(pool, [job])
            except BrokenProcessPool:
                log.warning("a process died over one computation", function=job.function.__qualname__)
            else:
                return
            finally:
                pool.shutdown(wait=False)
        if not job.done.done():
            job.done.set_exception(Retry(CRASHED, "every process that computed for this lesson died over it"))

    async def _warm(self, pool: ProcessPoolExecutor) -> None:
        """Use the pool once its processes are up."""
        loop = asyncio.get_running_loop()
        try:
            await asyncio.gather(*(loop.run_in_executor(pool, compute, ()) for _ in range(self._size)))
        except BrokenProcessPool:
            self._replace(pool)
        self._is_up = self._pool is not None

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        """Make the pool anew, once for all that were in it."""
        if self._pool is broken:
            log.warning("a process that computes has died; all of them are started anew")
            broken.shutdown(wait=False)
            self._pool = self._made(self._size)

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool, self._is_up = None, False

    def _made(self, size: int) -> ProcessPoolExecutor:
        # Spawned, since this process has threads: a fork would copy their locks, and not them.
        return ProcessPoolExecutor(size, get_context("spawn"), initializer=begin, initargs=self._began_by)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _settle(pool: ProcessPoolExecutor, batch: Sequence[_Job[Any]]) -> None:
    """Compute a batch, and tell each caller what came of it. Raises BrokenProcessPool."""
    computations = [(job.function, job.given) for job in batch]
    ends = await asyncio.get_running_loop().run_in_executor(pool, compute, computations)
    for job, (result, fault) in zip(batch, ends, strict=True):
        if job.done.done():  # its caller has gone
            continue
        if fault is None:
            job.done.set_result(result)
        else:
            job.done.set_exception(fault)
