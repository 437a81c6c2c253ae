"""Shows a task's log once, follows it, or saves it."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn, NotRequired, TypedDict

from pathshala.events.timeline import ended, outcome, timeline
from pathshala.exits import FAILED, stop
from pathshala.gaps import Missing, gaps
from pathshala.terminal import say, say_json
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.ports.operator import Log
from pathshala_common.contract.ports.store import Logged, Unreadable, legible
from pathshala_common.runtime import reading, telemetry
from pathshala_common.runtime.settings import Settings

POLL_SECONDS = 0.5
FIRST_EVENT_SECONDS = 10.0
"""A task that is followed as soon as it is accepted may have nothing in the log for so long."""


class LoggedEvent(TypedDict):
    """An event of a task, at its place in the log."""

    position: Annotated[int, "Its place, from 1."]
    envelope: NotRequired[Annotated[dict[str, Any], "The event in its envelope, as `docs/schemas` describes them."]]
    unreadable: NotRequired[Annotated[str, "Why this version cannot read it, if it cannot; then it has no envelope."]]


def show(task: str, folder: Path | None, *, as_json: bool) -> int:
    """Show what the log has of a task by now, or save it in a folder. Raises SettingsError or StoreUnavailable."""
    asyncio.run(_show(_log(), task, folder, as_json=as_json))
    return 0


def follow(task: str) -> int:
    """Show what there is of a task and what comes, until it ends. Raises SettingsError or StoreUnavailable."""
    asyncio.run(_follow(_log(), task))
    return 0


def _log() -> Log:
    telemetry.configure("error", "text")
    return reading.log(Settings.load())


async def _show(log: Log, task: str, folder: Path | None, *, as_json: bool) -> None:
    await log.open()
    try:
        found = await log.task(task)
    finally:
        await log.close()
    if not found:
        _unknown(task)
    logged = legible(found)
    if as_json:
        say_json([_as_json(one) for one in found])
    elif folder is not None:
        _save(task, logged, folder)
    else:
        for one in found:
            if isinstance(one, Unreadable):
                say((f"event {one.position} {one.type} cannot be read by this version: {one.reason}", "bold red"))
        if logged:
            _say_lines(logged, after=0)
            say((outcome(logged), "bold"))


def _as_json(one: Logged | Unreadable) -> LoggedEvent:
    if isinstance(one, Unreadable):
        return LoggedEvent(position=one.position, unreadable=one.reason)
    return LoggedEvent(position=one.position, envelope=json.loads(one.envelope.raw))


async def _follow(log: Log, task: str) -> None:
    """Show what is there and what comes, until the task ends; a store that is away meanwhile is waited for."""
    await log.open()
    try:
        logged = await _begun(log, task)
        shown = _say_lines(logged, after=0)
        while not ended(logged):
            await asyncio.sleep(POLL_SECONDS)
            logged = await _again(log, task) or logged
            shown = _say_lines(logged, after=shown)
        say((outcome(logged), "bold"))
    finally:
        await log.close()


async def _begun(log: Log, task: str) -> Sequence[Logged]:
    for _ in range(round(FIRST_EVENT_SECONDS / POLL_SECONDS)):
        if logged := legible(await log.task(task)):
            return logged
        await asyncio.sleep(POLL_SECONDS)
    return _unknown(task)


async def _again(log: Log, task: str) -> Sequence[Logged]:
    try:
        return legible(await log.task(task))
    except StoreUnavailable as error:
        say(f"waiting: {error}", error=True)
        return []


def _say_lines(logged: Sequence[Logged], *, after: int) -> int:
    """Print the lines of the events after a position. Returns the last position."""
    for line in timeline(logged):
        if line.position > after:
            say(*line.parts)
    return max(logged[-1].position, after)


def _save(task: str, logged: Sequence[Logged], folder: Path) -> None:
    """Write the bytes that travelled, one envelope a line. What is not whole would be no example of anything."""
    lost = [gap.text for gap in gaps(logged) if gap.missing is not Missing.RECORDING]
    broken = [f"event {one.position} has line ends" for one in logged if b"\n" in one.envelope.raw]
    if lost or broken:
        stop(FAILED, f"Not saved: {'; '.join([*lost, *broken])}.")
    file = folder / f"{task}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"".join(one.envelope.raw + b"\n" for one in logged))
    except OSError as error:
        stop(FAILED, f"Not saved: {error.strerror} ({file})")
    say(f"{len(logged)} events are in {file}")


def _unknown(task: str) -> NoReturn:
    stop(
        FAILED,
        f"The log has no event of task {task}. There may be no such task, or not in the store that PATHSHALA_STORE_URL "
        "names; it may wait to be taken up; or it never began, and its log was cut (PATHSHALA_LOG_TTL_SECONDS).",
    )
