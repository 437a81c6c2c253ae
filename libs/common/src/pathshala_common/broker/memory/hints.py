"""Hints within one process: each goes to its listeners at the end of the turn."""

import asyncio
from collections.abc import Collection

from pathshala_common.contract.ports.hints import HINTS_MAX, Hint, HintKind, OnHint


class MemoryHints:
    """Implements Hints."""

    def __init__(self) -> None:
        self._listeners: list[_Listening] = []
        self._gathered: dict[Hint, None] = {}
        self._closed = False

    def hint(self, *hints: Hint) -> None:
        """Gather them; one that is among them already says nothing new."""
        if self._closed or not self._listeners:
            return
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._hand_out)
        for hint in hints[: HINTS_MAX - len(self._gathered)]:
            self._gathered[hint] = None

    async def listen(self, kinds: Collection[HintKind], on_hint: OnHint) -> "_Listening":
        """Take part in what is handed out."""
        listening = _Listening(self, kinds, on_hint)
        self._listeners.append(listening)
        return listening

    def forget(self, listening: "_Listening") -> None:
        """Hand nothing more to this listener."""
        if listening in self._listeners:
            self._listeners.remove(listening)

    def close(self) -> None:
        """Send nothing any more."""
        self._closed = True
        for listening in self._listeners:
            listening.heard_since = None
        self._listeners.clear()

    def _hand_out(self) -> None:
        hints, self._gathered = self._gathered, {}
        for listening in tuple(self._listeners):
            for hint in hints:
                listening.take(hint)


class _Listening:
    """Implements Listening."""

    def __init__(self, hints: MemoryHints, kinds: Collection[HintKind], on_hint: OnHint) -> None:
        self._hints, self._kinds, self._on_hint = hints, frozenset(kinds), on_hint
        self.heard_since: int | None = 1

    def take(self, hint: Hint) -> None:
        if hint.kind in self._kinds and self.heard_since is not None:
            self._on_hint(hint)

    async def cancel(self) -> None:
        self.heard_since = None
        self._hints.forget(self)
