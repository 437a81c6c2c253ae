"""Counts the events that are wanted, says what sending them would do, and sends them."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypedDict

import typer
from rich.console import Console
from rich.progress import Progress

from pathshala.exits import FAILED, stop
from pathshala.republish.selection import Pace, Tally, Wanted, addressed, select, takes
from pathshala.republish.target import Target
from pathshala.terminal import say, say_json
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


class Republished(TypedDict):
    """The events that match, and those that were sent."""

    matched: Annotated[int, "How many match, and are taken by where they are sent to."]
    types: Annotated[dict[str, int], "How many of these there are of each name."]
    sent: Annotated[int, "How many were sent; 0 of a dry run."]


@dataclass(frozen=True, slots=True)
class Resending:
    """The way in which events are sent: so many a second, if it is wished, if nobody says no, told to a program."""

    rate: int
    wished: bool
    asked: bool
    as_json: bool

    def say(self, line: str | tuple[str, str]) -> None:
        """Say something: on standard output, unless a program reads that."""
        say(line, error=self.as_json)

    def say_done(self, tally: Tally, sent: int) -> None:
        """Tell a program what was done."""
        if self.as_json:
            say_json(Republished(matched=tally.count, types=dict(tally.types), sent=sent))


def republish(wanted: Wanted, to: Target, sending: Resending) -> int:
    """Say what would be sent, and send it if that is wished. Returns the exit code.

    Raises SettingsError, StoreUnavailable or BrokerUnavailable.
    """
    telemetry.configure("error", "text")
    return asyncio.run(_republish(Settings.load(), wanted, to, sending))


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


async def _republish(settings: Settings, wanted: Wanted, to: Target, sending: Resending) -> int:
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
        _say_tally(tally, to, sending)
        if not tally.count or not sending.wished:
            sending.say_done(tally, 0)
            return 0 if tally.count else FAILED
        question = f"Send {tally.count} to {_place(to)}?"
        if sending.asked and not await asyncio.to_thread(typer.confirm, question, err=sending.as_json):
            sending.say("Nothing was sent.")
            sending.say_done(tally, 0)
            return FAILED
        stack.push_async_callback(sender.close)
        await sender.open()
        progress = stack.enter_context(
            Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
        )
        bar = progress.add_task("sending", total=tally.count)
        pace = Pace(sender, sending.rate, lambda count: progress.advance(bar, count))
        await _send(pace, _messages(log, settings, wanted, to, tally.count), sending)
        sending.say_done(tally, pace.sent)
        return 0


async def _send(pace: Pace, messages: AsyncIterator[Message], sending: Resending) -> None:
    began = time.monotonic()
    try:
        await pace.send(messages)
    finally:
        seconds = time.monotonic() - began
        sending.say(
            f"{pace.sent} sent in {seconds:.1f} s. What arrives twice is a repeat: after a failure, send all again."
        )


async def _messages(log: Log, settings: Settings, wanted: Wanted, to: Target, most: int) -> AsyncIterator[Message]:
    """Address what matches, and no more than were counted."""
    now, count = datetime.now(UTC), 0
    async for envelope in select(log, wanted):
        if count == most:
            return
        if takes(to, envelope):
            count += 1
            yield addressed(envelope, to, settings.topology, now)


def _say_tally(tally: Tally, to: Target, sending: Resending) -> None:
    if not tally.count:
        sending.say("No event matches.")
    else:
        sending.say(f"{tally.count} events, to {_place(to)}:")
        for name, count in sorted(tally.types.items()):
            sending.say(f"{count:10}  {name}")
    if tally.refused:
        names = ", ".join(f"{count} {name}" for name, count in sorted(tally.refused.items()))
        sending.say(f"Left out, since {_place(to)} does not take them: {names}.")
    if tally.in_time:
        sending.say(
            (f"{tally.in_time} would be worked on again, which may cost a call to the model each.", "bold yellow")
        )
    if tally.too_late:
        sending.say(
            f"{tally.too_late} are past their deadline: writing them is refused, and ends as a dead letter each."
        )
    if to == "store" and tally.count:
        sending.say("The store knows what it has logged, and drops it as a repeat: no work is done again.")
    if tally.count and not sending.wished:
        sending.say("Dry run: nothing was sent. --send does it.")


def _place(to: Target) -> str:
    return "the exchange" if to == "exchange" else f"the {to}'s queue"
