"""What all peers share: the HTTP interface as their users would write it, and a writer as slow as a model."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from bench.orders import WARM_UP_TOPIC

AMQP, REDIS = os.environ.get("BENCH_AMQP", ""), os.environ.get("BENCH_REDIS", "")
WRITER_SECONDS = float(os.environ.get("BENCH_WRITER_SECONDS", "0"))
WAITING_LESSONS = 1_000
"""Lessons that a worker takes at once, where it can be set."""

RESULT_SECONDS = 3_600
SENTENCE = "A wheel that turns a wheel passes on its work and keeps a little of it as heat. "
LESSON = {
    "title": "How one wheel turns another",
    "summary": SENTENCE * 4,
    "sections": [{"heading": f"Part {number}", "text": SENTENCE * 5} for number in range(1, 6)],
    "questions": [{"question": f"What is left after turn {number}?", "answer": str(number)} for number in range(1, 9)],
}
"""About 3 KB of JSON."""

Lesson = dict[str, Any]


class Order(BaseModel):
    """An order for a lesson."""

    subject: str
    topic: str
    user_id: str
    include_wikipedia: bool = True


class Accepted(BaseModel):
    """The answer to an order."""

    task_id: str
    status: str = "pending"


class Status(BaseModel):
    """The answer to a poll."""

    task_id: str
    status: str
    lesson: Lesson | None = None


async def write(topic: str) -> Lesson:
    """Write a lesson in an event loop."""
    if WRITER_SECONDS and topic != WARM_UP_TOPIC:
        await asyncio.sleep(WRITER_SECONDS)
    return {"topic": topic, **LESSON}


def write_blocking(topic: str) -> Lesson:
    """Write a lesson in a process, a thread or a greenlet of one's own."""
    if WRITER_SECONDS and topic != WARM_UP_TOPIC:
        time.sleep(WRITER_SECONDS)
    return {"topic": topic, **LESSON}


def lessons_app(
    accept: Callable[[Order, BackgroundTasks], Awaitable[str]],
    find: Callable[[str], Awaitable[Lesson | None]],
    lifespan: Any = None,
) -> FastAPI:
    """Take orders by `accept`, which gives the task's id, and answer polls by `find`."""
    app = FastAPI(lifespan=lifespan)

    @app.post("/lessons", status_code=202)
    async def create(order: Order, background: BackgroundTasks) -> Accepted:
        return Accepted(task_id=await accept(order, background))

    @app.get("/lessons/status/{task_id}")
    async def status(task_id: str) -> Status:
        lesson = await find(task_id)
        return Status(task_id=task_id, status="pending" if lesson is None else "completed", lesson=lesson)

    return app
