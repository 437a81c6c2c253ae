"""A turnstile: of many, few go on in one turn of the event loop, so that whoever polls is answered in between."""

import asyncio
from collections import deque


class Turnstile:
    """Lets callers on in their order. Nobody waits longer than a turn where there are few."""

    def __init__(self, size: int) -> None:
        """Let so many on in one turn."""
        self._size = size
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turning = False

    async def __call__(self) -> None:
        """Wait to be let on."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        if not self._turning:
            self._turning = True
            self._turn()
        await place

    def _turn(self) -> None:
        """Let some on, and others in the next turn; rest after one in which nobody came."""
        let_on = 0
        while self._waiting and let_on < self._size:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                let_on += 1
        self._turning = let_on > 0
        if self._turning:
            asyncio.get_running_loop().call_soon(self._turn)
