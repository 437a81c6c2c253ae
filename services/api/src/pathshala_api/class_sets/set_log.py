"""The log of class sets, as it is written: an event is logged, and then told to those who listen, if anybody does."""

from collections.abc import Awaitable, Callable, Sequence

from pathshala_api.relay import Relay
from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, ORDERED_BY, Envelope, wrap
from pathshala_common.contract.errors import Retry, StoreUnavailable
from pathshala_common.contract.events import ClassRowsOrdered, ClassSetEnded, ClassSetRequested, ClassSetStopped
from pathshala_common.recording.class_sets import evolve_set

ORDERS_MAX_BYTES = 786_432
"""The bytes of all orders of a set, as JSON. A retry may tell of all, so this is well below a message's limit."""

Record = Callable[[Sequence[Envelope]], Awaitable[object]]
"""Logs events and folds them. Raises StoreUnavailable and Retry."""


class TooLargeError(Exception):
    """An event would be larger than a message may be, or the orders of a set than they may be."""


class SetLog:
    """Logs the events of class sets."""

    def __init__(self, record: Record, relay: Relay) -> None:
        self._record, self._relay = record, relay

    async def begin(self, event: ClassSetRequested) -> None:
        """Log the first event of a set; a repeat changes nothing. Raises StoreUnavailable and TooLargeError."""
        envelope = wrap(event, source=ORDERED_BY, now=event.requested_at)
        if len(envelope.raw) > MESSAGE_SIZE_MAX_BYTES:
            raise TooLargeError
        await self._log(envelope)

    async def go_on(self, made: ClassSet, event: ClassRowsOrdered | ClassSetStopped | ClassSetEnded) -> None:
        """Log another one, which counts on the set as it was `made`. Raises StoreUnavailable.

        Raises TooLargeError if the orders of the set grew beyond what they may take.
        """
        if _orders_bytes(evolve_set(made, event)) > max(ORDERS_MAX_BYTES, _orders_bytes(made)):
            raise TooLargeError
        await self._log(wrap(event, source=ORDERED_BY, now=event.told_at, index=event.number))

    async def _log(self, envelope: Envelope) -> None:
        try:
            await self._record([envelope])
        except Retry as error:
            raise StoreUnavailable(error.reason) from error
        self._relay.send(envelope)


def _orders_bytes(made: ClassSet | None) -> int:
    rows = made.rows if made is not None else ()
    return sum(len(row.order.model_dump_json().encode()) for row in rows if row.order is not None)
