"""A part of the growth benchmark, and what it is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.contender import Line
from bench.houses import House, houses
from bench.servers import Servers

Row = tuple[str, ...]
"""Cells of a table: what was measured, and figures as text."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How far to grow, and where."""

    servers: Servers
    folder: Path
    tasks: int
    calls: int
    minutes: float


class Part(Protocol):
    """A module of this folder."""

    HEAD: Row

    def measure(self, scale: Scale) -> Iterator[Row]:
        """Give a row of the table as soon as it is known."""


def deployed(deployment: str, line: Line, **settings: str) -> House:
    """One deployment, with these settings."""
    return next(one for one in houses(settings) if (one.deployment, one.line) == (deployment, line))
