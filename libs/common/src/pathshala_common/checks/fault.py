"""The fault that a check finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pathshala_common.checks.draft import Basis, Draft


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a draft.

    `field` names the one field that has to be written anew; None means the lesson as a whole. `reason` is a clause for
    the writer and for the person who asked, and repeats nothing of the draft: "does not speak of its topic".
    """

    check: str
    field: str | None
    reason: str


Check = Callable[[Draft, Basis], Iterable[Fault] | None]
"""Pure, and quick: no I/O, no clock. None says that the check has nothing to judge here: neither passed nor failed."""
