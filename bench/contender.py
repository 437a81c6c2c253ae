"""A contender: something that takes orders for lessons over HTTP and writes them, in whatever processes."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from bench.servers import Servers

Line = Literal["like for like", "whole"]
"""Like for like: the writer answers at once, as the peers' does. Whole: a model over HTTP, and all checks."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a contender is started: how long its writer takes, and whether anybody writes at all."""

    writer_seconds: float = 0
    accept_only: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A contender that is up: where it answers, and its processes, without servers and model."""

    port: int
    processes: Mapping[str, int]
    model: int | None = None

    @property
    def pids(self) -> tuple[int, ...]:
        """Its processes."""
        return tuple(self.processes.values())


class Contender(Protocol):
    """What is measured."""

    @property
    def name(self) -> str:
        """Its name in options and in tables."""

    @property
    def line(self) -> Line:
        """What its writer does."""

    @property
    def durable(self) -> str:
        """What outlives a power cut, in a few words; `nothing` if nothing does."""

    @property
    def lessons(self) -> int:
        """How many it is given at once in W2: enough for ten seconds and more, in a run that must end."""

    @property
    def scans(self) -> bool:
        """Whether its database scans all that it keeps, so that works of many tasks tell nothing and never end."""

    @property
    def is_peer(self) -> bool:
        """Whether it is something else than Pathshala."""

    def start(self, how: Start, servers: Servers, folder: Path) -> AbstractContextManager[Running]:
        """Run it while inside. Raises ServerError if it does not come up."""
