"""What a check of the surroundings finds, for an operator."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is: WRONG keeps the house, or a part of it, from doing its work."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do about it. Holds no secret."""

    about: str
    state: State
    found: str
    remedy: str = ""


Check = Callable[[], Awaitable[Sequence[Finding]]]
"""Looks at one thing. What it raises is a finding too: wrong, with the error as its text."""


def ok(about: str, found: str) -> list[Finding]:
    """Nothing to do."""
    return [Finding(about, State.OK, found)]


def warning(about: str, found: str, remedy: str) -> list[Finding]:
    """The house works, but somebody should know."""
    return [Finding(about, State.WARNING, found, remedy)]


def wrong(about: str, found: str, remedy: str) -> list[Finding]:
    """The house does not work so."""
    return [Finding(about, State.WRONG, found, remedy)]
