"""The port of notices: short texts by which processes tell each other how they stand and what is wanted of them.

They are no part of the log, and say nothing of any task: what a notice asks for is obeyed as soon as it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Notice:
    """A text under a name, and when it was put up."""

    name: str
    text: str
    put_at: datetime


class Notices(Protocol):
    """Notices, one a name. Every method raises StoreUnavailable if it cannot be sure."""

    async def put_notice(self, notice: Notice) -> None:
        """Put up a notice in place of the one of its name."""

    async def notices(self, prefix: str, *, since: datetime) -> Sequence[Notice]:
        """Read those whose names begin so, as far as they were put up at `since` or later, by name."""

    async def take_down(self, prefix: str, *, before: datetime) -> None:
        """Take those down whose names begin so, as far as they were put up before."""
