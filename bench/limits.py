"""What the machine and the libraries give at most: FastAPI alone, SQLite's commits, RabbitMQ's confirms."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import aio_pika
import uvloop

from bench.peer import uvicorn
from bench.processes import child
from bench.servers import Servers
from bench.wrk import get, post_orders
from tests.servers.loopback import free_port

NAME = "limits"
QUEUE = "bench.limits"
HTTP_SECONDS = 2
SQLITE_SECONDS = 0.5
ROW = b"x" * 1_000
TOGETHER = 100
MESSAGE = b"x" * 3_000
MESSAGES = 4_000


def measure(servers: Servers, folder: Path) -> Iterator[tuple[str, float]]:
    """Give each limit with its name."""
    port = free_port()
    with child("bare", uvicorn("bench.bare:app", port), folder, port=port):
        get(port, 1, ["/"])
        for name, figures in (("POST", post_orders(port, HTTP_SECONDS)), ("GET", get(port, HTTP_SECONDS, ["/"]))):
            yield f"FastAPI {name}/s", figures["rps"]
            yield f"FastAPI {name} p99 ms", figures["p99 ms"]
    for together in (1, TOGETHER):
        yield f"SQLite rows/s, {together} a commit", _sqlite(folder / f"{together}.db", together)
    for in_flight in (1, TOGETHER):
        yield f"RabbitMQ confirms/s, {in_flight} in flight", uvloop.run(_rabbitmq(servers.amqp, in_flight))
    servers.delete_queues([QUEUE])


def _sqlite(path: Path, together: int) -> float:
    """Rows a second, synced to disk at each commit."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL")
        file.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB)")
        rows, began = 0, time.perf_counter()
        while (seconds := time.perf_counter() - began) < SQLITE_SECONDS:
            file.execute("BEGIN IMMEDIATE")
            file.executemany("INSERT INTO rows (body) VALUES (?)", [(ROW,)] * together)
            file.execute("COMMIT")
            rows += together
    return rows / seconds


async def _rabbitmq(url: str, in_flight: int) -> float:
    """Persistent messages of 3 KB that a quorum queue confirms in a second, published by aio-pika."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(MESSAGE, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        numbers, messages = count(), MESSAGES if in_flight > 1 else MESSAGES // 10
        began = time.perf_counter()

        async def lane() -> None:
            while next(numbers) < messages:
                await channel.default_exchange.publish(message, QUEUE)

        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(lane())
        return messages / (time.perf_counter() - began)
