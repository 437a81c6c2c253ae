"""Pauses and resumes writing, at a running house or by the notice in the store that the route puts up too."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from pathshala.exits import MISUSED, stop
from pathshala.opened import opened
from pathshala.options import HouseAddress
from pathshala.over_http import RunningHouse, by_house_or_store
from pathshala.terminal import say, say_json
from pathshala_common.operating.writing import WritingState, set_writing
from pathshala_common.runtime import telemetry
from pathshala_common.runtime.settings import Settings

PATH = "/operator/writing"
PAUSED = "Paused: generators finish what they write, and begin nothing. Tasks wait, and fail at their deadline."
RESUMED = "Resumed: the first generator goes on within 7 seconds."


def set_paused(address: HouseAddress, *, paused: bool, reason: str | None, as_json: bool) -> int:
    """Pause or resume. Returns the exit code. Raises SettingsError, StoreUnavailable or CommandError."""
    try:
        wanted = WritingState(paused=paused, reason=reason)
    except ValidationError as error:
        stop(MISUSED, f"pathshala: --reason: {error.errors()[0]['msg']}")

    def at_house(running: RunningHouse) -> int:
        return _say(running.put(PATH, {"paused": paused, "reason": reason}), as_json=as_json)

    def in_store() -> int:
        telemetry.configure("error", "text")
        return _say(asyncio.run(_set(wanted)).model_dump(mode="json"), as_json=as_json)

    return by_house_or_store(address, at_house, in_store)


def _say(state: Mapping[str, Any], *, as_json: bool) -> int:
    if as_json:
        say_json(state)
    else:
        say(PAUSED if state["paused"] else RESUMED)
    return 0


async def _set(wanted: WritingState) -> WritingState:
    async with opened(Settings.load(), f"PUT {PATH}") as store:
        return await set_writing(store, wanted, datetime.now(UTC))
