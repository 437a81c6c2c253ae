"""`pathshala dead`: list, show, redrive and drop what services could not handle.

Exit codes: 0 done, 1 nothing matched, or refused, or the broker does not answer, 2 a setting or an option is wrong.
"""

import asyncio
import json
import shlex
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from pathshala.dead.letters import Filter, Reading, Selection, select
from pathshala.options import MOMENTS, JsonOption, TaskOption, TypeOption, YesOption, utc
from pathshala.terminal import say, say_json, stop
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.errors import BrokerUnavailable, SettingsError
from pathshala_common.contract.ports.operator import DeadLetters, Verdict
from pathshala_common.contract.topology import Service
from pathshala_common.runtime import connect, telemetry

LISTED_MAX = 50
ORDERS_SHOWN_MAX = 10
NOTHING, WRONG = 1, 2
NONE_MATCH = "No dead letter matches."

ServiceOption = Annotated[Service | None, typer.Option(help="Only what this service could not handle.")]
CodeOption = Annotated[str | None, typer.Option(help="Only with this code.")]
IdOption = Annotated[str | None, typer.Option("--id", help="Only with this id.")]
SinceOption = Annotated[datetime | None, typer.Option(formats=MOMENTS, help="Only dead since (UTC unless it says).")]
UntilOption = Annotated[datetime | None, typer.Option(formats=MOMENTS, help="Only dead until (UTC unless it says).")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="At most so many, the oldest of each service first.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]

dead = typer.Typer(no_args_is_help=True, help="What services could not handle: list, show, redrive, drop.")


@dead.command("list")
def list_command(  # noqa: PLR0913 - one argument an option
    *,
    service: ServiceOption = None,
    code: CodeOption = None,
    task: TaskOption = None,
    event: TypeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: LimitOption = LISTED_MAX,
    as_json: JsonOption = False,
) -> None:
    """List dead letters, the oldest first, and say how many there are."""
    wanted = Filter(service, None, code, task, event, utc(since), utc(until))
    found = _walk(lambda letters: select(letters, wanted, shown_max=limit or LISTED_MAX))
    if as_json:
        say_json([reading.summary() for reading in found.shown])
    else:
        for reading in found.shown:
            _say_row(reading)
        _say_count(found)
        if found.matched > len(found.shown):
            say(f"Shown are the first {len(found.shown)}; --limit shows more.")
    raise typer.Exit(0 if found.matched else NOTHING)


@dead.command("show")
def show_command(identity: Annotated[str, typer.Argument(metavar="ID", help="As listed.")]) -> None:
    """Show all that is known of a dead letter, as JSON: headers, reason, stack, the event or the bytes."""
    found = _walk(lambda letters: select(letters, Filter(id=identity), shown_max=LISTED_MAX))
    for reading in found.shown:
        say_json(reading.details())
    if not found.matched:
        say(NONE_MATCH, error=True)
    raise typer.Exit(0 if found.matched else NOTHING)


@dead.command("redrive")
def redrive_command(  # noqa: PLR0913 - one argument an option
    *,
    service: ServiceOption = None,
    identity: IdOption = None,
    code: CodeOption = None,
    task: TaskOption = None,
    event: TypeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: LimitOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Send dead letters back to their service's queue, as a first attempt. A task that has failed stays failed."""
    wanted = Filter(service, identity, code, task, event, utc(since), utc(until), limit)
    _act(wanted, Verdict.REDRIVE, "Send back", "sent back", yes=yes, dry_run=dry_run)


@dead.command("drop")
def drop_command(  # noqa: PLR0913 - one argument an option
    *,
    service: ServiceOption = None,
    identity: IdOption = None,
    code: CodeOption = None,
    task: TaskOption = None,
    event: TypeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: LimitOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Delete dead letters for good."""
    wanted = Filter(service, identity, code, task, event, utc(since), utc(until), limit)
    _act(wanted, Verdict.DROP, "Delete", "deleted", yes=yes, dry_run=dry_run)


def _act(wanted: Filter, verdict: Verdict, wish: str, done: str, *, yes: bool, dry_run: bool) -> None:
    """Count, ask, and do it to no more than were counted: what dies meanwhile comes behind them."""
    found = _walk(lambda letters: select(letters, wanted, shown_max=ORDERS_SHOWN_MAX))
    _say_count(found)
    if not found.matched:
        raise typer.Exit(NOTHING)
    if verdict is Verdict.REDRIVE:
        _say_what_redrive_cannot(found)
    if dry_run:
        say(f"Dry run: {found.matched} would be {done}.")
        return
    if not yes and not typer.confirm(f"{wish} {found.matched}?"):
        say("Nothing was done.")
        raise typer.Exit(NOTHING)
    acting = replace(wanted, limit=found.matched)
    acted = _walk(lambda letters: select(letters, acting, verdict=verdict))
    say(f"{acted.matched} {done}.")


def _say_row(reading: Reading) -> None:
    died = reading.dead_at.isoformat(timespec="seconds") if reading.dead_at else "unknown"
    about = f"{reading.event or 'no event'}  task {reading.task_id or 'unknown'}  attempt {reading.attempt}"
    say((reading.id, "bold"), f"  {died}  {reading.service}  ", (reading.code, "red"), f"  {about}")
    say(f"    {' '.join(reading.reason.split())}")


def _say_count(found: Selection) -> None:
    if found.matched:
        codes = ", ".join(f"{count} x {code}" for code, count in found.codes.most_common())
        say(f"{found.matched} dead letter{'s' if found.matched > 1 else ''}: {codes}")
    else:
        say(NONE_MATCH)
    if found.beyond:
        say(f"{found.beyond} more were not looked at, since there are too many at once; deal with these first.")


def _say_what_redrive_cannot(found: Selection) -> None:
    """Tell of the tasks that have failed, and how their lessons can still be had."""
    if not found.ended:
        return
    say(
        f"{found.ended} of them ended their task. A failed task stays failed, since its first final event wins: "
        "sent back, these make no lesson, and may cost a call to the model. Ask anew instead, then drop them:"
    )
    settings = _settings()
    for reading in found.shown:
        if reading.ended_its_task and reading.order is not None:
            order = shlex.quote(json.dumps(reading.order))
            url = f"http://{settings.host}:{settings.port}/lessons"
            say(f"  curl -s {url} -H 'Content-Type: application/json' -d {order}")
    if found.ended > ORDERS_SHOWN_MAX:
        say("  These are the first; `pathshala dead show ID` has what each one asked for.")


def _walk(look: Callable[[DeadLetters], Coroutine[Any, Any, Selection]]) -> Selection:
    """Look into the dead letters; a failure is one line and the exit code."""
    settings = _settings()
    telemetry.configure("error", "text")
    try:
        letters = connect.dead_letters(settings)
        if letters is None:
            stop(NOTHING, _gone(settings))
        return asyncio.run(look(letters))
    except SettingsError as error:
        stop(WRONG, f"pathshala: {error}")
    except BrokerUnavailable as error:
        stop(NOTHING, f"pathshala: the broker: {error}. What was not done is still there: try again.")


def _settings() -> ApiSettings:
    try:
        return ApiSettings.load()
    except SettingsError as error:
        stop(WRONG, f"pathshala: {error}")


def _gone(settings: ApiSettings) -> str:
    url = f"http://{settings.host}:{settings.port}/lessons/tasks?status=failed"
    return (
        "With PATHSHALA_BROKER_URL=memory:// dead letters live and end inside the house's own process. What stays is "
        f"each failed task's reason (curl -s '{url}') and the house's log (lines `dead-lettered`)."
    )
