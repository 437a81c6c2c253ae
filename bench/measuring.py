"""Starts a contender for each group of works that want the same start, and measures them."""

import sys
import tempfile
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from subprocess import SubprocessError

import uvloop

from bench import limits
from bench.contender import Contender
from bench.lessons import warm_up
from bench.machine import wait_until_quiet, watched
from bench.results import OTHERS, Results
from bench.servers import Servers
from bench.works import w1, w1_writing, w2, w3, w4
from bench.works.work import Scene, Work
from tests.servers.loopback import ServerError

WORKS: Mapping[str, Work] = {"w1": w1, "w2": w2, "w4": w4, "w1-writing": w1_writing, "w3": w3}
"""In the order in which they are done; what leaves lessons unwritten is the last of its start."""

FAULTS = (AssertionError, ExceptionGroup, OSError, ServerError, SubprocessError)

FAULT_LENGTH = 120
"""The whole of it is printed; the report has the beginning."""


def measure(
    contender: Contender,
    works: Mapping[str, Work],
    results: Results,
    servers: Servers,
    place: Path,
    lessons: int | None = None,
) -> None:
    """Do these works once, each start in a folder of its own. What fails is told in the results."""
    fit = {name: work for name, work in works.items() if _tells_something(contender, work)}
    for how, group in groupby(fit.items(), key=lambda named: named[1].START):
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
                    results.add(contender.name, name, {**figures, OTHERS: foreign.cores})
        except FAULTS as error:
            print(f"{contender.name}, {how}: {error!r}", file=sys.stderr)
            results.faults.append(f"{contender.name}, {', '.join(fit)}: {str(error)[:FAULT_LENGTH]}")


def measure_limits(results: Results, servers: Servers, place: Path) -> None:
    """Measure the limits once."""
    wait_until_quiet()
    folder = Path(tempfile.mkdtemp(prefix="limits-", dir=place))
    with watched() as foreign:
        figures = dict(limits.measure(servers, folder))
    results.add(limits.NAME, limits.NAME, {**figures, OTHERS: foreign.cores})


def _tells_something(contender: Contender, work: Work) -> bool:
    """Accepting is the same in both lines, and a database that scans tells nothing of many tasks."""
    is_repeat = work.START.accept_only and contender.line == "whole"
    return not is_repeat and not (work.MANY_TASKS and contender.scans)
