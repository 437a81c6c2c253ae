"""W3: 1,000 lessons whose model takes 5 s each, in one generator process: how long for all, and how much memory."""

import uvloop

from bench.contender import Start
from bench.lessons import flood
from bench.machine import peak_mib
from bench.works.work import Figures, Scene

WRITER_SECONDS = 5.0
START = Start(writer_seconds=WRITER_SECONDS)
MANY_TASKS = True
LESSONS = 1_000


def measure(scene: Scene) -> Figures:
    """Give seconds until the last lesson is completed, and the MiB of all processes of the contender at their peak."""
    done = uvloop.run(flood(scene.running.port, LESSONS, (scene.running.pids,)))
    return {
        "seconds": done.completed_seconds,
        "of the model's time": done.completed_seconds / WRITER_SECONDS,
        "peak MiB": peak_mib(scene.running.pids),
        "CPU ms": 1_000 * done.cpu[0] / LESSONS,
    }
