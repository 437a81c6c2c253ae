"""Lists tasks of a running house, and watches them. Each of these returns the exit code."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from pathshala.following import ended, followed
from pathshala.options import HouseAddress
from pathshala.over_http import RunningHouse, house, path_to
from pathshala.terminal import plain, say, say_json, say_rows

LOOK_SECONDS = 2.0
"""All tasks are looked at again after so long."""

HEAD = ("TASK", "LESSON", "USER", "STATUS", "WHAT IS HAPPENING")
TASK_LENGTH = 36
STYLES = {"completed": "green", "failed": "bold red", "in_progress": "yellow"}


def one(address: HouseAddress, task_id: str, *, watch: bool, as_json: bool) -> int:
    """Show a task; or its stages, until it ends."""
    with house(address) as running:
        status = (
            followed(running, task_id, show=not as_json)
            if watch
            else running.get(path_to("lessons", "status", task_id))
        )
    if as_json:
        say_json(status)
    else:
        _say(status)
    return ended(status) if watch else 0


def list_tasks(address: HouseAddress, query: Mapping[str, object], *, as_json: bool) -> int:
    """List them once."""
    with house(address) as running:
        found = running.get("/lessons/tasks", **query)
    if as_json:
        say_json(found)
        return 0
    say_rows(HEAD, [_cells(task) for task in found["tasks"]])
    more = " --limit shows more." if found["next_cursor"] else ""
    say(f"{_counted(found)}.{more}")
    return 0


def watch(address: HouseAddress, query: Mapping[str, object], *, as_json: bool) -> int:
    """Show them again and again, until Ctrl-C: as a table on a terminal, anywhere else a line for each change."""
    console = Console(highlight=False)
    with house(address) as running:
        if console.is_terminal and not as_json:
            _watch_table(running, query, console)
        else:
            _watch_lines(running, query, as_json=as_json)
    return 0


def _watch_table(running: RunningHouse, query: Mapping[str, object], console: Console) -> None:
    with Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(_table(running.get("/lessons/tasks", **query)), refresh=True)
            time.sleep(LOOK_SECONDS)


def _watch_lines(running: RunningHouse, query: Mapping[str, object], *, as_json: bool) -> None:
    told = dict[str, str]()
    while True:
        for task in reversed(running.get("/lessons/tasks", **query)["tasks"]):
            if told.get(task["task_id"]) != task["progress_message"]:
                told[task["task_id"]] = task["progress_message"]
                if as_json:
                    say_json(task, in_a_line=True)
                else:
                    say("  ".join(_cells(task)))
        time.sleep(LOOK_SECONDS)


def _table(found: Mapping[str, Any]) -> Table:
    whole = Column(HEAD[0], min_width=TASK_LENGTH)  # it is what `cancel` takes
    table = Table(whole, *HEAD[1:], box=None, caption=_counted(found), caption_justify="left")
    for task in found["tasks"]:
        styled = [Text(plain(cell), overflow="ellipsis", no_wrap=True) for cell in _cells(task)]
        styled[HEAD.index("STATUS")].stylize(STYLES.get(task["status"], ""))
        table.add_row(*styled)
    return table


def _cells(task: Mapping[str, Any]) -> Sequence[str]:
    said = task["error_message"] or task["progress_message"]
    return [task["task_id"], f"{task['subject']}/{task['topic']}", task["user_id"], task["status"], said]


def _counted(found: Mapping[str, Any]) -> str:
    """Count all that are kept, by their status."""
    return ", ".join(f"{count} {status}" for status, count in found["status_counts"].items())


def _say(status: Mapping[str, Any]) -> None:
    lesson = f"{status['subject']}/{status['topic']}"
    say((lesson, "bold"), "  ", (status["status"], STYLES.get(status["status"], "")), f"  {status['progress_message']}")
    for name in ("created_at", "completed_at", "lesson_url", "error_code", "error_message", "retry_of", "retried_as"):
        if status.get(name):
            say(f"  {name:14}{status[name]}")
