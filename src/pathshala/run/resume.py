"""Publishes again, from the store, what a broker in memory forgot when its process ended.

It comes back as a broker that outlives processes would have kept it: what was in hand at a death has returned once
more, and what returned too often is a suspect. The consumers decide the rest, as ever. What the store died over again
and again goes to the store as a suspect that has returned: written anew each time, it would never come to that.

A claim may say that a task was paid for, or is at a later attempt, by an event that died with the broker before it was
logged. So claims of what goes on are forgotten: the log alone tells where a task stands.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import TaskResumed
from pathshala_common.contract.messages import event_message, returned
from pathshala_common.contract.ports.broker import Broker, Message
from pathshala_common.contract.ports.claims import Claims
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog, Outbox, TaskUpkeep
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology
from pathshala_common.logs import get_logger
from pathshala_common.runtime.consumer import RETURNS_MAX, SUSPECT_RETURNS_MAX

log = get_logger()

SOURCE = "house"
BATCH_MAX = 500
EVER = timedelta(days=3_650)

SUSPECTS_WAIT_SECONDS = 5
"""A suspect is tried once the house has lived so long. One that is killed in a hurry has no message to blame."""

STORE: Service = "store"
"""The service that tries no suspect in a process of its own."""

Record = Callable[[Sequence[Envelope]], Awaitable[object]]


class UnfinishedTasks(Outbox, TaskUpkeep, EventLog, Claims, Protocol):
    """Tasks that go on, with their logs and claims, and the requests that none of them has logged yet."""


@dataclass(frozen=True, slots=True)
class Resumable:
    """The event that drives a task on, how often it has returned, and how often of that from the store's hands."""

    driving: Envelope
    returns: int
    to_store: int

    def after(self, death: Service | None) -> "Resumable":
        """Count the last death, if this service had it in hand then."""
        return replace(self, returns=self.returns + (death is not None), to_store=self.to_store + (death == STORE))


async def resume(store: UnfinishedTasks, record: Record, broker: Broker, topology: Topology, clock: Clock) -> int:
    """Publish the event that each unfinished task waits on, once `record` has logged what else must be known of it.

    Returns how many; none if the broker is durable.
    """
    if broker.durable:
        return 0
    await _log_requests(store, record, clock)
    count, died_over = 0, _died_over(broker)
    async for batch in _unfinished(store, store):
        waiting = [one.after(died_over.get(one.driving.task_id)) for one in batch]
        were_in_hand = [one for one in waiting if one.driving.task_id in died_over]
        await record([_resumed(one, died_over[one.driving.task_id], clock) for one in were_in_hand])
        await store.disclaim([one.driving.task_id for one in waiting])
        for one in waiting:
            await broker.publish([_message(one, topology)])
        count += len(batch)
    if count:
        log.info("resumed unfinished tasks", count=count, in_hand=len(died_over))
    return count


def _died_over(broker: Broker) -> Mapping[str, Service]:
    """Which service had a task in hand at the death; the store, if others had it too."""
    order = sorted(SUBSCRIPTIONS, key=lambda service: service == STORE)
    return {task_id: service for service in order for task_id in broker.left_in_hand(service)}


async def _log_requests(outbox: Outbox, record: Record, clock: Clock) -> None:
    """Log the requests on their way that were not logged yet: all are due, since whoever would send them is gone.

    Held ones are none of these; the relay releases them as ever.
    """
    while due := await outbox.claim_outbox(clock.now() + EVER, until=clock.now(), limit=BATCH_MAX):
        await record(due)


async def _unfinished(tasks: TaskUpkeep, log: EventLog) -> AsyncIterator[list[Resumable]]:
    """The last event of each unfinished task that drives it on, and how often it has returned since."""
    after = ""
    while batch := await tasks.unfinished(limit=BATCH_MAX, after=after):
        after = batch[-1].task_id
        logs = [await log.events(task.task_id) for task in batch]
        yield [found for logged in logs if (found := _last_driving(logged)) is not None]


def _last_driving(logged: Sequence[Envelope]) -> Resumable | None:
    returns = to_store = 0
    for envelope in reversed(logged):
        if envelope.event.DRIVES:
            return Resumable(envelope, returns, to_store)
        if isinstance(envelope.event, TaskResumed):
            returns += 1
            to_store += envelope.event.service == STORE
    return None


def _resumed(waiting: Resumable, service: Service, clock: Clock) -> Envelope:
    """Tell of a return."""
    driving, returns = waiting.driving, waiting.returns
    event = TaskResumed(task_id=driving.task_id, returns=returns, service=service)
    return wrap(event, source=SOURCE, now=clock.now(), cause=driving, attempt=returns)


def _message(waiting: Resumable, topology: Topology) -> Message:
    """Address an event to everybody; as a suspect, to the one service that has to drive its task on."""
    driving = waiting.driving
    message = event_message(driving, topology.exchange)
    if waiting.to_store >= RETURNS_MAX + SUSPECT_RETURNS_MAX:
        return returned(message, topology.suspects_queue(STORE), SUSPECT_RETURNS_MAX, None)
    alone = waiting.returns - RETURNS_MAX
    if alone < 0:
        return message
    service = next(name for name, events in SUBSCRIPTIONS.items() if type(driving.event) in events)
    wait = topology.delay(SUSPECTS_WAIT_SECONDS) if alone < SUSPECT_RETURNS_MAX else None
    return returned(message, topology.suspects_queue(service), alone, wait)
