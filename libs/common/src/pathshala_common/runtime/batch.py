"""Batches by need: the calls that arrive while one batch runs form the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from pathshala_common.contract.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")


class Batch(Generic[T, R]):
    """Turns a function over many into one over one, which many may call at once.

    `run` answers each of its items in order. If it fails over several, each is tried again alone, so that a bad
    item fails only itself; Unavailable fails them all, since nothing is wrong with any of them.
    """

    def __init__(
        self, run: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, size_max: int, within_seconds: float = 0.0
    ) -> None:
        """Take at most `size_max` items at once, those that come within this time of the first."""
        self._run, self._size_max, self._within_seconds = run, size_max, within_seconds
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, item: T) -> R:
        """Give the answer for one item, or raise what `run` raised for it."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                if self._within_seconds:
                    await asyncio.sleep(self._within_seconds)
                batch, self._waiting = self._waiting[: self._size_max], self._waiting[self._size_max :]
                await self._answer(batch)
        finally:
            self._running = None

    async def _answer(self, batch: Sequence[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            answers = await self._run([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who wait
            if len(batch) > 1 and not isinstance(error, Unavailable):
                for one in batch:
                    await self._answer([one])
                return
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), value in zip(batch, answers, strict=True):
                if not answer.done():
                    answer.set_result(value)
