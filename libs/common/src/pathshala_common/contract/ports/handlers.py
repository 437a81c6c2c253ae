"""The port of handlers: an event goes in, events come out. It knows no acknowledgement, no broker and no retry."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import AnyEvent, Event


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of an event: the envelope as it travelled, and the number of this attempt."""

    envelope: Envelope
    attempt: int
    attempts_max: int


# Any: a table's rows each take their own event, which no mapping type can say.
Handler = Callable[[Any, Context], AsyncGenerator[AnyEvent, None]]
"""Yields what happened, as it happens.

Raises Retry or Reject; anything else is a fault of ours and is retried in bounds.
"""


Handlers = Mapping[type[Event], Handler]

BatchHandler = Callable[[Sequence[Envelope]], Awaitable[Sequence[AnyEvent | None]]]
"""Handles events that came together, and gives for each the one that it led to, if it did.

If it raises, for whatever reason, each is handled alone: a repeat of what it did before must change nothing.
"""
