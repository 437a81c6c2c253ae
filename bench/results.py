"""What was measured: by contender, work and figure, one value a repetition."""

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from statistics import median

from bench.works.work import Figures

OTHERS = "others' cores"
"""The figure that every work has: how many cores other people's processes took meanwhile."""

PACKAGES = ("aio-pika", "celery", "fastapi", "faststream", "taskiq", "uvicorn")


def _circumstances() -> str:
    installed = {one.name: one.version for one in distributions()}
    packages = [f"{name} {installed[name]}" for name in PACKAGES if name in installed]
    parts = [
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{os.cpu_count()} cores",
        f"Python {platform.python_version()}",
        *packages,
    ]
    return f"{', '.join(parts)}."


@dataclass(slots=True)
class Results:
    """All figures of a run, and when and on what. `faults` tells what could not be measured, and why."""

    values: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    circumstances: str = field(default_factory=_circumstances)

    def add(self, contender: str, work: str, figures: Figures) -> None:
        """Add the figures of one repetition."""
        of_work = self.values.setdefault(contender, {}).setdefault(work, {})
        for name, value in figures.items():
            of_work.setdefault(name, []).append(value)

    def has(self, contender: str, work: str) -> bool:
        """Whether it was measured."""
        return work in self.values.get(contender, {})

    def get(self, contender: str, work: str, figure: str) -> float | None:
        """The median of the repetitions; None if it was not measured."""
        values = self.values.get(contender, {}).get(work, {}).get(figure)
        return median(values) if values else None

    def best(self, contenders: Iterable[str], work: str, figure: str, *, least: bool = False) -> float | None:
        """The best of these contenders' medians."""
        found = [value for one in contenders if (value := self.get(one, work, figure)) is not None]
        return (min if least else max)(found, default=None)

    @property
    def others(self) -> list[float]:
        """The cores that others took, work by work."""
        works = [of_work for of_contender in self.values.values() for of_work in of_contender.values()]
        return [value for of_work in works for value in of_work.get(OTHERS, ())]

    def save(self, path: Path) -> None:
        """Write them down as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> "Results":
        """Read them again."""
        kept: Mapping[str, object] = json.loads(path.read_text())
        return cls(**kept)  # type: ignore[arg-type]  # as save() wrote them
