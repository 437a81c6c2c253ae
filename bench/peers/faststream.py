"""FastStream: a durable classic queue of RabbitMQ, persistent and confirmed. It keeps no results: its handler does.

`python -m bench.peers.faststream` is the worker.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import redis.asyncio as aioredis
import uvloop
from fastapi import BackgroundTasks, FastAPI
from faststream import FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

from bench.peers.lessons import AMQP, REDIS, RESULT_SECONDS, WAITING_LESSONS, Lesson, Order, lessons_app, write

QUEUE = "bench.faststream"
REDIS_CONNECTIONS = 64

queue = RabbitQueue(QUEUE, durable=True)
broker = RabbitBroker(AMQP, default_channel=Channel(prefetch_count=WAITING_LESSONS), logger=None)
# A pool that waits: the usual one raises at its limit, and then a message is rejected and its lesson lost.
store = aioredis.Redis(
    connection_pool=aioredis.BlockingConnectionPool.from_url(REDIS, max_connections=REDIS_CONNECTIONS)
)


async def generate(message: dict[str, str]) -> None:
    """Write a lesson and keep it."""
    lesson = await write(message["topic"])
    await store.set(message["task_id"], json.dumps(lesson), ex=RESULT_SECONDS)


async def accept(order: Order, _background: BackgroundTasks) -> str:
    """Publish, and wait for the confirm."""
    task_id = uuid4().hex
    await broker.publish({"task_id": task_id, "topic": order.topic}, queue=queue, persist=True)
    return task_id


async def find(task_id: str) -> Lesson | None:
    """Ask Redis for it."""
    kept = await store.get(task_id)
    lesson: Lesson | None = json.loads(kept) if kept else None
    return lesson


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Stay connected, with the queue there."""
    await broker.connect()
    await broker.declare_queue(queue)
    yield
    await broker.stop()


app = lessons_app(accept, find, lifespan)

if __name__ == "__main__":
    broker.subscriber(queue)(generate)
    uvloop.run(FastStream(broker, logger=None).run())
