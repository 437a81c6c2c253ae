"""The design of the seed document: FastAPI's BackgroundTasks and a dict. Nothing outlives the process."""

from uuid import uuid4

from fastapi import BackgroundTasks

from bench.peers.lessons import Lesson, Order, lessons_app, write

lessons: dict[str, Lesson | None] = {}


async def accept(order: Order, background: BackgroundTasks) -> str:
    """Write it after the answer."""
    task_id = uuid4().hex
    lessons[task_id] = None
    background.add_task(_generate, task_id, order.topic)
    return task_id


async def find(task_id: str) -> Lesson | None:
    """Look it up."""
    return lessons[task_id]


async def _generate(task_id: str, topic: str) -> None:
    lessons[task_id] = await write(topic)


app = lessons_app(accept, find)
