"""Brings the store up, and says what was done."""

import asyncio

from pathshala.terminal import say
from pathshala_common.runtime import connect, telemetry
from pathshala_common.runtime.settings import Settings


def migrate(*, drop: bool) -> int:
    """Bring the store up. Returns the exit code. Raises SettingsError or StoreUnavailable."""
    telemetry.configure("error", "text")
    told = asyncio.run(connect.migrate(Settings.load(), drop=drop))
    for line in told:
        say(line)
    if not told:
        say("Nothing to do.")
    return 0
