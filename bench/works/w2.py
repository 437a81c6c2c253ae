"""W2: thousands of lessons at once, then 20 a second: how many a second, and how long from POST to completed."""

import asyncio
import time
from statistics import quantiles

import uvloop

from bench.client import Client
from bench.contender import Start
from bench.lessons import flood, order, until_completed
from bench.works.work import Figures, Scene

START = Start()
MANY_TASKS = False
PER_SECOND, SECONDS = 20, 4
LOOK_SECONDS = 0.002
MS = 1_000


def measure(scene: Scene) -> Figures:
    """Give lessons/s, processor ms a lesson of the contender and of its servers, and latencies in ms."""
    lessons = scene.lessons or scene.contender.lessons
    trees = (scene.running.pids, scene.servers_pids())
    done = uvloop.run(flood(scene.running.port, lessons, trees))
    scene.finished.extend(done.task_ids)
    latencies = quantiles(uvloop.run(_trickle(scene.running.port)), n=100, method="inclusive")
    own, servers = (MS * seconds / lessons for seconds in done.cpu)
    return {
        "lessons/s": lessons / done.completed_seconds,
        "accepted/s": lessons / done.accepted_seconds,
        "CPU ms": own,
        "servers' CPU ms": servers,
        "p50 ms": latencies[49],
        "p99 ms": latencies[98],
    }


async def _trickle(port: int) -> list[float]:
    """Order at a steady rate, whatever becomes of the earlier orders; milliseconds of each until it is completed."""
    client, began = Client(port), time.perf_counter()

    async def one() -> float:
        ordered = time.perf_counter()
        await until_completed(client, await order(client), LOOK_SECONDS)
        return MS * (time.perf_counter() - ordered)

    async with asyncio.TaskGroup() as group:
        tasks = []
        for number in range(PER_SECOND * SECONDS):
            await asyncio.sleep(began + number / PER_SECOND - time.perf_counter())
            tasks.append(group.create_task(one()))
    client.close()
    return [task.result() for task in tasks]
