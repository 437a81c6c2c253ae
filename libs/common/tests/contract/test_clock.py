"""Waiting for an event, but not for ever: one cancellation ends it, whenever it comes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from pathshala_common.contract.ports.clock import until_set

TICKS = 12


class Ticking:
    """A clock whose every wait is over after one turn of the loop, or never."""

    def __init__(self, *, ends: bool = True) -> None:
        self.waits_cancelled, self._ends = 0, ends

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:  # noqa: ARG002 - as the port says
        try:
            await (asyncio.sleep(0) if self._ends else asyncio.Event().wait())
        except asyncio.CancelledError:
            self.waits_cancelled += 1
            raise


async def test_it_ends_when_the_event_is_set() -> None:
    clock, event = Ticking(ends=False), asyncio.Event()
    waiting = asyncio.create_task(until_set(event, clock, 5))
    for _ in range(TICKS):
        await asyncio.sleep(0)
    assert not waiting.done()
    event.set()
    await waiting
    assert clock.waits_cancelled == 1


async def test_it_ends_when_the_time_is_over() -> None:
    await until_set(asyncio.Event(), Ticking(), 5)


async def cancelled_after(ticks: int, wait: Callable[[], Awaitable[None]]) -> bool:
    """Cancel once, after so many turns of the loop, what waits again and again. Returns whether that ended it."""

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
    assert await cancelled_after(ticks, lambda: until_set(asyncio.Event(), Ticking(), 5))


async def test_to_suppress_the_end_of_each_wait_loses_some() -> None:
    async def losing() -> None:
        waits = [asyncio.ensure_future(asyncio.Event().wait()), asyncio.ensure_future(Ticking().sleep(5))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
                with suppress(asyncio.CancelledError):
                    await wait

    assert not all([await cancelled_after(ticks, losing) for ticks in range(TICKS)])
