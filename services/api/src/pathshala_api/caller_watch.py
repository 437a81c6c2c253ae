"""The watch over callers: a stream or a waiting poll ends when its key or its session has ended."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from pathshala_api.access import Caller
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.logs import get_logger

log = get_logger()

LOOK_SECONDS = 2.0
"""Callers are looked at so often, each once, however much of theirs goes on."""

End = Callable[[], None]
MayCall = Callable[[Caller], Awaitable[bool]]
"""Whether a caller who was admitted would be admitted now. Raises StoreUnavailable."""


class CallerWatch:
    """Looks after callers for as long as something of theirs goes on."""

    def __init__(self, may_call: MayCall, clock: Clock) -> None:
        self._may_call, self._clock = may_call, clock
        self._ends: dict[Caller, set[End]] = {}

    @contextmanager
    def watched(self, caller: Caller, end: End) -> Iterator[None]:
        """While inside, call `end` when this caller may not call any more. One without a key always may."""
        if caller.key_id is None:
            yield
            return
        ends = self._ends.setdefault(caller, set())
        ends.add(end)
        try:
            yield
        finally:
            ends.discard(end)
            if not ends and self._ends.get(caller) is ends:
                del self._ends[caller]

    async def run(self) -> None:
        """Look again and again, until cancelled. While the store does not say, all goes on."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            for caller in tuple(self._ends):
                try:
                    may = await self._may_call(caller)
                except StoreUnavailable as error:
                    log.warning("whether callers may go on is not known", reason=str(error))
                    break
                for end in () if may else tuple(self._ends.get(caller, ())):
                    end()
