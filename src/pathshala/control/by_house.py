"""Cancels tasks at a running house, and asks it for failed ones anew. Each of these returns the exit code."""

from collections.abc import Mapping
from typing import Any

from pathshala.control.wanted import WantedTasks
from pathshala.exits import FAILED
from pathshala.over_http import RunningHouse, path_to

TASKS = "/lessons/tasks"


def cancel(running: RunningHouse, wanted: WantedTasks) -> int:
    """Cancel one task, or those that are wanted."""
    if wanted.task is not None:
        running.delete(path_to("lessons", "status", wanted.task))
        wanted.say_done("Cancelled.", task=wanted.task)
        return 0
    query = _query(wanted)
    found = running.delete(TASKS, **query)
    if not wanted.agreed(found["matched"], "Cancel", more=found["more"]):
        return FAILED
    return _done(wanted, running.delete(TASKS, **query, confirm=found["matched"]), "cancelled")


def retry(running: RunningHouse, wanted: WantedTasks) -> int:
    """Retry one task, or those that are wanted."""
    if wanted.task is not None:
        again = running.post(path_to("lessons", "status", wanted.task, "retry"))["task_id"]
        wanted.say_done(f"Asked for anew: {again}", task=again)
        return 0
    query = {**_query(wanted), "error_code": wanted.code}
    found = running.post(f"{TASKS}/retry", query=query)
    if not wanted.agreed(found["matched"], "Retry", more=found["more"]):
        return FAILED
    return _done(wanted, running.post(f"{TASKS}/retry", query={**query, "confirm": found["matched"]}), "asked for anew")


def _query(wanted: WantedTasks) -> dict[str, object]:
    return {"user_id": wanted.user, "subject": wanted.subject, "topic": wanted.topic}


def _done(wanted: WantedTasks, told: Mapping[str, Any], words: str) -> int:
    matched, more, done = told["matched"], told["more"], told["done"]
    wanted.say_done(f"{done} {words}.", matched=matched, more=more, done=done, task=None)
    return 0
