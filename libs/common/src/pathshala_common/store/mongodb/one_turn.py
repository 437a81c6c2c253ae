"""One round trip for many callers: what is asked for in one turn of the event loop goes to the server together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class OneTurn(Generic[T, R]):
    """Turns a function over many into one over one. Nobody waits for those of an earlier turn.

    What `run` raises is raised to all who asked in that turn; so an item must not be able to make it fail.
    """

    def __init__(self, run: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, size_max: int) -> None:
        """Give at most `size_max` items to one call of `run`, which answers each in order."""
        self._run, self._size_max = run, size_max
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, item: T) -> R:
        """Give the answer for one item."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._go)
        self._waiting.append((item, answer))
        return await answer

    def _go(self) -> None:
        waiting, self._waiting = self._waiting, []
        for first in range(0, len(waiting), self._size_max):
            task = asyncio.create_task(self._answer(waiting[first : first + self._size_max]))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _answer(self, asked: Sequence[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            answers = await self._run([item for item, _ in asked])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who wait
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), value in zip(asked, answers, strict=True):
            if not answer.done():
                answer.set_result(value)
