"""The least that FastAPI can do: answer a GET, and validate a POST, with nothing behind them."""

from uuid import uuid4

from fastapi import BackgroundTasks

from bench.peers.lessons import Lesson, Order, lessons_app


async def accept(_order: Order, _background: BackgroundTasks) -> str:
    """Do nothing with it."""
    return uuid4().hex


async def find(_task_id: str) -> Lesson | None:
    """Know of none."""
    return None


app = lessons_app(accept, find)


@app.get("/")
async def hello() -> dict[str, str]:
    """Answer something."""
    return {"hello": "world"}
