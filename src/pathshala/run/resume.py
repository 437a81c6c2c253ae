"""Publishes again, from the store, what a broker in memory forgot when its process ended.

It comes back as a broker that outlives processes would have kept it: what was in hand at a death has returned once
more, and what returned too often is a suspect. The consumers decide the rest, as ever.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import TaskResumed
from pathshala_common.contract.messages import event_message, returned
from pathshala_common.contract.ports.broker import Broker, Message
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog, Outbox, TaskUpkeep
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology
from pathshala_common.runtime.consumer import RETURNS_MAX, SUSPECT_RETURNS_MAX

log = structlog.get_logger()

SOURCE = "house"
BATCH_MAX = 500
EVER = timedelta(days=3_650)

SUSPECTS_WAIT_SECONDS = 5
"""A suspect is tried once the house has lived so long. One that is killed in a hurry has no message to blame."""

Record = Callable[[Sequence[Envelope]], Awaitable[object]]


class UnfinishedTasks(Outbox, TaskUpkeep, EventLog, Protocol):
    """Tasks that go on, with their logs, and the requests that none of them has logged yet."""


async def resume(store: UnfinishedTasks, record: Record, broker: Broker, topology: Topology, clock: Clock) -> int:
    """Publish the event that each unfinished task waits on, once `record` has logged what else must be known of it.

    Returns how many; none if the broker is durable.
    """
    if broker.durable:
        return 0
    await _log_requests(store, record, clock)
    count, died_over = 0, broker.left_in_hand()
    async for batch in _unfinished(store, store):
        returns = {driving.id: before + (driving.task_id in died_over) for driving, before in batch}
        were_in_hand = [driving for driving, _ in batch if driving.task_id in died_over]
        await record([_resumed(driving, returns[driving.id], clock) for driving in were_in_hand])
        for driving, _ in batch:
            await broker.publish([_message(driving, returns[driving.id], topology)])
        count += len(batch)
    if count:
        log.info("resumed unfinished tasks", count=count, in_hand=len(died_over))
    return count


async def _log_requests(outbox: Outbox, record: Record, clock: Clock) -> None:
    """Log the requests on their way that were not logged yet: all are due, since whoever would send them is gone.

    Held ones are none of these; the relay releases them as ever.
    """
    while due := await outbox.claim_outbox(clock.now() + EVER, until=clock.now(), limit=BATCH_MAX):
        await record(due)


async def _unfinished(tasks: TaskUpkeep, log: EventLog) -> AsyncIterator[list[tuple[Envelope, int]]]:
    """The last event of each unfinished task that drives it on, and how often it has returned since."""
    after = ""
    while batch := await tasks.unfinished(limit=BATCH_MAX, after=after):
        after = batch[-1].task_id
        logs = [await log.events(task.task_id) for task in batch]
        yield [found for logged in logs if (found := _last_driving(logged)) is not None]


def _last_driving(logged: Sequence[Envelope]) -> tuple[Envelope, int] | None:
    returns = 0
    for envelope in reversed(logged):
        if envelope.event.DRIVES:
            return envelope, returns
        returns += isinstance(envelope.event, TaskResumed)
    return None


def _resumed(driving: Envelope, returns: int, clock: Clock) -> Envelope:
    """Tell of a return."""
    event = TaskResumed(task_id=driving.task_id, returns=returns)
    return wrap(event, source=SOURCE, now=clock.now(), cause=driving, attempt=returns)


def _message(driving: Envelope, returns: int, topology: Topology) -> Message:
    """Address an event to everybody; as a suspect, to the one service that has to drive its task on."""
    message = event_message(driving, topology.exchange)
    alone = returns - RETURNS_MAX
    if alone < 0:
        return message
    service = next(name for name, events in SUBSCRIPTIONS.items() if type(driving.event) in events)
    wait = topology.delay(SUSPECTS_WAIT_SECONDS) if alone < SUSPECT_RETURNS_MAX else None
    return returned(message, topology.suspects_queue(service), alone, wait)
