"""Asking a house for lessons, as its users do."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import requests

from tests.house import calling
from tests.house.processes import ServiceProcess
from tests.waiting import DEADLINE_SECONDS, looks


def answered(send: Callable[[], requests.Response]) -> requests.Response:
    """Send a request, and send it again as long as the answer is that the store is too slow, as clients are told to.

    So it is on a machine that is busy enough: the store's time limits are shorter than its answers.
    """
    answer = send()
    for _ in looks():
        if not says_store_is_too_slow(answer):
            break
        answer = send()
    return answer


def says_store_is_too_slow(answer: requests.Response) -> bool:
    """Whether a request was answered by a problem after which it is right to send it again; a POST, with its key."""
    return (
        answer.status_code == 503
        and answer.json().get("code") in {"store_unavailable", "maybe_accepted"}
        and int(answer.headers["Retry-After"]) > 0
    )


def reasons_of_503(api: ServiceProcess) -> set[str]:
    """Why the API answered 503 since its start, as its log says: each begins with what is down."""
    return {str(line["reason"]) for line in api.log_lines() if line.get("event") == "answered 503"}


def ask(url: str, topic: str, subject: str = "english", **more: Any) -> str:
    """Ask for a lesson. Returns the task id."""
    order = {"subject": subject, "topic": topic, "user_id": "tester"} | more
    answer = answered(posting(calling.post, url, order))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


def posting(
    post: Callable[..., requests.Response], url: str, order: Mapping[str, Any]
) -> Callable[[], requests.Response]:
    """What posts this order: however often it is sent, it makes one task."""
    headers = {"Idempotency-Key": uuid4().hex}
    return partial(post, f"{url}/lessons", json=order, headers=headers, timeout=DEADLINE_SECONDS)


def ask_for_many(url: str, topics: Iterable[str]) -> list[str]:
    """Ask for many at once."""
    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(lambda topic: ask(url, topic), topics))


def status(url: str, task_id: str) -> dict[str, Any]:
    """Where a task stands."""
    answer = answered(partial(calling.get, f"{url}/lessons/status/{task_id}", timeout=DEADLINE_SECONDS))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def logged(url: str, task_id: str) -> set[str]:
    """The events that the log has of a task."""
    answer = answered(partial(calling.get, f"{url}/lessons/status/{task_id}/events", timeout=DEADLINE_SECONDS))
    assert answer.status_code == 200, answer.text
    return {str(entry["event"]) for entry in answer.json()}


def counts(url: str) -> dict[str, int]:
    """How many tasks there are in each status."""
    send = partial(calling.get, f"{url}/lessons/tasks", params={"limit": 1}, timeout=DEADLINE_SECONDS)
    found: dict[str, int] = answered(send).json()["status_counts"]
    return found


def generators(url: str) -> list[dict[str, Any]]:
    """Read what generators there are."""
    answer = calling.get(f"{url}/operator/generators", timeout=DEADLINE_SECONDS)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["generators"]
    return found


def generators_paused(url: str) -> bool:
    """Whether every generator that there is has learnt of a pause: until then it begins what it is given."""
    return {one["paused"] for one in generators(url)} == {True}


def outcome(url: str, task_id: str, seconds: float = DEADLINE_SECONDS) -> dict[str, Any]:
    """Poll a task until it ends."""
    seen: dict[str, Any] = {}
    for _ in looks(seconds):
        seen = status(url, task_id)
        if seen["status"] in {"completed", "failed"}:
            return seen
    raise AssertionError(seen)


def outcomes(url: str, task_ids: Iterable[str], seconds: float = DEADLINE_SECONDS) -> list[dict[str, Any]]:
    """Poll tasks until all end, in whatever order: as long as one more does within each such time, none is late."""
    wanted, seen, ended = list(task_ids), dict[str, dict[str, Any]](), dict[str, dict[str, Any]]()
    while len(ended) < len(wanted):
        before = len(ended)
        for _ in looks(seconds):
            seen = {task_id: status(url, task_id) for task_id in wanted if task_id not in ended}
            ended |= {task_id: one for task_id, one in seen.items() if one["status"] in {"completed", "failed"}}
            if len(ended) > before:
                break
        else:
            raise AssertionError(seen)
    return [ended[task_id] for task_id in wanted]


def lesson(url: str, topic: str, subject: str = "english", version: str | None = None) -> dict[str, Any]:
    """A lesson as it is kept."""
    params = {"version": version} if version else {}
    send = partial(calling.get, f"{url}/lessons/{subject}/{topic}", params=params, timeout=DEADLINE_SECONDS)
    answer = answered(send)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
