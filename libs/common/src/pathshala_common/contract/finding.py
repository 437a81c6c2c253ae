"""The findings of a check of the surroundings, for an operator."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The severity of a finding. WRONG keeps the house, or a part of it, from doing its work."""

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


def dead_letters(kept: Iterable[tuple[str, int]], dropped: int, kept_max: int) -> list[Finding]:
    """The numbers of dead letters by service, and of those that made room for newer ones."""
    findings: list[Finding] = []
    told = ", ".join(f"{service} {count}" for service, count in kept if count)
    if told:
        findings += warning("dead letters", told, "`pathshala dead list` tells what and why.")
    if dropped:
        findings += warning(
            "dead letters dropped",
            f"{dropped}, too many or too old to be kept",
            f"Of each service the newest {kept_max} are kept: deal with those, or raise PATHSHALA_DEAD_LETTERS_MAX.",
        )
    return findings or ok("dead letters", "none")
