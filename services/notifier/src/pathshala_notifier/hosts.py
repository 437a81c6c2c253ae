"""Turns by host: a receiver that is slow has few of our connections, and holds up nobody else's webhooks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pathshala_common.contract.errors import Retry

AT_ONCE = 8
"""Posts to one host at once."""

WAITING_MAX = 100
"""Webhooks that may wait for one host; more go back to their queue, so that others are taken up instead."""

WAIT_SECONDS = 30.0

BUSY = Retry("host_busy", "many other webhooks for this receiver were on their way")


@dataclass(slots=True)
class _Line:
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    inside: int = 0


class Hosts:
    """Counts who posts to a host, and who waits to."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it. Raises Retry if there are too many before, or it takes too long."""
        line = self._lines.setdefault(host, _Line())
        if line.inside >= AT_ONCE + WAITING_MAX:
            raise Retry(BUSY.code, BUSY.reason)
        line.inside += 1
        try:
            await self._enter(line)
            try:
                yield
            finally:
                line.free.release()
        finally:
            line.inside -= 1
            if not line.inside:
                del self._lines[host]

    async def _enter(self, line: _Line) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await line.free.acquire()
        except TimeoutError:
            raise Retry(BUSY.code, BUSY.reason) from None
