"""Draws lots, each request's own: the same request always draws the same, and the next one something else. Pure."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from pathshala_common.contract.lesson import LessonRequest, fold

Item = TypeVar("Item")


class SeededChoice:
    """A request's lots. Its time is part of them, so that a lesson asked for twice is not written twice the same."""

    def __init__(self, request: LessonRequest, turn: int = 0) -> None:
        self.turn = turn
        asked = (fold(request.subject), fold(request.topic), request.user_id, request.requested_at.isoformat())
        self._ticket = "\0".join((*asked, str(turn)))

    def draw(self, purpose: str, items: Sequence[Item]) -> Item:
        """Draw one."""
        return items[self._number(purpose) % len(items)]

    def round(self, purpose: str, items: Sequence[Item]) -> Sequence[Item]:
        """Give all, in their order, from a drawn one on."""
        first = self._number(purpose) % len(items)
        return [*items[first:], *items[:first]]

    def _number(self, purpose: str) -> int:
        return int.from_bytes(hashlib.blake2b(f"{purpose}\0{self._ticket}".encode(), digest_size=8).digest())
