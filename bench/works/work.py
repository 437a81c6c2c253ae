"""A work, and the scene in which it is measured."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bench.contender import Contender, Running, Start
from bench.machine import children

Figures = Mapping[str, float]
"""What was measured, by its name with its unit."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A contender that is up and has written its first lesson; `finished` are tasks whose lessons are there."""

    contender: Contender
    running: Running
    lessons: int | None = None
    finished: list[str] = field(default_factory=list)

    def servers_pids(self) -> list[int]:
        """The processes of the run that are neither the contender's nor its model: broker, Redis and database."""
        others = {*self.running.pids, self.running.model}
        return [pid for pid in children(os.getpid()) if pid not in others]


class Work(Protocol):
    """A module of this folder."""

    START: Start
    MANY_TASKS: bool
    """Whether it makes a thousand of them and more."""

    def measure(self, scene: Scene) -> Figures:
        """Do the work once."""
