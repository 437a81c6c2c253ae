"""Asking a house for lessons, as its users do."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

POLL_SECONDS = 0.05
TIMEOUT_SECONDS = 10


def ask(url: str, topic: str, subject: str = "english", **more: Any) -> str:
    """Ask for a lesson. Returns the task id."""
    order = {"subject": subject, "topic": topic, "user_id": "tester"} | more
    answer = requests.post(f"{url}/lessons", json=order, timeout=TIMEOUT_SECONDS)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


def ask_for_many(url: str, topics: Iterable[str]) -> list[str]:
    """Ask for many at once."""
    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(lambda topic: ask(url, topic), topics))


def status(url: str, task_id: str) -> dict[str, Any]:
    """Where a task stands."""
    answer = requests.get(f"{url}/lessons/status/{task_id}", timeout=TIMEOUT_SECONDS)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def counts(url: str) -> dict[str, int]:
    """How many tasks there are in each status."""
    body = requests.get(f"{url}/lessons/tasks", params={"limit": 1}, timeout=TIMEOUT_SECONDS).json()
    found: dict[str, int] = body["status_counts"]
    return found


def outcome(url: str, task_id: str, seconds: float = 60) -> dict[str, Any]:
    """Poll a task until it ends."""
    deadline = time.monotonic() + seconds
    while True:
        seen = status(url, task_id)
        if seen["status"] in {"completed", "failed"}:
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(POLL_SECONDS)


def outcomes(url: str, task_ids: Iterable[str], seconds: float = 90) -> list[dict[str, Any]]:
    """Poll tasks until all end, within one time for all."""
    deadline = time.monotonic() + seconds
    return [outcome(url, task_id, max(deadline - time.monotonic(), 0.1)) for task_id in task_ids]


def lesson(url: str, topic: str, subject: str = "english", version: str | None = None) -> dict[str, Any]:
    """A lesson as it is kept."""
    params = {"version": version} if version else {}
    answer = requests.get(f"{url}/lessons/{subject}/{topic}", params=params, timeout=TIMEOUT_SECONDS)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
