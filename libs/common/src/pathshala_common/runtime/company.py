"""Who is in hand together: most run in company, a suspect alone, so that a death tells of nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Company:
    """Lets blocks run together, or one alone. One that waits to be alone goes before those that come after it."""

    def __init__(self) -> None:
        self._inside = 0
        self._door, self._empty, self._turn = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._door.set()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Run among others, once nobody is alone."""
        while not self._door.is_set():
            await self._door.wait()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Run once those inside have left, and let nobody in meanwhile."""
        async with self._turn:
            self._door.clear()
            try:
                while self._inside:
                    self._empty.clear()
                    await self._empty.wait()
                yield
            finally:
                self._door.set()
