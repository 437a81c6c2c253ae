"""W3: 1,000 lessons whose model takes 5 s each, in one generator process: how long for all, and how much memory.

Meanwhile one finished task is polled, ten times a second: how long that takes tells how far the house is behind.
"""

import asyncio
import time
from collections.abc import Sequence
from statistics import quantiles

import uvloop

from bench.client import Client
from bench.contender import Start
from bench.lessons import Flood, completed, flood, warm_up
from bench.machine import peak_mib
from bench.works.work import Figures, Scene

WRITER_SECONDS = 5.0
START = Start(writer_seconds=WRITER_SECONDS)
MANY_TASKS = True
LESSONS = 1_000
LOOK_SECONDS = 0.1
MS = 1_000


def measure(scene: Scene) -> Figures:
    """Give seconds until the last lesson is completed, and the MiB of all processes of the contender at their peak."""
    done, latencies = uvloop.run(_flood_and_polls(scene.running.port, scene.running.pids))
    return {
        "seconds": done.completed_seconds,
        "poll p99 ms": MS * quantiles(latencies, n=100, method="inclusive")[98],
        "of the model's time": done.completed_seconds / WRITER_SECONDS,
        "peak MiB": peak_mib(scene.running.pids),
        "CPU ms": MS * done.cpu[0] / LESSONS,
    }


async def _flood_and_polls(port: int, pids: Sequence[int]) -> tuple[Flood, list[float]]:
    """Give the flood, and the seconds that each poll took meanwhile."""
    client, latencies = Client(port), list[float]()
    finished = await warm_up(port)

    async def poll() -> None:
        while True:
            began = time.perf_counter()
            assert await completed(client, finished)
            latencies.append(time.perf_counter() - began)
            await asyncio.sleep(LOOK_SECONDS)

    polling = asyncio.create_task(poll())
    done = await flood(port, LESSONS, (pids,))
    polling.cancel()
    client.close()
    return done, latencies
