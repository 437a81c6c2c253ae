"""`pathshala republish`: send logged events again, to the exchange or to one service.

Exit codes: 0 sent, or shown what would be, 1 nothing matched, or refused, or broker or store do not answer, 2 a setting
or an option is wrong.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from pathshala.options import SinceOption, TaskOption, UntilOption, utc
from pathshala.republish.selection import Pace, Tally, Target, Wanted, addressed, select, takes
from pathshala.terminal import say, stop
from pathshala_common.contract.errors import BrokerUnavailable, SettingsError, StoreUnavailable
from pathshala_common.contract.events import EVENT_BY_NAME
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.operator import Log
from pathshala_common.runtime import connect, reading, telemetry
from pathshala_common.runtime.settings import Settings

NOTHING, WRONG = 1, 2
RATE = 200
IN_MEMORY = (
    "With PATHSHALA_BROKER_URL=memory:// the queues are inside the house's own process, and nobody outside can publish "
    "to them. What unfinished tasks wait on, such a house publishes again by itself when it starts."
)

TypesOption = Annotated[list[str] | None, typer.Option("--type", help="Only events of this name; may be repeated.")]
UserOption = Annotated[str | None, typer.Option("--user", help="Only of tasks of this user.")]
SubjectOption = Annotated[str | None, typer.Option("--subject", help="Only of lessons on this subject.")]
TopicOption = Annotated[str | None, typer.Option("--topic", help="Only of lessons on this topic.")]
ToOption = Annotated[Target, typer.Option("--to", help="The exchange, which is everybody, or one service's queue.")]
SendOption = Annotated[bool, typer.Option("--send", help="Do it, and ask before.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it, and do not ask.")]
RateOption = Annotated[int, typer.Option("--rate", min=1, help="At most so many events a second.")]


def republish(  # noqa: PLR0913 - one argument an option
    *,
    task: TaskOption = None,
    types: TypesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    user: UserOption = None,
    subject: SubjectOption = None,
    topic: TopicOption = None,
    to: ToOption = "store",
    send: SendOption = False,
    yes: YesOption = False,
    rate: RateOption = RATE,
) -> None:
    """Send events of the log again, marked as replayed. Without --send or --yes it only says what would be sent."""
    telemetry.configure("error", "text")
    unknown = [name for name in types or [] if name not in EVENT_BY_NAME]
    if unknown:
        stop(WRONG, f"pathshala: no event is called {unknown[0]!r}; there are {', '.join(EVENT_BY_NAME)}")
    # What is told from now on, because of this too, is not sent again.
    now = datetime.now(UTC)
    ends = min(utc(until) or now, now)
    wanted = Wanted(ends, utc(since), task, frozenset(types or []), user, subject, topic)
    try:
        asyncio.run(_republish(Settings.load(), wanted, to, rate=rate, send=send or yes, ask=not yes))
    except SettingsError as error:
        stop(WRONG, f"pathshala: {error}")
    except StoreUnavailable as error:
        stop(NOTHING, f"pathshala: the store: {error}")
    except BrokerUnavailable as error:
        stop(NOTHING, f"pathshala: the broker: {error}")


async def _republish(settings: Settings, wanted: Wanted, to: Target, *, rate: int, send: bool, ask: bool) -> None:
    sender = connect.sender(settings)
    if sender is None:
        stop(NOTHING, IN_MEMORY)
    async with AsyncExitStack() as stack:
        log = reading.log(settings)
        stack.push_async_callback(log.close)
        await log.open()
        tally, now = Tally(), datetime.now(UTC)
        async for envelope in select(log, wanted):
            tally.add(envelope, to, now)
        _say_tally(tally, to)
        if not tally.count:
            raise typer.Exit(NOTHING)
        if not send:
            say("Dry run: nothing was sent. --send does it.")
            return
        if ask and not await asyncio.to_thread(typer.confirm, f"Send {tally.count} to {_place(to)}?"):
            say("Nothing was sent.")
            raise typer.Exit(NOTHING)
        stack.push_async_callback(sender.close)
        await sender.open()
        progress = stack.enter_context(
            Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
        )
        bar = progress.add_task("sending", total=tally.count)
        pace = Pace(sender, rate, lambda count: progress.advance(bar, count))
        await _send(pace, _messages(log, settings, wanted, to, tally.count))


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
