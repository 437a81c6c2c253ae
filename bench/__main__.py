"""Measures Pathshala beside its peers: `bench/run`, or `python -m bench` in an environment that has what it needs."""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import uvloop

from bench.contender import Contender
from bench.houses import houses
from bench.lessons import warm_up
from bench.machine import wait_until_quiet, watched
from bench.servers import Servers
from bench.works import w2, w3
from bench.works.work import Scene, Work
from tests.servers.loopback import ServerError

WORKS: Mapping[str, Work] = {"w2": w2, "w3": w3}
"""By the order in which they are done: those that are started alike share a start."""

Results = dict[str, dict[str, list[float]]]
"""By contender and figure, one value a repetition."""


def main() -> None:
    """Measure what is asked for, print it, and write it down if it is everything."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    contenders = [one for one in houses(dict(asked.set)) if _wanted(one.name, asked.only)]
    works = {name: work for name, work in WORKS.items() if _wanted(name, asked.works)}
    results: Results = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory(prefix="bench-") as place, Servers(Path(place)) as servers:
        for repetition in range(asked.reps):
            random.Random(repetition).shuffle(contenders)  # noqa: S311 - an order, no secret
            for contender in contenders:
                began = time.monotonic()
                _measure(contender, works, servers, Path(place), asked.lessons, results)
                print(f"{repetition + 1}: {contender.name} {time.monotonic() - began:.0f} s", file=sys.stderr)
    for name, figures in results.items():
        for figure, values in figures.items():
            print(f"{name:16} {figure:32} {'  '.join(f'{value:10,.2f}' for value in values)}")


def _measure(
    contender: Contender,
    works: Mapping[str, Work],
    servers: Servers,
    place: Path,
    lessons: int | None,
    results: Results,
) -> None:
    for how, group in groupby(works.items(), key=lambda named: named[1].START):
        folder = Path(tempfile.mkdtemp(prefix=f"{contender.name}-", dir=place))
        try:
            with contender.start(how, servers, folder) as running:
                scene = Scene(contender, running, lessons)
                if not how.accept_only:
                    uvloop.run(warm_up(running.port))
                for name, work in group:
                    wait_until_quiet()
                    with watched() as foreign:
                        figures = work.measure(scene)
                    for figure, value in {**figures, "others' cores": foreign.cores}.items():
                        results[contender.name][f"{name} {figure}"].append(value)
        except (AssertionError, ServerError, TimeoutError, ExceptionGroup) as error:
            print(f"{contender.name}: {error!r}", file=sys.stderr)


def _wanted(name: str, asked: Sequence[str]) -> bool:
    """Whether it was asked for, by its name or by the deployment's; all are, if nothing was."""
    return not asked or name in asked or name.removesuffix("-whole") in asked


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    names = lambda text: text.split(",")  # noqa: E731
    parser.add_argument(
        "--only", type=names, default=[], help="contenders, separated by commas: embedded,rabbitmq-whole"
    )
    parser.add_argument("--works", type=names, default=[], help="works, separated by commas: w2,w3")
    parser.add_argument("--reps", type=int, default=1, help="repetitions, each in an order of its own")
    parser.add_argument("--lessons", type=int, help="lessons in W2, instead of 5,000, or 1,000 whole ones")
    parser.add_argument(
        "--set", type=_setting, action="append", default=[], help="a setting for all houses: PATHSHALA_X=1"
    )
    return parser.parse_args()


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


if __name__ == "__main__":
    main()
