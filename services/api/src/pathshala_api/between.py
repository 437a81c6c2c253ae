"""The states of a task between two that were read, folded from its log by the rule by which documents are. Pure."""

from collections.abc import Sequence

from pathshala_common.contract.lesson import NumberedTask
from pathshala_common.contract.ports.store import Logged, Unreadable
from pathshala_common.recording.projection import evolve, new_task


def beginning(seen: NumberedTask) -> NumberedTask:
    """Give the state that a task was in when it was accepted."""
    return NumberedTask(new_task(seen.task.task_id, seen.task.request), 0)


def states(base: NumberedTask, log: Sequence[Logged | Unreadable]) -> list[NumberedTask]:
    """Fold events that were logged behind a state, and give each state that differs from the one before.

    They end before the first event that cannot be read.
    """
    found, task = list[NumberedTask](), base.task
    for one in log:
        if isinstance(one, Unreadable):
            break
        before, task = task, evolve(task, one.envelope.event)
        if task is not before:
            found.append(NumberedTask(task, one.position))
    return found
