"""Waits for the first of several things, and loses no cancellation over it."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def first_of(*waits: Coroutine[Any, Any, object]) -> None:
    """Return once one of these has ended, the others having been cancelled; what they raise is nobody's concern.

    Who is cancelled while the others end is cancelled as at any other time.
    """
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        # Not `suppress(CancelledError)` around each: that would take a cancellation of the caller for the task's own.
        await asyncio.gather(*tasks, return_exceptions=True)
