"""Time as it was then: it stands still while handlers work, and a wait is over at once."""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose time goes on only by waiting: when all that is left to do is to wait, it jumps to the end.

    Work in threads is waited for, and takes no time. Nothing in it may wait for a socket: time would not.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._in_threads = 0
        super().__init__(_JumpingSelector(self._jump))

    def time(self) -> float:
        """Seconds waited so far."""
        return self._seconds

    def run_in_executor(  # type: ignore[override]  # the types of its arguments are of no concern here
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Know of it until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._in_threads += 1
        future.add_done_callback(self._left_thread)
        return future

    def _left_thread(self, _future: asyncio.Future[Any]) -> None:
        self._in_threads -= 1

    def _jump(self, seconds: float) -> bool:
        """Let time pass, unless a thread is at work."""
        if self._in_threads:
            return False
        self._seconds += seconds
        return True


class _JumpingSelector(selectors.DefaultSelector):
    """A selector that asks its loop to jump where it would sleep."""

    def __init__(self, jump: Callable[[float], bool]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and (timeout <= 0 or self._jump(timeout))):
            return ready
        return super().select(None)


class ClockOfThen:
    """Implements the port Clock: begins at a recorded moment, and goes on as its event loop's time does."""

    def __init__(self, began: datetime) -> None:
        """Begin when `now` is first asked for."""
        self._began = began
        self._loop_began: float | None = None

    def now(self) -> datetime:
        """The time then."""
        seconds = asyncio.get_running_loop().time()
        if self._loop_began is None:
            self._loop_began = seconds
        return self._began + timedelta(seconds=seconds - self._loop_began)

    def monotonic(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait, in the loop's time."""
        await asyncio.sleep(seconds)
