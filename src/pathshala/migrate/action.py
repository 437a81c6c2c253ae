"""Brings the store up, and says what was done."""

import asyncio
from typing import Annotated, TypedDict

from pathshala.terminal import say, say_json
from pathshala_common.runtime import connect, telemetry
from pathshala_common.runtime.settings import Settings


class Migrated(TypedDict):
    """The changes that were made to the store."""

    done: Annotated[list[str], "A line each, in words; none if there was nothing to do."]


def migrate(*, drop: bool, as_json: bool) -> int:
    """Bring the store up. Returns the exit code. Raises SettingsError or StoreUnavailable."""
    telemetry.configure("error", "text")
    told = asyncio.run(connect.migrate(Settings.load(), drop=drop))
    if as_json:
        say_json(Migrated(done=list(told)))
        return 0
    for line in told:
        say(line)
    if not told:
        say("Nothing to do.")
    return 0
