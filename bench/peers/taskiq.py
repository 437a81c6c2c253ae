"""Taskiq: a quorum queue of RabbitMQ, which is its default, and results in Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI
from taskiq_aio_pika import AioPikaBroker
from taskiq_aio_pika.queue import Queue
from taskiq_redis import RedisAsyncResultBackend

from bench.peers.lessons import AMQP, REDIS, RESULT_SECONDS, WAITING_LESSONS, Lesson, Order, lessons_app, write

QUEUE = "bench.taskiq"

results = RedisAsyncResultBackend(REDIS, result_ex_time=RESULT_SECONDS)
broker = AioPikaBroker(AMQP, qos=WAITING_LESSONS).with_queue(Queue(name=QUEUE)).with_result_backend(results)
generate = broker.task(task_name="generate")(write)


async def accept(order: Order, _background: BackgroundTasks) -> str:
    """Publish, and wait for the confirm."""
    return str((await generate.kiq(order.topic)).task_id)


async def find(task_id: str) -> Lesson | None:
    """Ask Redis whether there is a result, then for it."""
    if not await results.is_result_ready(task_id):
        return None
    lesson: Lesson = (await results.get_result(task_id)).return_value
    return lesson


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Stay connected."""
    await broker.startup()
    yield
    await broker.shutdown()


app = lessons_app(accept, find, lifespan)
