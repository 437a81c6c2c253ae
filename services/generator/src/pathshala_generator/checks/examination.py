"""The examination: every check by its name, and what they all find."""

from collections.abc import Mapping

from pathshala_generator.checks.fault import Check, Fault
from pathshala_generator.draft import Assignment, Draft

CHECKS: Mapping[str, Check] = {}


def examine(draft: Draft, assignment: Assignment, checks: Mapping[str, Check] = CHECKS) -> tuple[Fault, ...]:
    """Find all that is wrong; nothing, if the draft may become a lesson."""
    return tuple(fault for check in checks.values() for fault in check(draft, assignment))
