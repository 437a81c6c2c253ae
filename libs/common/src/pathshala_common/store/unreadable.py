"""The doctor's findings on tasks that a store could not read; the same for every store."""

from collections.abc import Sequence

from pathshala_common.contract.finding import Finding, ok, warning
from pathshala_common.contract.summary import TaskSummary

UNREADABLE_SHOWN_MAX = 5
"""Tasks that are named; the first say enough."""

REMEDY = "Run the version of the house that wrote this, or a later one: such tasks then go on with their next event."


def told_unreadable(found: Sequence[TaskSummary]) -> Sequence[Finding]:
    """Name tasks of which something was logged, or kept, that this version could not read."""
    findings: list[Finding] = []
    for task in found:
        findings += warning("store readable", f"task {task.task_id}: {task.fault}", REMEDY)
    return findings or ok("store readable", "no task that was looked at lately holds what cannot be read")
