"""Which logged events to send again, where to, and at which pace. Nothing here prints."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pathshala.republish.target import Target
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import request_of
from pathshala_common.contract.lesson import LessonRequest, fold
from pathshala_common.contract.messages import event_message, queue_message, replayed
from pathshala_common.contract.ports.broker import Message, Publisher
from pathshala_common.contract.ports.operator import Extent, Log
from pathshala_common.contract.ports.store import legible
from pathshala_common.contract.topology import BESIDE, SUBSCRIPTIONS, Topology, inputs

PAGE = 500
REQUESTS_KEPT_MAX = 10_000
BURSTS_PER_SECOND = 10
CATCHING_UP_SECONDS = 1.0
"""A longer stall is not caught up with."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Events that match all that is named. Names are compared as those of lessons are."""

    until: datetime
    since: datetime | None = None
    task: str | None = None
    types: frozenset[str] = frozenset()
    user: str | None = None
    subject: str | None = None
    topic: str | None = None

    def places(self, envelope: Envelope) -> bool:
        """Whether its time and type fit."""
        late = envelope.time >= self.until or (self.since is not None and envelope.time < self.since)
        return not late and (not self.types or envelope.type in self.types)

    @property
    def asks_who(self) -> bool:
        """Whether the request must be known."""
        return any(named is not None for named in (self.user, self.subject, self.topic))

    def fits(self, request: LessonRequest | None) -> bool:
        """Whether what was asked for fits."""
        if request is None:
            return not self.asks_who
        pairs = ((self.subject, request.subject), (self.topic, request.topic))
        return self.user in (None, request.user_id) and all(
            named is None or fold(named) == fold(found) for named, found in pairs
        )


@dataclass(slots=True)
class Tally:
    """The counts of events that would be sent, by type, and of those that may cost a call to the model."""

    types: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    in_time: int = 0
    too_late: int = 0

    @property
    def count(self) -> int:
        """The number of events."""
        return self.types.total()

    def add(self, envelope: Envelope, target: Target, now: datetime) -> None:
        """Count one."""
        if not takes(target, envelope):
            self.refused[envelope.type] += 1
            return
        self.types[envelope.type] += 1
        request = request_of(envelope.event)
        if request is not None and works(target, envelope):
            self.in_time += request.deadline > now
            self.too_late += request.deadline <= now


def takes(target: Target, envelope: Envelope) -> bool:
    """Whether an event can go there: a service's queue takes what the service can handle."""
    return target == "exchange" or type(envelope.event) in inputs(target)


def works(target: Target, envelope: Envelope) -> bool:
    """Whether a service other than the store, to which it is a repeat, would do its work again."""
    costly = [service for service in SUBSCRIPTIONS if service != "store" and service not in BESIDE]
    workers = [service for service in costly if target in ("exchange", service)]
    return any(type(envelope.event) in (SUBSCRIPTIONS[one] if target == "exchange" else inputs(one)) for one in workers)


async def select(log: Log, wanted: Wanted) -> AsyncIterator[Envelope]:
    """Give the events that match, in the order of their times, or one task's in the order of its log."""
    requests: dict[str, LessonRequest | None] = {}
    async for envelope in _candidates(log, wanted):
        request = request_of(envelope.event)
        if request is None and wanted.asks_who:
            if envelope.task_id not in requests:
                if len(requests) == REQUESTS_KEPT_MAX:
                    requests.clear()
                requests[envelope.task_id] = await _asked(log, envelope.task_id)
            request = requests[envelope.task_id]
        if wanted.fits(request):
            yield envelope


async def _candidates(log: Log, wanted: Wanted) -> AsyncIterator[Envelope]:
    if wanted.task is not None:
        for logged in legible(await log.task(wanted.task)):
            if wanted.places(logged.envelope):
                yield logged.envelope
        return
    extent = Extent(PAGE, wanted.since, wanted.until, wanted.types)
    while page := await log.page(extent):
        for logged in legible(page):
            yield logged.envelope
        extent = replace(extent, after=page[-1].place)


async def _asked(log: Log, task_id: str) -> LessonRequest | None:
    """Find the request of a task in the first of its events that carries it."""
    found = (request_of(logged.envelope.event) for logged in legible(await log.task(task_id)))
    return next((request for request in found if request is not None), None)


def addressed(envelope: Envelope, target: Target, topology: Topology, now: datetime) -> Message:
    """Make the message that goes there."""
    if target == "exchange":
        return replayed(event_message(envelope, topology.exchange), now)
    return replayed(queue_message(envelope, topology.queue(target)), now)


@dataclass(slots=True)
class Pace:
    """Sends at most so many a second, in small bursts, each confirmed before the next."""

    sender: Publisher
    per_second: int
    told: Callable[[int], None]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    time: Callable[[], float] = time.monotonic
    sent: int = 0

    async def send(self, messages: AsyncIterator[Message]) -> None:
        """Send all. Raises BrokerUnavailable; `sent` says how many surely were."""
        size, due = max(1, self.per_second // BURSTS_PER_SECOND), self.time()
        burst: list[Message] = []
        async for message in messages:
            burst.append(message)
            if len(burst) == size:
                await self._burst(burst)
                due = max(due, self.time() - CATCHING_UP_SECONDS) + len(burst) / self.per_second
                burst = []
                await self.sleep(max(0.0, due - self.time()))
        await self._burst(burst)

    async def _burst(self, messages: Sequence[Message]) -> None:
        if messages:
            await self.sender.publish(messages)
            self.sent += len(messages)
            self.told(len(messages))
