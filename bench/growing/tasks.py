"""A million kept tasks with five million events: what people ask for costs as much as beside a thousand."""

import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from http import HTTPStatus
from statistics import median
from urllib.parse import quote

import uvloop

from bench.client import Client
from bench.contender import Start
from bench.growing.filling import fill
from bench.growing.part import Row, Scale, deployed
from bench.lessons import order, warm_up

HEAD: Row = (
    "beside so many tasks",
    "status ms",
    "list ms",
    "list of 20 completed ms",
    "lesson ms",
    "post ms",
    "start s",
)
FEW = 1_000
ROUNDS = 300
KEPT_SECONDS = 1_000_000


def measure(scale: Scale) -> Iterator[Row]:
    """Give medians over HTTP, one request at a time, beside a thousand tasks and beside all; then their ratios."""
    medians: list[list[float]] = []
    task_ids: list[str] = []
    for tasks in (FEW, scale.tasks):
        file = scale.folder / "pathshala.db"
        task_ids += uvloop.run(fill(file, tasks - len(task_ids), KEPT_SECONDS))
        began = time.perf_counter()
        with deployed("embedded", "like for like", PATHSHALA_TASK_TTL_SECONDS=str(KEPT_SECONDS)).start(
            Start(), scale.servers, scale.folder
        ) as running:
            started = time.perf_counter() - began
            uvloop.run(warm_up(running.port))
            medians.append([*uvloop.run(_medians(running.port, task_ids)), started])
        yield (f"{tasks:,}", *(f"{value:.2f}" for value in medians[-1]))
    yield ("ratio", *(f"{many / few:.2f} x" for few, many in zip(*medians, strict=True)))


async def _medians(port: int, task_ids: list[str]) -> list[float]:
    """Milliseconds of each thing that people ask for."""
    client, chance = Client(port), random.Random(0)  # noqa: S311 - a choice of tasks, no secret
    found = []
    for ask in _asked(client, task_ids, chance).values():
        seconds = [await _timed(ask) for _ in range(ROUNDS)]
        found.append(1_000 * median(seconds))
    client.close()
    return found


def _asked(client: Client, task_ids: list[str], chance: random.Random) -> Mapping[str, Callable[[], Awaitable[object]]]:
    return {
        "status": lambda: _get(client, f"/lessons/status/{chance.choice(task_ids)}"),
        "list": lambda: _get(client, "/lessons/tasks"),
        "list of 20 completed": lambda: _get(client, "/lessons/tasks?limit=20&status=completed"),
        "lesson": lambda: _get(client, f"/lessons/english/{quote('acorns in spring')}"),
        "post": lambda: order(client),
    }


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


async def _get(client: Client, path: str) -> None:
    status, answer = await client.get(path)
    assert status == HTTPStatus.OK, f"{path}: {status} {answer[:300]!r}"
