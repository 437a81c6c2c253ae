"""Deliveries that are handled together: those that arrive while one batch is handled are the next one.

That is for the good case alone. What is out of the ordinary about a delivery, or a batch that fails, goes the way of
every other delivery, one by one: so each has its own fate.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from pathshala_common.contract.errors import ContractError, Unavailable
from pathshala_common.contract.events import Event
from pathshala_common.contract.messages import ATTEMPT, NOT_BEFORE, envelope_of
from pathshala_common.contract.ports.broker import Delivery
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.logs import get_logger
from pathshala_common.runtime.circuit import Circuit

log = get_logger()

SIZE_MAX = 500
"""Deliveries in one batch, at the most."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A delivery in hand, and the future that tells its adapter that it is settled."""

    delivery: Delivery
    settled: asyncio.Future[None]


class Together:
    """Gathers deliveries into batches, and acknowledges those of a batch that was handled."""

    def __init__(
        self,
        handle: Callable[[Sequence[Context]], Awaitable[None]],
        alone: Callable[[Delivery], Awaitable[None]],
        hand_back: Callable[[Delivery], Awaitable[None]],
        *,
        circuit: Circuit,
        expected: Collection[type[Event]],
        attempts_max: int,
        message_size_max_bytes: int,
    ) -> None:
        """Have batches of `expected` events handled by `handle`, others by `alone`, while the circuit is closed."""
        self._handle, self._alone, self._hand_back = handle, alone, hand_back
        self._circuit, self._expected = circuit, expected
        self._attempts_max, self._message_size_max_bytes = attempts_max, message_size_max_bytes
        self._waiting: list[_Taken] = []
        self._working: asyncio.Task[None] | None = None
        self._apart: set[asyncio.Future[None]] = set()

    def take(self, delivery: Delivery) -> asyncio.Future[None]:
        """Handle a delivery in the next batch. Gives a future that is done once it is settled."""
        taken = _Taken(delivery, asyncio.get_running_loop().create_future())
        self._waiting.append(taken)
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return taken.settled

    @property
    def in_hand(self) -> set[asyncio.Future[None]]:
        """The tasks to be waited for until nothing is in hand; cancelled, they give their deliveries back."""
        return self._apart | ({self._working} if self._working else set())

    async def _work(self) -> None:
        batch: Sequence[_Taken] = ()
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:SIZE_MAX], self._waiting[SIZE_MAX:]
                await self._settle(batch)
        except asyncio.CancelledError:
            for taken in (*batch, *self._waiting):
                if not taken.settled.done():
                    await self._hand_back(taken.delivery)
                    _done(taken)
        finally:
            self._working = None

    async def _settle(self, batch: Sequence[_Taken]) -> None:
        """Handle what is in order, acknowledge it, and leave the rest to `alone`."""
        contexts = [self._context(taken.delivery) for taken in batch]
        handled = await self._handled([context for context in contexts if context is not None])
        for taken, context in zip(batch, contexts, strict=True):
            if context is None or not handled:
                self._leave(taken)
                continue
            try:
                await taken.delivery.ack()
            except Unavailable as error:
                # The broker will deliver it again, and its repeat changes nothing.
                log.info("delivery lost before its acknowledgement", reason=str(error))
            _done(taken)

    def _context(self, delivery: Delivery) -> Context | None:
        """Read a delivery; None if anything about it is out of the ordinary."""
        message = delivery.message
        if delivery.returns or ATTEMPT in message.headers or NOT_BEFORE in message.headers:
            return None
        try:
            envelope = envelope_of(message, size_max_bytes=self._message_size_max_bytes)
        except ContractError:
            return None
        return Context(envelope, 1, self._attempts_max) if type(envelope.event) in self._expected else None

    async def _handled(self, contexts: Sequence[Context]) -> bool:
        if not contexts or not self._circuit.closed:
            return False
        try:
            await self._handle(contexts)
        except Exception as error:  # noqa: BLE001 - it will be met again, and settled, where each is alone
            log.info("not handled together", count=len(contexts), reason=repr(error))
            return False
        return True

    def _leave(self, taken: _Taken) -> None:
        alone = asyncio.ensure_future(self._alone(taken.delivery))
        self._apart.add(alone)
        alone.add_done_callback(partial(self._pass_on, taken))

    def _pass_on(self, taken: _Taken, alone: asyncio.Future[None]) -> None:
        self._apart.discard(alone)
        if alone.cancelled() or taken.settled.done():
            taken.settled.cancel()
        elif (error := alone.exception()) is not None:
            taken.settled.set_exception(error)
        else:
            _done(taken)


def _done(taken: _Taken) -> None:
    if not taken.settled.done():
        taken.settled.set_result(None)
