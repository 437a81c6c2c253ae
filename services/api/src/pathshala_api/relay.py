"""The outbox relay: publishes accepted requests, at once if it can, later if it must, never twice in a hurry.

A request is kept with its task in one write. The store's projection of it is its acknowledgement; what was not
acknowledged by its due time is claimed, by one replica, and published again.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports import Clock, Publisher, Store

log = structlog.get_logger()

BATCH_MAX = 500
LEFTOVERS_INTERVAL_SECONDS = 1.0
WAIT_SECONDS_MAX = 5.0


class Relay:
    """Brings requests from the outbox to the broker."""

    def __init__(
        self,
        store: Store,
        publisher: Publisher,
        clock: Clock,
        *,
        exchange: str,
        retry_seconds: float,
        length_max: int,
    ) -> None:
        """Hold at most `length_max` requests in memory; the store holds them all anyway."""
        self._store, self._publisher, self._clock = store, publisher, clock
        self._exchange = exchange
        self.retry_after = timedelta(seconds=retry_seconds)
        self._fresh: asyncio.Queue[Envelope] = asyncio.Queue(length_max)

    def send(self, envelope: Envelope) -> None:
        """Publish soon an event that is in the outbox already."""
        if not self._fresh.full():
            self._fresh.put_nowait(envelope)

    async def run(self) -> None:
        """Relay until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send_fresh())
            group.create_task(self._send_leftovers())

    async def _send_fresh(self) -> None:
        """Publish what was just accepted, together what came together; hold it while the broker is away."""
        while True:
            batch = [await self._fresh.get()]
            while len(batch) < BATCH_MAX and not self._fresh.empty():
                batch.append(self._fresh.get_nowait())
            wait_seconds = 0.25
            while not await self._published(batch):
                await self._clock.sleep(wait_seconds)
                wait_seconds = min(wait_seconds * 2, WAIT_SECONDS_MAX)

    async def _send_leftovers(self) -> None:
        """Publish again what fell due unacknowledged: its relay died, or its event got lost."""
        while True:
            try:
                now = self._clock.now()
                while due := await self._store.claim_outbox(now, until=now + self.retry_after, limit=BATCH_MAX):
                    log.warning("publishing leftovers of the outbox", count=len(due))
                    if not await self._published(due):
                        break
            except Unavailable as error:
                log.warning("the outbox cannot be read", reason=str(error))
            await self._clock.sleep(LEFTOVERS_INTERVAL_SECONDS)

    async def _published(self, envelopes: Sequence[Envelope]) -> bool:
        try:
            await self._publisher.publish([event_message(envelope, self._exchange) for envelope in envelopes])
        except Unavailable as error:
            log.warning("requests wait in the outbox", count=len(envelopes), reason=str(error))
            return False
        return True
