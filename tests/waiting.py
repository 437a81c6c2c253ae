"""Waiting for a condition, with a deadline: no test sleeps for a while and hopes.

A deadline is only there to end a test that has failed, so it is long: a test passes as soon as its condition holds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

from tests.yardstick import timed

T = TypeVar("T")

POLL_SECONDS = 0.01
DEADLINE_SECONDS = 120.0


async def until(condition: Callable[[], T], seconds: float = DEADLINE_SECONDS) -> T:
    """Wait until `condition` gives something true, and return it."""

    async def answer() -> T:
        return condition()

    return await until_so(answer, seconds)


async def until_so(condition: Callable[[], Awaitable[T | None]], seconds: float = DEADLINE_SECONDS) -> T:
    """The same where the answer has to be awaited."""
    deadline = time.monotonic() + seconds
    while True:
        if value := await condition():
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(POLL_SECONDS)


def until_true(condition: Callable[[], T], seconds: float = DEADLINE_SECONDS) -> T:
    """The same where there is no event loop."""
    for _ in looks(seconds):
        if value := condition():
            return value
    raise AssertionError(f"not within {seconds} s")


def looks(seconds: float = DEADLINE_SECONDS) -> Iterator[None]:
    """Give turns to look at something, a little apart, until the time is over; one at least."""
    deadline = time.monotonic() + seconds
    while True:
        yield
        if time.monotonic() > deadline:
            return
        time.sleep(POLL_SECONDS)


async def within(seconds: float, condition: Callable[[], Awaitable[T | None]]) -> T:
    """Wait until `condition` gives something true, which must take an idle machine no more than `seconds`."""
    with timed() as taken:
        answer = await until_so(condition)
    assert taken.seconds <= taken.stretched(seconds), f"not within {seconds} s: {taken}"
    return answer


async def one_turn() -> None:
    """Let every task that is ready take one step: one that was just made begins."""
    await asyncio.sleep(0)


async def settled() -> None:
    """Give everybody turns until this event loop has nothing left to do but to wait: for time, a thread or a socket.

    So that something did not happen is known, and not only that it did not happen within some milliseconds. One task
    at a time may ask: two would wait for each other.
    """
    loop: Any = asyncio.get_running_loop()
    await one_turn()
    while loop._ready:  # no public name tells it
        await one_turn()
