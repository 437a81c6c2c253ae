"""Measures Pathshala beside its peers and the limits of the machine, side by side in one run."""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import limits
from bench.contender import Contender
from bench.houses import houses
from bench.measuring import WORKS, measure, measure_limits
from bench.page import PAGE
from bench.peer import PEERS
from bench.report import Report
from bench.results import Results
from bench.servers import Servers

MINUTES = 13.0
TERMINATED = 143


def main() -> None:
    """Measure what is asked for and print it; write it into the page if it is everything."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that servers are ended
    everybody: list[Contender] = [*houses(dict(asked.set)), *PEERS]
    if asked.again:
        results = Results.load(asked.again)
    else:
        results = _run([one for one in everybody if _wanted(one.name, asked.only)], asked)
    if asked.json:
        results.save(asked.json)
    report = Report(results, everybody)
    print(report.text())
    if asked.write or not (asked.only or asked.works or asked.lessons or asked.set or asked.again):
        report.write()
        print(f"written to {PAGE}", file=sys.stderr)


def _run(contenders: list[Contender], asked: argparse.Namespace) -> Results:
    results, began = Results(), time.monotonic()
    works = {name: work for name, work in WORKS.items() if _wanted(name, asked.works)}
    with tempfile.TemporaryDirectory(prefix="bench-") as place, Servers(Path(place)) as servers:
        for repetition in range(asked.reps):
            if _wanted(limits.NAME, asked.only):
                measure_limits(results, servers, Path(place))
            random.Random(repetition).shuffle(contenders)  # noqa: S311 - an order, no secret
            for contender in contenders:
                at = time.monotonic()
                if at - began > 60 * asked.minutes:
                    results.faults.append(f"{contender.name}: its turn came after {asked.minutes:g} minutes")
                    continue
                measure(contender, works, results, servers, Path(place), asked.lessons)
                print(f"{repetition + 1}: {contender.name}, {time.monotonic() - at:.0f} s", file=sys.stderr)
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    return results


def _wanted(name: str, asked: Sequence[str]) -> bool:
    """Whether it was asked for, by its name or by a deployment's for both lines; all are, if nothing was."""
    return not asked or name in asked or name.removesuffix("-whole") in asked


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    add = parser.add_argument
    add(
        "--only", type=_names, default=[], help="contenders, separated by commas: embedded,rabbitmq-whole,taskiq,limits"
    )
    add("--works", type=_names, default=[], help=f"works, separated by commas: {','.join(WORKS)}")
    add("--reps", type=int, default=1, help="repetitions, each in an order of its own")
    add("--lessons", type=int, help="lessons in W2, instead of 5,000 or 1,000")
    add("--set", type=_setting, action="append", default=[], help="a setting of the houses: PATHSHALA_X=1")
    add("--minutes", type=float, default=MINUTES, help="no contender is begun after so long")
    add("--json", type=Path, help="keep all figures in this file")
    add("--again", type=Path, help="measure nothing: report on the figures in this file")
    add("--write", action="store_true", help="write the page even if not everything was measured")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    return text.split(",")


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


if __name__ == "__main__":
    main()
