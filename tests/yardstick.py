"""A yardstick of the machine: by how much work takes longer than it would alone, because others want its processors.

What can be counted is counted, and what depends on time runs in virtual time. A promise of wall time remains that:
seconds, and they hold on a machine that has a processor for whoever wants one. So what such a promise covers is timed
with a child process beside it that does a fixed piece of work now and then. The work took `wall` seconds and, of these,
a processor for `cpu` seconds; alone, both are equal. Bounds are stretched by their ratio, and by nothing else: a wait
that is longer, a round trip more, or a loop that computes more, all fail on a busy machine as they do on an idle one
whose bound is that much longer, and on an idle one, where the ratio is 1, they fail at the bound itself.
"""

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

BURST_CPU_SECONDS = 0.02
"""Several of a scheduler's turns: a shorter piece of work would get through in its first one."""

PAUSE_SECONDS = 0.18
"""A tenth of one processor is what measuring takes."""


@dataclass(slots=True)
class Timed:
    """How long something took, and how much longer than alone work took meanwhile: 1 on an idle machine."""

    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    slowdown: float = 1.0

    def stretched(self, bound_seconds: float) -> float:
        """What a bound for an idle machine comes to on this one, as it was meanwhile."""
        return bound_seconds * self.slowdown


@contextmanager
def timed() -> Iterator[Timed]:
    """Time what is done inside."""
    with subprocess.Popen(
        [sys.executable, "-S", "-E", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()  # it measures from now on
        taken = Timed()
        try:
            yield taken
            taken.seconds = time.monotonic() - taken.began
        finally:
            child.stdin.close()
            wall, cpu = json.loads(child.stdout.readline())
            taken.slowdown = slowdown(wall, cpu)


def slowdown(wall_seconds: float, cpu_seconds: float) -> float:
    """By how much work was slowed down. Clocks are read one after the other: less than 1 is 1."""
    return max(1.0, wall_seconds / cpu_seconds)


def _measure(asked: IO[str], answers: IO[str]) -> None:
    """Work now and then until standard input is closed; then tell the sums of wall and processor time."""
    print("ready", file=answers, flush=True)
    wall = cpu = 0.0
    ended = False
    while not ended:
        wall_began, cpu_began = time.perf_counter(), time.process_time()
        while time.process_time() - cpu_began < BURST_CPU_SECONDS:
            pass
        wall += time.perf_counter() - wall_began
        cpu += time.process_time() - cpu_began
        ended = bool(select.select([asked], [], [], PAUSE_SECONDS)[0])
    print(json.dumps([wall, cpu]), file=answers, flush=True)


if __name__ == "__main__":
    _measure(sys.stdin, sys.stdout)
