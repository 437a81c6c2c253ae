"""Celery: a durable classic queue of RabbitMQ, and results in Redis.

Confirms and late acknowledgements are not its default; they give what the others give. On gevent its heartbeat is off,
since with it a worker of Celery 5.7 waits a tenth of a second after each message. Its calls block, so they are made in
FastAPI's threads.
"""

import sys

from celery import Celery
from fastapi import BackgroundTasks
from fastapi.concurrency import run_in_threadpool

from bench.peers.lessons import AMQP, REDIS, RESULT_SECONDS, WAITING_LESSONS, Lesson, Order, lessons_app, write_blocking

QUEUE = "bench.celery"
SPARE_CONNECTIONS = 100

tasks = Celery("bench", broker=AMQP, backend=REDIS)
tasks.conf.update(
    task_acks_late=True,
    task_default_queue=QUEUE,
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
    result_expires=RESULT_SECONDS,
    redis_max_connections=WAITING_LESSONS + SPARE_CONNECTIONS,  # results beyond the usual 100 would be lost
)
if "gevent" in sys.argv:
    tasks.conf.broker_heartbeat = 0

generate = tasks.task(name="generate")(write_blocking)


async def accept(order: Order, _background: BackgroundTasks) -> str:
    """Publish, and wait for the confirm."""
    return str((await run_in_threadpool(generate.delay, order.topic)).id)


async def find(task_id: str) -> Lesson | None:
    """Ask Redis for it."""
    return await run_in_threadpool(_find, task_id)


def _find(task_id: str) -> Lesson | None:
    result = tasks.AsyncResult(task_id)
    return result.result if result.state == "SUCCESS" else None


app = lessons_app(accept, find)
