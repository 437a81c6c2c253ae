"""Waiting for a condition, with a deadline: no test sleeps for a while and hopes.

A deadline is only there to end a test that has failed, so it is long: a test passes as soon as its condition holds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.01
DEADLINE_SECONDS = 90.0


async def until(condition: Callable[[], T | Awaitable[T]], seconds: float = DEADLINE_SECONDS) -> T:
    """Wait until `condition` gives something true, and return it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        value = await answer if isinstance(answer, Awaitable) else answer
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(POLL_SECONDS)


def until_true(condition: Callable[[], T], seconds: float = DEADLINE_SECONDS) -> T:
    """The same where there is no event loop."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(POLL_SECONDS)


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
