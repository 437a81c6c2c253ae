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

    def together(self) -> "_Together":
        """Run among others, once nobody is alone."""
        return _Together(self)

    async def enter(self) -> None:
        """Be inside, once nobody is alone."""
        while not self._door.is_set():
            await self._door.wait()
        self._inside += 1

    def leave(self) -> None:
        """Be inside no more."""
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


class _Together:
    """A block among others, as a context manager. Every delivery has one, so it is no generator."""

    __slots__ = ("_company",)

    def __init__(self, company: Company) -> None:
        self._company = company

    async def __aenter__(self) -> None:
        await self._company.enter()

    async def __aexit__(self, *_exc: object) -> None:
        self._company.leave()
