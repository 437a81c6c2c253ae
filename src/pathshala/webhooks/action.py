"""Asks the notifier, over the broker, to tell the end of a task again."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from pathshala.exits import FAILED, stop
from pathshala.terminal import say
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import RedeliveryRequested, request_of
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.store import Logged, legible
from pathshala_common.runtime import connect, reading, telemetry
from pathshala_common.runtime.settings import Settings

SOURCE = "operator"
IN_MEMORY = (
    "With PATHSHALA_BROKER_URL=memory:// the queues are inside the house's own process, and nobody outside can publish "
    "to them. What such a house has not delivered, it sends again by itself when it starts."
)


def redeliver(task_id: str) -> int:
    """Ask for it. Returns the exit code. Raises SettingsError, StoreUnavailable or BrokerUnavailable."""
    telemetry.configure("error", "text")
    return asyncio.run(_redeliver(Settings.load(), task_id))


async def _redeliver(settings: Settings, task_id: str) -> int:
    sender = connect.sender(settings)
    if sender is None:
        stop(FAILED, IN_MEMORY)
    async with AsyncExitStack() as stack:
        log = reading.log(settings)
        stack.push_async_callback(log.close)
        await log.open()
        wanted = again(task_id, legible(await log.task(task_id)), datetime.now(UTC))
        stack.push_async_callback(sender.close)
        await sender.open()
        await sender.publish([event_message(wanted, settings.topology.exchange)])
    say(f"Asked for. `pathshala events {task_id}` shows what becomes of it.")
    return 0


def again(task_id: str, log: Sequence[Logged], now: datetime) -> Envelope:
    """Give the event that asks for it. Ends the command if there is nothing to tell, or nobody to tell it to."""
    events = [logged.envelope.event for logged in log]
    requests = [request for event in events if (request := request_of(event)) is not None]
    if not events:
        stop(FAILED, "The log has no such task.")
    if not any(request.callback_url for request in requests):
        stop(FAILED, "Its order named no callback_url.")
    if not any(event.FINAL for event in events):
        stop(FAILED, "It has not ended; it is told when it does.")
    number = sum(isinstance(event, RedeliveryRequested) for event in events) + 1
    return wrap(RedeliveryRequested(task_id=task_id, number=number), source=SOURCE, now=now, index=number)
