"""Asks a running house, or the notifier over the broker, to tell the end of a task again."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Annotated, TypedDict

from pathshala.exits import FAILED, stop
from pathshala.options import HouseAddress
from pathshala.over_http import house, path_to
from pathshala.terminal import say, say_json
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.store import legible
from pathshala_common.operating.redelivery import NothingToTellError, redelivery
from pathshala_common.runtime import connect, reading, telemetry
from pathshala_common.runtime.settings import Settings

IN_MEMORY = (
    "With PATHSHALA_BROKER_URL=memory:// the queues are inside the house's own process, and nobody outside can publish "
    "to them. Ask the house itself: set PATHSHALA_URL to its address (POST /operator/webhooks/TASK/redeliver)."
)


class EndToldAgain(TypedDict):
    """The task whose end is told again."""

    task_id: Annotated[str, "The task."]


def redeliver(address: HouseAddress, task_id: str, *, as_json: bool) -> int:
    """Ask for it. Returns the exit code. Raises SettingsError, StoreUnavailable, BrokerUnavailable or CommandError."""
    if address.url is not None:
        with house(address) as running:
            running.asked("POST", path_to("operator", "webhooks", task_id, "redeliver"), repeatable=False)
    else:
        telemetry.configure("error", "text")
        asyncio.run(_redeliver(Settings.load(), task_id))
    if as_json:
        say_json(EndToldAgain(task_id=task_id))
    else:
        say(f"Asked for. `pathshala events {task_id}` shows what becomes of it.")
    return 0


async def _redeliver(settings: Settings, task_id: str) -> None:
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
