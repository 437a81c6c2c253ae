"""Lately: things as the store had them a few seconds ago at most, each read once for all who ask at once."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from pathshala_common.contract.ports.clock import Clock

KNOWN_SECONDS = 5.0
"""A change that another replica made is known here after so long."""

KNOWN_MAX = 10_000
"""Things that are known at once; those that were read first give way."""

ValueT = TypeVar("ValueT")


class _Known(NamedTuple, Generic[ValueT]):
    value: ValueT
    until: float


class Lately(Generic[ValueT]):
    """Reads things by their names, and knows them for a while. What is not there is asked for each time."""

    def __init__(self, read: Callable[[str], Awaitable[ValueT | None]], clock: Clock) -> None:
        """Know nothing."""
        self._read, self._clock = read, clock
        self._known: dict[str, _Known[ValueT]] = {}
        self._reading: dict[str, asyncio.Task[ValueT | None]] = {}

    async def get(self, name: str) -> ValueT | None:
        """Give a thing. Raises what reading it raises."""
        known = self._known.get(name)
        if known is not None and self._clock.monotonic() < known.until:
            return known.value
        reading = self._reading.get(name)
        if reading is None:
            reading = self._reading[name] = asyncio.create_task(self._read_alone(name))
            reading.add_done_callback(partial(self._has_read, name))
        return await asyncio.shield(reading)

    def has_seen(self, name: str | None) -> bool:
        """Whether there was such a thing when it was last asked for here."""
        return name in self._known

    def forget(self, name: str) -> None:
        """Read it anew when it is asked for next. A read that is under way may be too old by now: it is not kept."""
        self._known.pop(name, None)
        self._reading.pop(name, None)

    def _has_read(self, name: str, reading: "asyncio.Task[ValueT | None]") -> None:
        if self._reading.get(name) is reading:
            del self._reading[name]

    async def _read_alone(self, name: str) -> ValueT | None:
        """Read a thing. It is known from before the read on, so that no change is missed for longer."""
        until = self._clock.monotonic() + KNOWN_SECONDS
        value = await self._read(name)
        if self._reading.get(name) is not asyncio.current_task():
            return value
        self._known.pop(name, None)
        if value is not None:
            self._known[name] = _Known(value, until)
            if len(self._known) > KNOWN_MAX:
                del self._known[next(iter(self._known))]
        return value
