"""Ten minutes of whole lessons at a steady rate: memory must stay flat once everything is loaded."""

import asyncio
import time
from collections.abc import Iterator

import uvloop

from bench.client import Client
from bench.contender import Start
from bench.growing.part import Row, Scale, deployed
from bench.lessons import order, until_completed, warm_up
from bench.machine import cpu_seconds, rss_mib

HEAD: Row = ("minute", "lessons", "MiB", "CPU ms a lesson")
PER_SECOND = 20
LOOK_SECONDS = 0.5


def measure(scale: Scale) -> Iterator[Row]:
    """Give a row a minute: lessons completed in it, memory at its end, and what they cost."""
    house = deployed("embedded", "whole")
    with (
        house.start(Start(), scale.servers, scale.folder) as running,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(warm_up(running.port))
        for minute in range(1, round(scale.minutes) + 1):
            before = cpu_seconds(running.pids)
            lessons = runner.run(_minute(running.port))
            cost = 1_000 * (cpu_seconds(running.pids) - before) / lessons
            yield (str(minute), str(lessons), f"{rss_mib(running.pids):.1f}", f"{cost:.2f}")


async def _minute(port: int) -> int:
    """Order at a steady rate for a minute, and wait for what was ordered. Returns how many."""
    client, began, lessons = Client(port), time.perf_counter(), 60 * PER_SECOND

    async def one() -> None:
        await until_completed(client, await order(client), LOOK_SECONDS)

    async with asyncio.TaskGroup() as group:
        for number in range(lessons):
            await asyncio.sleep(began + number / PER_SECOND - time.perf_counter())
            group.create_task(one())
    client.close()
    return lessons
