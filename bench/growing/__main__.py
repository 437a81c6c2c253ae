"""Measures how Pathshala grows: with kept tasks, calls at once, connections, generators and time; and at rest."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.growing import calls, connections, generators, rest, soak, tasks
from bench.growing.part import Part, Scale
from bench.page import fill_in, table
from bench.servers import Servers

PARTS: Mapping[str, Part] = {
    "connections": connections,
    "generators": generators,
    "calls": calls,
    "soak": soak,
    "rest": rest,
    "tasks": tasks,
}
TERMINATED = 143


def main() -> None:
    """Measure the parts that are asked for, print their rows as they come, and write them down if that is asked."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that servers are ended
    for name in asked.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="growth-") as place, Servers(Path(place)) as servers:
            folder = Path(place) / name
            folder.mkdir()
            scale = Scale(servers, folder, asked.tasks, asked.calls, asked.minutes)
            rows = [PARTS[name].HEAD]
            print(f"\n{' | '.join(rows[0])}", flush=True)
            for row in PARTS[name].measure(scale):
                print(" | ".join(row), flush=True)
                rows.append(row)
        if asked.write:
            fill_in(f"growth {name}", table(rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/growth", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all if none is named")
    parser.add_argument("--tasks", type=int, default=1_000_000, help="tasks that are kept")
    parser.add_argument("--calls", type=int, default=10_000, help="calls at once")
    parser.add_argument("--minutes", type=float, default=10, help="of the soak")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    main()
