"""Follows a task until it has ended: as a live display on a terminal, as plain lines anywhere else."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pathshala.exits import FAILED
from pathshala.over_http import RunningHouse, path_to
from pathshala.terminal import plain, say

REFRESHES_PER_SECOND = 8
FINAL = frozenset({"completed", "failed"})


class Display(Protocol):
    """Shows the states of a task, one after the other."""

    def show(self, state: Mapping[str, Any]) -> None:
        """Show the state that the task has now."""


class StageTable:
    """A line for each stage, with its time: of the last one, the time until now."""

    def __init__(self, subject: str) -> None:
        self._subject, self._began = subject, time.monotonic()
        self._stages = dict[str, tuple[float, str]]()
        self._percent, self._status = 0, "pending"

    def show(self, state: Mapping[str, Any]) -> None:
        """Take a state: a new stage is a new line, and a stage has the message that it had last."""
        stage, said = stage_of(state), str(state["progress_message"])
        since, _ = self._stages.get(stage, (time.monotonic(), ""))
        self._stages[stage] = since, said
        self._percent, self._status = int(state["progress"]["percent"]), str(state["status"])

    def __rich__(self) -> RenderableType:
        """Draw it, as it is now."""
        table = Table.grid(padding=(0, 2))
        table.add_row("", Text(plain(self._subject), "bold"), "", self._bar())
        names = list(self._stages)
        for name, until in zip(names, [*names[1:], None], strict=True):
            since, said = self._stages[name]
            is_last = until is None
            seconds = (time.monotonic() if is_last else self._stages[str(until)][0]) - since
            told = f"{seconds:6.1f} s" if not (is_last and self._status in FINAL) else ""
            table.add_row(self._mark(is_last=is_last), name, told, Text(plain(said), overflow="ellipsis"))
        return table

    def _mark(self, *, is_last: bool) -> RenderableType:
        if not is_last or self._status == "completed":
            return Text("✓", "green")
        return Text("✗", "bold red") if self._status == "failed" else Spinner("dots")

    def _bar(self) -> Text:
        seconds = time.monotonic() - self._began
        return Text(f"{self._percent} %, {seconds:.1f} s", "dim")


class StageLines:
    """A line for each thing that the house says of a task, with the seconds since it was followed."""

    def __init__(self) -> None:
        self._began, self._said = time.monotonic(), ""

    def show(self, state: Mapping[str, Any]) -> None:
        """Say it, unless it was said last."""
        said = str(state["progress_message"])
        if said != self._said:
            self._said = said
            say(f"{time.monotonic() - self._began:7.1f} s  {stage_of(state):8}  {said}", error=True)


def followed(running: RunningHouse, task_id: str, *, show: bool) -> Mapping[str, Any]:
    """Wait for the end of a task, and show its stages on standard error if that is wished. Returns its last status.

    Ctrl-C ends the waiting; the task goes on.
    """
    last: Mapping[str, Any] = {}
    with _display(running, task_id) if show else _nothing() as display:
        for last in running.states(path_to("lessons", "status", task_id), is_final):
            if display is not None:
                display.show(last)
    return last


def ended(status: Mapping[str, Any]) -> int:
    """Say why a task failed, and what would do instead. Returns the exit code."""
    if status["status"] == "completed":
        return 0
    say(("failed", "bold red"), f"  {why(status)} ({status['error_code']})", error=True)
    return FAILED


def why(failed: Mapping[str, Any]) -> str:
    """Say why a task, or a row of a class set, failed, and what would do instead."""
    suggestion = failed.get("suggestion")
    instead = f" {suggestion['words']}" if suggestion else ""
    return f"{failed['error_message']}{instead}"


def is_final(state: Mapping[str, Any]) -> bool:
    """Whether a task has ended."""
    return state["status"] in FINAL


def stage_of(state: Mapping[str, Any]) -> str:
    """Name the stage of a task."""
    return str(state["progress"]["stage"])


@contextmanager
def _display(running: RunningHouse, task_id: str) -> Iterator[Display]:
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield StageLines()
        return
    first = running.get(path_to("lessons", "status", task_id))
    table = StageTable(f"{first['subject']}/{first['topic']}")
    table.show(first)
    with Live(table, console=console, refresh_per_second=REFRESHES_PER_SECOND):
        yield table


@contextmanager
def _nothing() -> Iterator[None]:
    yield None
