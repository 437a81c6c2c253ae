"""Repeats of what one consumer handles or has lately handled, so that paid work is not done twice without need."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from pathshala_common.contract.ports.broker import Message

HANDLED_MAX = 256
"""Handled events kept in mind. An acknowledgement is lost with its connection, so what was in hand then comes back."""


HANDLED_MAX_BYTES = 16_777_216
"""Bytes of messages kept in mind; what an event alone led to beyond them is not kept."""


class Repeats:
    """Keeps what lately handled events led to, and lets one delivery of an event at a time pass."""

    def __init__(self) -> None:
        self._handled: OrderedDict[str, tuple[Sequence[Message], int]] = OrderedDict()
        self._bytes = 0
        self._in_hand: dict[str, _Turn] = {}

    def remember(self, identity: str, messages: Sequence[Message]) -> None:
        """Keep what the event led to, once all of it is confirmed; forget the oldest beyond the bounds."""
        _, before = self._handled.pop(identity, ((), 0))
        self._bytes -= before
        size = sum(len(message.body) for message in messages)
        if size > HANDLED_MAX_BYTES:
            return
        self._handled[identity] = messages, size
        self._bytes += size
        while len(self._handled) > HANDLED_MAX or self._bytes > HANDLED_MAX_BYTES:
            _, (_, forgotten) = self._handled.popitem(last=False)
            self._bytes -= forgotten

    def turn(self, identity: str) -> "_Turn":
        """Wait until no other delivery of this event is in hand. Gives what the event led to; None: handle it.

        A delivery whose fellow was not handled, but sent on for another attempt, say, may be that very attempt:
        it is handled.
        """
        return _Turn(identity, self._handled, self._in_hand)


class _Turn:
    """One delivery's turn with its event, as a context manager. Every delivery has one, so it is no generator."""

    __slots__ = ("_handled", "_identity", "_in_hand", "ended")

    def __init__(
        self, identity: str, handled: Mapping[str, tuple[Sequence[Message], int]], in_hand: "dict[str, _Turn]"
    ) -> None:
        self._identity, self._handled, self._in_hand = identity, handled, in_hand
        self.ended: asyncio.Event | None = None

    async def __aenter__(self) -> Sequence[Message] | None:
        while (ahead := self._in_hand.get(self._identity)) is not None:
            ahead.ended = ahead.ended or asyncio.Event()
            await ahead.ended.wait()
        self._in_hand[self._identity] = self
        messages, _ = self._handled.get(self._identity, (None, 0))
        return messages

    async def __aexit__(self, *_exc: object) -> None:
        del self._in_hand[self._identity]
        if self.ended is not None:
            self.ended.set()
