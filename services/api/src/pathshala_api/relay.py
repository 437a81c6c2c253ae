"""The outbox relay: publishes accepted requests, at once if it can, later if it must, never twice in a hurry.

A request is kept with its task in one write. The store's projection of it is its acknowledgement; what was not
acknowledged by its due time is claimed, by one replica, and published again. What is held, because its user has
enough on the way, is not due at all: it is released, oldest first, as that user's requests are taken up.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from pathshala_api.admission import Admission
from pathshala_api.pace import RelayPace
from pathshala_common.contract.backoff import Backoff
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Message, Queues, left_after
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Outbox
from pathshala_common.logs import get_logger

log = get_logger()

BATCH_MAX = 500

LENGTH_MAX = 10_000
"""Requests that wait in memory to be published; those beyond it wait in the store."""

LEFTOVERS_INTERVAL_SECONDS = 1.0
WAIT_SECONDS_MAX = 1.0
BROKER_AWAY = Backoff(WAIT_SECONDS_MAX)
RELEASE_PAUSE_SECONDS = 0.02
IDLE_PAUSE_SECONDS = 0.5
RELEASE_USERS_MAX = 100
COUNTING_SHARE_MAX = 0.25
"""Counting takes time, the more the longer the backlog; no more than this share of all time is spent on it."""


class Relay:
    """Brings requests from the outbox to the broker."""

    def __init__(
        self,
        outbox: Outbox,
        admission: Admission,
        queues: Queues,
        clock: Clock,
        *,
        exchange: str,
        retry_seconds: float,
        length_max: int = LENGTH_MAX,
    ) -> None:
        """Hold at most `length_max` requests in memory; the store holds them all anyway."""
        self._outbox, self._admission, self._queues, self._clock = outbox, admission, queues, clock
        self._exchange = exchange
        self.retry_after = timedelta(seconds=retry_seconds)
        self._fresh: asyncio.Queue[Envelope] = asyncio.Queue(length_max)
        self._on_the_way: set[str] = set()
        self.pace: RelayPace | None = None
        """The pace to keep while others ask, if those who take up what is published share this process."""

    def send(self, envelope: Envelope) -> None:
        """Publish soon an event that is in the outbox already."""
        if self.pace is not None:
            self.pace.asked()
        if not self._fresh.full():
            self._fresh.put_nowait(envelope)
            self._on_the_way.add(envelope.id)

    async def run(self) -> None:
        """Relay until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send_fresh())
            group.create_task(self._send_leftovers())
            group.create_task(self._send_held())

    async def _send_fresh(self) -> None:
        """Publish what was just accepted, together what came together; hold it while the broker is away."""
        while True:
            batch = [await self._fresh.get()]
            size_max = self.pace.together_max if self.pace is not None else BATCH_MAX
            while len(batch) < size_max and not self._fresh.empty():
                batch.append(self._fresh.get_nowait())
            await self._publish(batch)
            self._on_the_way.difference_update(envelope.id for envelope in batch)
            if self.pace is not None:
                await self.pace.after(len(batch))

    async def _send_leftovers(self) -> None:
        """Publish again what fell due unacknowledged: its relay died, or its event got lost.

        What this relay holds itself, because the broker is away, it does not publish twice. While the store has events
        to log, the request may be among them, and is not lost.
        """
        while True:
            try:
                if not await self._queues.waiting("store"):
                    await self._publish_leftovers()
            except Unavailable as error:
                log.warning("leftovers of the outbox wait", reason=str(error))
            await self._clock.sleep(LEFTOVERS_INTERVAL_SECONDS)

    async def _publish_leftovers(self) -> None:
        now = self._clock.now()
        while due := await self._outbox.claim_outbox(now, until=now + self.retry_after, limit=BATCH_MAX):
            left = [envelope for envelope in due if envelope.id not in self._on_the_way]
            if left:
                log.warning("publishing leftovers of the outbox", count=len(left))
                await self._publish(left)

    async def _send_held(self) -> None:
        """Release what users have room for, as often as counting is cheap; hardly ever while nothing is held."""
        while True:
            pause = IDLE_PAUSE_SECONDS
            try:
                began = self._clock.monotonic()
                await self._admission.count()
                share = min((self._clock.monotonic() - began) / COUNTING_SHARE_MAX, WAIT_SECONDS_MAX)
                pause = max(share, RELEASE_PAUSE_SECONDS if self._admission.holds else IDLE_PAUSE_SECONDS)
                await self._release()
            except Unavailable as error:
                log.warning("held requests cannot be read", reason=str(error))
            await self._clock.sleep(pause)

    async def _release(self) -> None:
        """Give users what they have room for. What a kill cuts off here falls due and is claimed."""
        until = self._clock.now() + self.retry_after
        given = await asyncio.gather(
            *(
                self._outbox.release(user_id, until=until, limit=room)
                for user_id, room in self._admission.releasable(RELEASE_USERS_MAX)
            )
        )
        for envelope in chain.from_iterable(given):
            self.send(envelope)

    async def _publish(self, envelopes: Sequence[Envelope]) -> None:
        """Publish for as long as it takes; of what a full queue refused, no more than is left."""
        left: Sequence[Message] = [event_message(envelope, self._exchange) for envelope in envelopes]
        failures = 0
        while True:
            try:
                return await self._queues.publish(left)
            except Unavailable as error:
                failures, left = failures + 1, left_after(error, left)
                log.warning("requests wait in the outbox", count=len(left), reason=str(error))
                await self._clock.sleep(BROKER_AWAY.seconds(failures))
