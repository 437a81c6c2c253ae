"""Repeats of what one consumer handles or has lately handled, so that paid work is not done twice without need."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pathshala_common.contract.ports.broker import Message

HANDLED_MAX = 256
"""Handled events kept in mind. An acknowledgement is lost with its connection, so what was in hand then comes back."""


HANDLED_MAX_BYTES = 16_777_216
"""Bytes of messages kept in mind; what an event alone led to beyond them is not kept."""


class Repeats:
    """Keeps what lately handled events led to, and lets one delivery of an event at a time pass."""

    def __init__(self) -> None:
        self._handled: OrderedDict[str, Sequence[Message]] = OrderedDict()
        self._bytes = 0
        self._in_hand: dict[str, asyncio.Event] = {}

    def remember(self, identity: str, messages: Sequence[Message]) -> None:
        """Keep what the event led to, once all of it is confirmed; forget the oldest beyond the bounds."""
        self._bytes -= _size(self._handled.pop(identity, ()))
        if _size(messages) > HANDLED_MAX_BYTES:
            return
        self._handled[identity] = messages
        self._bytes += _size(messages)
        while len(self._handled) > HANDLED_MAX or self._bytes > HANDLED_MAX_BYTES:
            _, forgotten = self._handled.popitem(last=False)
            self._bytes -= _size(forgotten)

    @asynccontextmanager
    async def turn(self, identity: str) -> AsyncIterator[Sequence[Message] | None]:
        """Wait until no other delivery of this event is in hand. Gives what the event led to; None: handle it.

        A delivery whose fellow was not handled, but sent on for another attempt, say, may be that very attempt:
        it is handled.
        """
        while (ahead := self._in_hand.get(identity)) is not None:
            await ahead.wait()
        ended = self._in_hand[identity] = asyncio.Event()
        try:
            yield self._handled.get(identity)
        finally:
            del self._in_hand[identity]
            ended.set()


def _size(messages: Sequence[Message]) -> int:
    return sum(len(message.body) for message in messages)
