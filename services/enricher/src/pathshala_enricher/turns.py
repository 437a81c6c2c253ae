"""Lets look-ups go one at a time, users in turns: a user's sixty look-ups make another's one wait for one of them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Ticket = asyncio.Future[None]
"""A place in the line, called once. It may stand in several users' lines, if several wait for one look-up."""


class Turns:
    """A line for each user; the next turn is the first ticket of the user who has waited the longest for one.

    A wait counts from the last sign that the line moves: while the encyclopedia answers, nobody's is too long.
    """

    def __init__(self, patience_seconds: float) -> None:
        """Let nobody wait longer than `patience_seconds` for a line that does not move."""
        self._patience_seconds = patience_seconds
        self._lines: dict[str, deque[Ticket]] = {}
        self._taken, self._served = False, ""
        self._moved_at = 0.0

    def join(self, ticket: Ticket, user_id: str) -> None:
        """Stand in a user's line."""
        self._lines.setdefault(user_id, deque()).append(ticket)

    def moved(self) -> None:
        """Note that the encyclopedia answered."""
        self._moved_at = asyncio.get_running_loop().time()

    @asynccontextmanager
    async def turn(self, ticket: Ticket) -> AsyncIterator[None]:
        """Wait for the ticket's turn, and have it while inside. Raises TimeoutError if the line does not move."""
        self._call_next()
        try:
            await self._called(ticket)
            yield
        finally:
            if ticket.cancel():
                self._forget(ticket)
            else:
                self._end()
            self._call_next()

    async def _called(self, ticket: Ticket) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not ticket.done():
            seconds = max(began, self._moved_at) + self._patience_seconds - loop.time()
            if seconds <= 0:
                raise TimeoutError
            await asyncio.wait([ticket], timeout=seconds)

    def _call_next(self) -> None:
        """Call the first ticket of the first line."""
        while self._lines and not self._taken:
            user_id, line = next(iter(self._lines.items()))
            ticket = line.popleft()
            if not line:
                del self._lines[user_id]
            if not ticket.done():
                ticket.set_result(None)
                self._served, self._taken = user_id, True

    def _end(self) -> None:
        """End the turn: the user who had it is now the last in turn, behind those who came meanwhile."""
        self._taken = False
        if line := self._lines.pop(self._served, None):
            self._lines[self._served] = line

    def _forget(self, ticket: Ticket) -> None:
        """Leave the lines, so that none is longer than what still waits in it."""
        for user_id, line in [*self._lines.items()]:
            if ticket in line:
                line.remove(ticket)
            if not line:
                del self._lines[user_id]
