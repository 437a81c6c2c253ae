"""Asks the notifier, over the broker, to tell the end of a task again."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from pathshala.exits import FAILED, stop
from pathshala.terminal import say
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.store import legible
from pathshala_common.operating.redelivery import NothingToTellError, redelivery
from pathshala_common.runtime import connect, reading, telemetry
from pathshala_common.runtime.settings import Settings

IN_MEMORY = (
    "With PATHSHALA_BROKER_URL=memory:// the queues are inside the house's own process, and nobody outside can publish "
    "to them. Ask the house itself: POST /operator/webhooks/TASK/redeliver."
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
        try:
            wanted = redelivery(task_id, legible(await log.task(task_id)), datetime.now(UTC))
        except NothingToTellError as error:
            stop(FAILED, str(error))
        stack.push_async_callback(sender.close)
        await sender.open()
        await sender.publish([event_message(wanted, settings.topology.exchange)])
    say(f"Asked for. `pathshala events {task_id}` shows what becomes of it.")
    return 0
