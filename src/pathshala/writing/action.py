"""Pauses and resumes writing, by the notice that the route puts up too."""

import asyncio
from datetime import UTC, datetime

from pydantic import ValidationError

from pathshala.exits import MISUSED, stop
from pathshala.opened import opened
from pathshala.terminal import say
from pathshala_common.operating.writing import WritingState, set_writing
from pathshala_common.runtime import telemetry
from pathshala_common.runtime.settings import Settings

ROUTE = "PUT /operator/writing"
PAUSED = "Paused: generators finish what they write, and begin nothing. Tasks wait, and fail at their deadline."
RESUMED = "Resumed: the first generator goes on within 30 seconds."


def set_paused(*, paused: bool, reason: str | None) -> int:
    """Pause or resume. Returns the exit code. Raises SettingsError or StoreUnavailable."""
    telemetry.configure("error", "text")
    try:
        wanted = WritingState(paused=paused, reason=reason)
    except ValidationError as error:
        stop(MISUSED, f"pathshala: --reason: {error.errors()[0]['msg']}")
    asyncio.run(_set(wanted))
    say(PAUSED if paused else RESUMED)
    return 0


async def _set(wanted: WritingState) -> None:
    async with opened(Settings.load(), ROUTE) as store:
        await set_writing(store, wanted, datetime.now(UTC))
