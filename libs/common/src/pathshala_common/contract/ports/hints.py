"""The port of hints: a word to every process that listens of what is worth a look now. Any of them may be lost.

A hint is no event: it is not kept, not confirmed and not sent again. So whoever acts on hints has another way to
learn the same, a slower one, in the store.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

HINTS_MAX = 10_000
"""Hints that wait to be sent, at the most; what comes while there are so many is lost."""


class HintKind(StrEnum):
    """The kinds of hints. A listener names those that it wants, and is sent no others."""

    CHANGED = "changed"
    """The task's document was written."""
    CANCEL = "cancel"
    """The task is cancelled: work on it is to stop."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint about one task. `user_id` is the one who asked for it, where that is known; else it is empty."""

    kind: HintKind
    task_id: str
    user_id: str = ""


OnHint = Callable[[Hint], None]
"""Is called within the event loop for each hint, its own process's too. It must neither wait nor raise."""


class Listening(Protocol):
    """A listener's place among those that are sent hints."""

    @property
    def heard_since(self) -> int | None:
        """Counts the times that hints began to arrive; None while none can.

        A number that is not the one before says that hints may have been lost between them.
        """

    async def cancel(self) -> None:
        """Listen no more."""


class HintSender(Protocol):
    """Sends hints."""

    def hint(self, *hints: Hint) -> None:
        """Send hints to every process that listens, those of one turn of the event loop together.

        It returns at once and never fails: what cannot be sent is lost.
        """


class Hints(HintSender, Protocol):
    """Sends and takes hints."""

    async def listen(self, kinds: Collection[HintKind], on_hint: OnHint) -> Listening:
        """Call `on_hint` for each hint of these kinds from now on, whenever the broker is there."""
