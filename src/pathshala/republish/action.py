"""Counts the events that are wanted, says what sending them would do, and sends them."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.progress import Progress

from pathshala.exits import FAILED, stop
from pathshala.republish.selection import Pace, Tally, Wanted, addressed, select, takes
from pathshala.republish.target import Target
from pathshala.terminal import say
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.events import EVENT_BY_NAME
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.operator import Log
from pathshala_common.runtime import connect, reading, telemetry
from pathshala_common.runtime.settings import Settings

IN_MEMORY = (
    "With PATHSHALA_BROKER_URL=memory:// the queues are inside the house's own process, and nobody outside can publish "
    "to them. What unfinished tasks wait on, such a house publishes again by itself when it starts."
)


def republish(wanted: Wanted, to: Target, *, rate: int, send: bool, ask: bool) -> int:
    """Say what would be sent, and send it if that is wished. Returns the exit code.

    Raises SettingsError, StoreUnavailable or BrokerUnavailable.
    """
    telemetry.configure("error", "text")
    return asyncio.run(_republish(Settings.load(), wanted, to, rate=rate, send=send, ask=ask))


def known(types: Sequence[str]) -> frozenset[str]:
    """Take names of events. Raises SettingsError if there is no such event."""
    for name in types:
        if name not in EVENT_BY_NAME:
            raise SettingsError(f"no event is called {name!r}; there are {', '.join(EVENT_BY_NAME)}")
    return frozenset(types)


def until_now(until: datetime | None) -> datetime:
    """End by now at the latest: what is told from now on, because of this too, is not sent again."""
    now = datetime.now(UTC)
    return min(until or now, now)


async def _republish(settings: Settings, wanted: Wanted, to: Target, *, rate: int, send: bool, ask: bool) -> int:
    sender = connect.sender(settings)
    if sender is None:
        stop(FAILED, IN_MEMORY)
    async with AsyncExitStack() as stack:
        log = reading.log(settings)
        stack.push_async_callback(log.close)
        await log.open()
        tally, now = Tally(), datetime.now(UTC)
        async for envelope in select(log, wanted):
            tally.add(envelope, to, now)
        _say_tally(tally, to)
        if not tally.count:
            return FAILED
        if not send:
            say("Dry run: nothing was sent. --send does it.")
            return 0
        if ask and not await asyncio.to_thread(typer.confirm, f"Send {tally.count} to {_place(to)}?"):
            say("Nothing was sent.")
            return FAILED
        stack.push_async_callback(sender.close)
        await sender.open()
        progress = stack.enter_context(
            Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
        )
        bar = progress.add_task("sending", total=tally.count)
        pace = Pace(sender, rate, lambda count: progress.advance(bar, count))
        await _send(pace, _messages(log, settings, wanted, to, tally.count))
        return 0


async def _send(pace: Pace, messages: AsyncIterator[Message]) -> None:
    began = time.monotonic()
    try:
        await pace.send(messages)
    finally:
        seconds = time.monotonic() - began
        say(f"{pace.sent} sent in {seconds:.1f} s. What arrives twice is a repeat: after a failure, send all again.")


async def _messages(log: Log, settings: Settings, wanted: Wanted, to: Target, most: int) -> AsyncIterator[Message]:
    """Address what matches, and no more than were counted."""
    now, count = datetime.now(UTC), 0
    async for envelope in select(log, wanted):
        if count == most:
            return
        if takes(to, envelope):
            count += 1
            yield addressed(envelope, to, settings.topology, now)


def _say_tally(tally: Tally, to: Target) -> None:
    if not tally.count:
        say("No event matches.")
    else:
        say(f"{tally.count} events, to {_place(to)}:")
        for name, count in sorted(tally.types.items()):
            say(f"{count:10}  {name}")
    if tally.refused:
        names = ", ".join(f"{count} {name}" for name, count in sorted(tally.refused.items()))
        say(f"Left out, since {_place(to)} does not take them: {names}.")
    if tally.in_time:
        say((f"{tally.in_time} would be worked on again, which may cost a call to the model each.", "bold yellow"))
    if tally.too_late:
        say(f"{tally.too_late} are past their deadline: writing them is refused, and ends as a dead letter each.")
    if to == "store" and tally.count:
        say("The store knows what it has logged, and drops it as a repeat: no work is done again.")


def _place(to: Target) -> str:
    return "the exchange" if to == "exchange" else f"the {to}'s queue"
