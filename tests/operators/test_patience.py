"""A command is patient with a house that is busy, or away for a moment, and orders once what it sends twice."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pathshala.options import HouseAddress
from pathshala.over_http import HouseAwayError, HouseProblemError, house

Answer = tuple[int, dict[str, Any]] | None
"""A status and a body; None breaks the connection off."""

BUSY: Answer = (503, {"title": "Service Unavailable", "detail": "The store cannot be reached.", "code": "busy"})


@contextmanager
def answering(answers: Sequence[Answer]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that gives these answers in turn, and keeps the headers that it was sent."""
    left, asked = list(answers), list[dict[str, str]]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers))
            answer = left.pop(0)
            if answer is None:
                return
            body = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            for name, value in {"Retry-After": "0", "ETag": f'"{len(left)}"', "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if answer[0] == 304 else body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_order_is_sent_again_as_the_same_one() -> None:
    with answering([BUSY, None, (202, {"task_id": "t"})]) as (url, asked), house(HouseAddress(url=url)) as running:
        assert running.post("/lessons", {"topic": "verbs"}) == {"task_id": "t"}
    keys = [headers["idempotency-key"] for headers in map(_lowered, asked)]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_what_must_not_be_done_twice_is_not_sent_again() -> None:
    with (
        answering([None, (201, {})]) as (url, asked),
        house(HouseAddress(url=url)) as running,
        pytest.raises(HouseAwayError),
    ):
        running.asked("POST", "/operator/keys", body={}, repeatable=False)
    assert len(asked) == 1


def test_each_state_is_told_once_and_a_house_that_restarts_is_waited_for() -> None:
    first, last = {"status": "pending"}, {"status": "completed"}
    answers = [(200, first), (304, {}), None, BUSY, (200, last)]
    with answering(answers) as (url, asked), house(HouseAddress(url=url)) as running:
        assert list(running.states("/t", lambda state: state == last)) == [first, last]
    assert [headers.get("if-none-match") for headers in map(_lowered, asked)] == [None] + ['"4"'] * 4


def test_a_house_that_stays_busy_is_told_in_one_line() -> None:
    with (
        answering([BUSY] * 5) as (url, _),
        house(HouseAddress(url=url)) as running,
        pytest.raises(HouseProblemError) as told,
    ):
        running.get("/t")
    assert str(told.value) == "Service Unavailable: The store cannot be reached."


def _lowered(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
