"""Hands webhooks that were not delivered to the notifier again, which a broker in memory forgot when its process ended.

The first attempt may come again under the same identity, as after any death.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import ORDERS, RedeliveryRequested, WebhookAbandoned, WebhookDelivered
from pathshala_common.contract.messages import queue_message
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.operator import Extent, Log
from pathshala_common.contract.ports.store import Logged, legible
from pathshala_common.contract.topology import Topology
from pathshala_common.logs import get_logger

log = get_logger()

PAGE = 1_000


async def send_again(logged: Log, broker: Broker, topology: Topology, clock: Clock, deadline: timedelta) -> int:
    """Publish what calls for a webhook that is not settled, of tasks that ended in the last day. Returns how many.

    A task ends no later than `deadline` after its request, or little. None are sent again if the broker is durable.
    """
    count = 0
    if broker.durable:
        return count
    async for task_id in _ordered(logged, Extent(PAGE, clock.now() - WebhookAbandoned.AFTER - 2 * deadline)):
        callers = _unsettled(legible(await logged.task(task_id)))
        await broker.publish([queue_message(caller, topology.queue("notifier")) for caller in callers])
        count += len(callers)
    if count:
        log.info("sending webhooks again", count=count)
    return count


async def _ordered(logged: Log, extent: Extent) -> AsyncIterator[str]:
    """The tasks whose orders named an address."""
    after = None
    kinds = frozenset(order.__name__ for order in ORDERS)
    while page := await logged.page(Extent(extent.limit, extent.since, types=kinds, after=after, calling=True)):
        for one in legible(page):
            event = one.envelope.event
            if isinstance(event, ORDERS) and event.request.callback_url is not None:
                yield event.task_id
        after = page[-1].place


def _unsettled(task: list[Logged]) -> list[Envelope]:
    envelopes = [one.envelope for one in task]
    settled = {e.causation_id for e in envelopes if isinstance(e.event, WebhookDelivered | WebhookAbandoned)}
    end = next((e for e in envelopes if e.event.FINAL), None)
    callers = [end] if end is not None else []
    callers += [e for e in envelopes if isinstance(e.event, RedeliveryRequested)]
    return [caller for caller in callers if caller.id not in settled]
