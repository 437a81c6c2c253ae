"""Waiting for the first of several things: a cancellation of the one who waits is never lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from pathshala_common.runtime.first_of import first_of

TICKS = 12


async def a_tick() -> None:
    await asyncio.sleep(0)


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_it_returns_with_the_first_and_cancels_the_others() -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await for_ever()
        finally:
            ended.append("slow")

    await first_of(a_tick(), slow())
    assert ended == ["slow"]


async def cancelled_after(ticks: int, wait: Callable[[], Awaitable[None]]) -> bool:
    """Cancel once, after so many ticks, what waits again and again. Returns whether that ended it."""

    async def again_and_again() -> None:
        while True:
            await wait()

    waiting = asyncio.create_task(again_and_again())
    for _ in range(ticks):
        await asyncio.sleep(0)
    waiting.cancel()
    for _ in range(TICKS):
        await asyncio.sleep(0)
    ended = waiting.done()
    while not waiting.done():
        waiting.cancel()
        await asyncio.sleep(0)
    return ended


@pytest.mark.parametrize("ticks", range(TICKS))
async def test_one_cancellation_is_enough_whenever_it_comes(ticks: int) -> None:
    assert await cancelled_after(ticks, lambda: first_of(a_tick(), for_ever()))


async def test_the_other_way_of_waiting_for_the_end_loses_some() -> None:
    async def losing() -> None:
        tasks = [asyncio.create_task(a_tick()), asyncio.create_task(for_ever())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    assert not all([await cancelled_after(ticks, losing) for ticks in range(TICKS)])
