"""Lists, shows, redrives and drops dead letters. Each of these returns the exit code.

They raise SettingsError or BrokerUnavailable.
"""

import asyncio
import json
import shlex
from dataclasses import dataclass, replace
from typing import Annotated, TypedDict

import typer

from pathshala.exits import FAILED, advising, stop
from pathshala.terminal import say, say_json
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.ports.operator import Verdict
from pathshala_common.operating.dead_letters import DeadLetterFilter, Reading, Selection, select
from pathshala_common.runtime import connect, telemetry

LISTED_MAX = 50
ORDERS_SHOWN_MAX = 10
NONE_MATCH = "No dead letter matches."


class LettersDone(TypedDict):
    """The outcome for dead letters that match."""

    matched: Annotated[int, "How many match."]
    done: Annotated[int, "How many were sent back, or deleted."]


@dataclass(frozen=True, slots=True)
class Way:
    """The way in which something is done: without a question, or not really, and told to a program."""

    yes: bool
    dry_run: bool
    as_json: bool

    def say_done(self, words: str, matched: int, done: int) -> None:
        """Say what was done."""
        if self.as_json:
            say_json(LettersDone(matched=matched, done=done))
        elif words:
            say(words)


def list_letters(wanted: DeadLetterFilter, *, as_json: bool) -> int:
    """Print a row for each that is shown, and count all."""
    found = _walk(replace(wanted, limit=None), shown_max=wanted.limit or LISTED_MAX)
    if as_json:
        say_json([reading.summary() for reading in found.shown])
    else:
        for reading in found.shown:
            _say_row(reading)
        _say_count(found)
        if found.matched > len(found.shown):
            say(f"Shown are the first {len(found.shown)}; --limit shows more.")
    return 0 if found.matched else FAILED


def show_letter(identity: str) -> int:
    """Print all that is known of those with this id."""
    found = _walk(DeadLetterFilter(id=identity), shown_max=LISTED_MAX)
    for reading in found.shown:
        say_json(reading.details())
    if not found.matched:
        say(NONE_MATCH, error=True)
    return 0 if found.matched else FAILED


def redrive(wanted: DeadLetterFilter, way: Way) -> int:
    """Send back to its service's queue what matches."""
    return _act(wanted, Verdict.REDRIVE, "Send back", "sent back", way)


def drop(wanted: DeadLetterFilter, way: Way) -> int:
    """Delete what matches."""
    return _act(wanted, Verdict.DROP, "Delete", "deleted", way)


def _act(wanted: DeadLetterFilter, verdict: Verdict, wish: str, done: str, way: Way) -> int:
    """Count, ask, and do it to no more than were counted: what dies meanwhile comes behind them."""
    found = _walk(wanted, shown_max=ORDERS_SHOWN_MAX)
    if not way.as_json:
        _say_count(found)
    if found.matched and verdict is Verdict.REDRIVE and not way.as_json:
        _say_what_redrive_cannot(found)
    if not found.matched or way.dry_run:
        way.say_done(f"Dry run: {found.matched} would be {done}." if found.matched else "", found.matched, 0)
        return 0 if found.matched else FAILED
    if not way.yes and not typer.confirm(f"{wish} {found.matched}?", err=way.as_json):
        way.say_done("Nothing was done.", found.matched, 0)
        return FAILED
    acted = _walk(replace(wanted, limit=found.matched), verdict=verdict)
    way.say_done(f"{acted.matched} {done}.", found.matched, acted.matched)
    return 0


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
    settings = ApiSettings.load()
    for reading in found.shown:
        if reading.ended_its_task and reading.order is not None:
            order = shlex.quote(json.dumps(reading.order))
            url = f"http://{settings.host}:{settings.port}/lessons"
            say(f"  curl -s {url} -H 'Content-Type: application/json' -d {order}")
    if found.ended > ORDERS_SHOWN_MAX:
        say("  These are the first; `pathshala dead show ID` has what each one asked for.")


def _walk(wanted: DeadLetterFilter, *, verdict: Verdict = Verdict.LEAVE, shown_max: int = 0) -> Selection:
    """Look into the dead letters."""
    settings = ApiSettings.load()
    telemetry.configure("error", "text")
    letters = connect.dead_letters(settings)
    if letters is None:
        stop(FAILED, _gone(settings))
    with advising("What was not done is still there: try again."):
        return asyncio.run(select(letters, wanted, verdict=verdict, shown_max=shown_max))


def _gone(settings: ApiSettings) -> str:
    url = f"http://{settings.host}:{settings.port}/lessons/tasks?status=failed"
    return (
        "With PATHSHALA_BROKER_URL=memory:// and no SQLite file to keep them beside, dead letters end with the house. "
        "What stays is "
        f"each failed task's reason (curl -s '{url}') and the house's log (lines `dead-lettered`)."
    )
