"""What a broker in memory forgot when its process ended is published again from the store."""

from datetime import datetime, timedelta

import structlog

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports import Broker, Clock, Store

log = structlog.get_logger()

BATCH_MAX = 500
EVER = timedelta(days=3_650)


async def resume(store: Store, broker: Broker, exchange: str, clock: Clock) -> int:
    """Publish the event that each unfinished task waits on. Returns how many; none if the broker is durable."""
    if broker.durable:
        return 0
    envelopes = [*await _unlogged(store, clock.now()), *await _unfinished(store)]
    for envelope in envelopes:
        await broker.publish([event_message(envelope, exchange)])
    if envelopes:
        log.info("resumed unfinished tasks", count=len(envelopes))
    return len(envelopes)


async def _unlogged(store: Store, now: datetime) -> list[Envelope]:
    """Requests on their way that were not logged yet: all are due, since whoever would send them is gone.

    Held ones are none of these; the relay releases them as ever.
    """
    found: list[Envelope] = []
    while due := await store.claim_outbox(now + EVER, until=now + 2 * EVER, limit=BATCH_MAX):
        found.extend(due)
    return found


async def _unfinished(store: Store) -> list[Envelope]:
    """The last event of each unfinished task that drives it on."""
    found: list[Envelope] = []
    after = ""
    while tasks := await store.unfinished(limit=BATCH_MAX, after=after):
        after = tasks[-1].task_id
        for task in tasks:
            driving = [envelope for envelope in await store.events(task.task_id) if envelope.event.DRIVES]
            found.extend(driving[-1:])
    return found
