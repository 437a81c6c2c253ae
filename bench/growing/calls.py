"""Calls to a model that take 5 s each, more and more of them at once from one process."""

from collections.abc import Iterator

import uvloop

from bench.contender import Start
from bench.growing.part import Row, Scale, deployed
from bench.lessons import flood, warm_up
from bench.machine import peak_mib
from bench.works.w3 import WRITER_SECONDS
from pathshala_common.runtime.setting_types import CONCURRENCY_MAX

HEAD: Row = ("calls at once", "seconds", "of 5 s", "peak MiB", "CPU ms a lesson")
STEPS = (100, 10, 1)
SPARE = 100


def measure(scale: Scale) -> Iterator[Row]:
    """Order a hundredth, a tenth and all of them, each from a house that was just started."""
    for calls in (scale.calls // step for step in STEPS):
        folder = scale.folder / str(calls)
        folder.mkdir()
        concurrency = min(calls + SPARE, CONCURRENCY_MAX)
        house = deployed("embedded", "whole", PATHSHALA_GENERATOR_CONCURRENCY=str(concurrency))
        with house.start(Start(writer_seconds=WRITER_SECONDS), scale.servers, folder) as running:
            uvloop.run(warm_up(running.port))
            done = uvloop.run(flood(running.port, calls, (running.pids,)))
            peak = peak_mib(running.pids)
        ratio, cpu = done.completed_seconds / WRITER_SECONDS, 1_000 * done.cpu[0] / calls
        yield (f"{calls:,}", f"{done.completed_seconds:.1f}", f"{ratio:.2f} x", f"{peak:.0f}", f"{cpu:.1f}")
