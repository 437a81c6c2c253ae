"""How much faster whole lessons are than in an earlier version, on one machine and in turns.

    PYTHONPATH=. .venv/bench/bin/python -m bench.before CHECKOUT [--reps 3]

CHECKOUT is a clone at the earlier version, in which `scripts/run doctor` was run once. Each version runs in its own
environment, as one process, with its own stub of a model, whose lessons pass its own checks, or with its own offline
writer; the flood is the same.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import uvloop

from bench.houses import SPARE_CONCURRENCY, is_ready, sqlite_url, stub_command, stub_settings, usual_settings
from bench.lessons import flood, warm_up
from bench.page import table
from bench.processes import ROOT, child
from bench.servers import Servers
from bench.works.w3 import WRITER_SECONDS
from tests.servers.loopback import free_port

SOURCES = ("", "src", "libs/common/src", *(f"services/{one}/src" for one in ("api", "enricher", "generator", "store")))
WORKS = {"W2": (0.0, 600), "W2 offline": (None, 2_000), "W3": (WRITER_SECONDS, 1_000)}
"""The seconds that a model takes, None for the offline writer; and the number of lessons."""

HEAD = ("whole lessons, one process", "then, a second", "now", "ratio", "CPU ms then", "now", "ratio")

Measured = tuple[float, float]
"""Lessons a second, and milliseconds of the processor for each."""


def main() -> None:
    """Measure both in turns; print the medians."""
    asked = _arguments()
    rows: list[Sequence[str]] = [HEAD]
    with tempfile.TemporaryDirectory(prefix="before-") as place, Servers(Path(place)) as servers:
        for broker, work in ((broker, work) for broker in ("memory", "RabbitMQ") for work in WORKS):
            then, now = list[Measured](), list[Measured]()
            for _ in range(asked.reps):
                for checkout, found in ((asked.checkout, then), (ROOT, now)):
                    url = servers.amqp if broker == "RabbitMQ" else "memory://"
                    found.append(_measured(checkout.resolve(), work, url, Path(tempfile.mkdtemp(dir=place))))
                    print(broker, work, checkout.name, found[-1], file=sys.stderr)
            figures = [median(one[part] for one in found) for part in (0, 1) for found in (then, now)]
            rates, costs = figures[1] / figures[0], figures[2] / figures[3]
            rows.append((f"{work}, {broker}", *map(_number, (*figures[:2], rates, *figures[2:], costs))))
    print(table(rows))


def _measured(checkout: Path, work: str, broker: str, folder: Path) -> Measured:
    seconds, lessons = WORKS[work]
    with _running(checkout, seconds, lessons, broker, folder) as (port, pid):
        uvloop.run(warm_up(port))
        done = uvloop.run(flood(port, lessons, ([pid],)))
    return lessons / done.completed_seconds, 1_000 * done.cpu[0] / lessons


@contextmanager
def _running(
    checkout: Path, seconds: float | None, lessons: int, broker: str, folder: Path
) -> Iterator[tuple[int, int]]:
    """Run the house of a checkout, beside its stub if that writes. Gives its port and its process."""
    port, model_port = free_port(), free_port()
    sources = {"PYTHONPATH": os.pathsep.join(str(checkout / one) for one in SOURCES)}
    environment = {
        **sources,
        **usual_settings(port, folder.name.lower().replace("_", "-"), broker, sqlite_url(folder)),
        **({"PATHSHALA_WRITER": "offline"} if seconds is None else stub_settings(model_port)),
        "PATHSHALA_GENERATOR_CONCURRENCY": str(lessons + SPARE_CONCURRENCY),
    }
    own = checkout / ".venv" / "run" / "bin" / "python"
    python = str(own) if checkout != ROOT else sys.executable
    with ExitStack() as stack:
        if seconds is not None:
            stack.enter_context(child("model", stub_command(model_port, seconds), folder, sources, port=model_port))
        house = child("house", [python, "-m", "pathshala"], folder, environment, ready=lambda: is_ready(port))
        yield port, stack.enter_context(house)


def _number(value: float) -> str:
    return f"{value:.3g}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.before", description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--reps", type=int, default=3, help="how often each is measured")
    return parser.parse_args()


if __name__ == "__main__":
    main()
