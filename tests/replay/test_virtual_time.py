"""Virtual time: waits are over at once, in their order, and work takes none."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from pathshala.replay.virtual_time import ClockOfThen, VirtualTimeLoop
from tests.clock import NOON
from tests.replay.stories import SECOND

T = TypeVar("T")
HOUR_SECONDS = 3_600.0


def in_virtual_time(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run in virtual time, which must not take long by the real one."""
    began = time.monotonic()
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        result = runner.run(coroutine)
    assert time.monotonic() - began < 30
    return result


def test_the_clock_begins_then_and_goes_on_by_waiting_alone() -> None:
    async def story() -> None:
        clock = ClockOfThen(NOON)
        assert clock.now() == NOON
        time.sleep(0.01)  # noqa: ASYNC251 - work takes real time
        assert clock.now() == NOON
        await clock.sleep(HOUR_SECONDS)
        assert clock.now() == NOON + HOUR_SECONDS * SECOND

    in_virtual_time(story())


def test_what_is_due_first_comes_first() -> None:
    async def story() -> list[int]:
        seen: list[int] = []

        async def after(seconds: int) -> None:
            await asyncio.sleep(seconds)
            seen.append(seconds)

        await asyncio.gather(*(after(seconds) for seconds in (300, 1, 60)))
        return seen

    assert in_virtual_time(story()) == [1, 60, 300]


def test_a_limit_ends_what_is_never_answered() -> None:
    async def story() -> float:
        loop = asyncio.get_running_loop()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(HOUR_SECONDS):
                await asyncio.Event().wait()
        return loop.time()

    assert in_virtual_time(story()) == HOUR_SECONDS


def test_work_in_a_thread_takes_no_time_and_meets_no_limit() -> None:
    async def story() -> float:
        async with asyncio.timeout(1):
            await asyncio.to_thread(time.sleep, 0.05)
        return asyncio.get_running_loop().time()

    assert in_virtual_time(story()) == 0
