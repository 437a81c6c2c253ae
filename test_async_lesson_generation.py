"""Walks the whole API of a running house as a user would, and prints what it sees.

    python test_async_lesson_generation.py [--base-url http://127.0.0.1:8000] [--timeout 180]

Exits 0 if everything is as the API promises, 1 if not. Any Python from 3.9 on runs it, with nothing installed.
If PATHSHALA_KEY is set, it is sent as the access key: an operator's, since the walk orders for a user of its own.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any, NamedTuple

POLL_SECONDS = 0.5
REQUEST_TIMEOUT_SECONDS = 15.0
LESSON_TEXTS = ("title", "shloka", "translation", "explanation", "activity", "question")
ACCEPTED_FIELDS = ("task_id", "status", "message", "estimated_completion_time", "poll_url")
STATUS_FIELDS = (
    "task_id",
    "status",
    "progress_message",
    "created_at",
    "completed_at",
    "error_message",
    "lesson_data",
)
STATUSES = ("pending", "in_progress", "completed", "failed")
OK, ACCEPTED, BAD_REQUEST, NOT_FOUND, CONFLICT = 200, 202, 400, 404, 409
LESSON = "/lessons/english/verbs"


class Answer(NamedTuple):
    """What came back: status, headers by lower-case name, and the JSON body."""

    status: int
    headers: dict[str, str]
    body: Any


class Unreachable(Exception):
    """Nothing answers at the base URL, or not in time."""


class House:
    """A running house, over HTTP."""

    def __init__(self, base_url: str) -> None:
        """Name the house by its base URL."""
        self._base_url = base_url.rstrip("/")
        # Loopback and home networks are not behind a proxy.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        if key := os.environ.get("PATHSHALA_KEY"):
            self._opener.addheaders.append(("Authorization", f"Bearer {key}"))

    def get(self, path: str, **query: str) -> Answer:
        """GET a path."""
        asked = f"?{urllib.parse.urlencode(query)}" if query else ""
        return self._send(urllib.request.Request(f"{self._base_url}{path}{asked}"))  # noqa: S310 - its scheme is checked at the start

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Answer:
        """POST JSON; underscores in header names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send(
            urllib.request.Request(  # noqa: S310 - its scheme is checked at the start
                f"{self._base_url}{path}",
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json", **named},
            )
        )

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=REQUEST_TIMEOUT_SECONDS) as response:
                return _answer(response.status, response.headers.items(), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers.items(), error.read())
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"nothing answers at {self._base_url}: {getattr(error, 'reason', error)}") from error


def _answer(status: int, headers: Any, content: bytes) -> Answer:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return Answer(status, {name.lower(): value for name, value in headers}, body)


class Walk:
    """Checks one thing after the other, says how each went, and counts what failed."""

    def __init__(self, house: House, timeout_seconds: float) -> None:
        """Give each lesson at most `timeout_seconds`."""
        self._house, self._timeout_seconds = house, timeout_seconds
        self.failures = 0
        self._user = f"walker-{uuid.uuid4().hex[:8]}"
        self._order = {"subject": "english", "topic": "verbs", "user_id": self._user}

    def all(self) -> None:
        """Walk through everything."""
        self.health()
        first = self.lesson({**self._order, "include_wikipedia": True})
        self.lists()
        second = self.lesson(self._order)
        self.versions(first, second)
        self.idempotency()
        self.errors()
        self.show()

    def health(self) -> None:
        """See whether the house is live and ready."""
        live, ready = self._house.get("/health/live"), self._house.get("/health/ready")
        print("Health")
        self._check("it is live", live.status == OK, live)
        self._check("it is ready", ready.status == OK, ready)

    def lesson(self, order: dict[str, Any]) -> str:
        """Ask for a lesson, wait for it and read it. Returns its version; "" if there is none."""
        print(f"\nA lesson on {order['subject']}/{order['topic']}")
        answer = self._house.post("/lessons", order)
        if not self._check("POST /lessons answers 202", answer.status == ACCEPTED, answer):
            return ""
        accepted = answer.body
        self._check("with the five promised fields", sorted(accepted) == sorted(ACCEPTED_FIELDS), answer)
        self._check("with Location and Retry-After", {"location", "retry-after"} <= answer.headers.keys(), answer)
        status = self._poll(accepted["poll_url"])
        complete = status.body if isinstance(status.body, dict) else {}
        if not self._check("the task is completed", complete.get("status") == "completed", status):
            return ""
        self._check("its status has the promised fields", all(name in complete for name in STATUS_FIELDS), status)
        data = complete["lesson_data"]
        self._check("no text of its lesson is empty", all(data.get(name) for name in LESSON_TEXTS), status)
        newest = self._house.get(LESSON)
        self._check("GET /lessons/{subject}/{topic} gives a lesson", (newest.body or {}).get("title"), newest)
        kept = self._house.get(LESSON, version=data["version"])
        same = kept.status == OK and all(kept.body.get(name) == data[name] for name in data)
        self._check(f"version {data['version']} is the same as in the status", same, kept)
        return str(data["version"])

    def lists(self) -> None:
        """List tasks, with each filter."""
        print("\nLists of tasks")
        everything = self._house.get("/lessons/tasks")
        self._check("GET /lessons/tasks answers 200", everything.status == OK, everything)
        counts = (everything.body or {}).get("status_counts") or {}
        self._check("it counts each status", sorted(counts) == sorted(STATUSES), everything)
        total = (everything.body or {}).get("total_tasks")
        self._check("the counts add up to the total", sum(counts.values()) == total, everything)
        mine = {"user_id": self._user}
        for query in (mine, {**mine, "status": "completed"}, {**mine, "subject": "ENGLISH", "topic": " Verbs "}):
            answer = self._house.get("/lessons/tasks", **query)
            found = [entry["user_id"] for entry in (answer.body or {}).get("tasks", [])]
            self._check(f"the filter by {', '.join(query)} finds our task alone", found == [self._user], answer)
        none = self._house.get("/lessons/tasks", **mine, status="failed")
        self._check("the filter by status=failed finds none of ours", (none.body or {}).get("tasks") == [], none)

    def versions(self, first: str, second: str) -> None:
        """Compare versions, and list them."""
        print("\nVersions")
        listed = self._house.get("/lessons/versions", subject="english", topic="verbs")
        shown = [entry["version"] for entry in (listed.body or {}).get("versions", [])]
        both = first in shown and second in shown
        self._check(f"{first} and {second} are listed", both, listed)
        self._check("the second is the newer one", both and shown.index(second) < shown.index(first), listed)

    def idempotency(self) -> None:
        """Ask twice with one key, and with the same key for something else."""
        print("\nIdempotency")
        key = uuid.uuid4().hex
        order = {**self._order, "topic": "nouns"}
        first = self._house.post("/lessons", order, Idempotency_Key=key)
        again = self._house.post("/lessons", order, Idempotency_Key=key)
        other = self._house.post("/lessons", {**order, "topic": "something else"}, Idempotency_Key=key)
        same = first.status == ACCEPTED and first.body["task_id"] == (again.body or {}).get("task_id")
        self._check("the same Idempotency-Key gives the same task", same, again)
        self._refused("the same key with another request", other, CONFLICT)

    def errors(self) -> None:
        """Do what must be refused."""
        print("\nErrors")
        self._refused("a request without its topic", self._house.post("/lessons", {"subject": "english"}), BAD_REQUEST)
        blank = self._house.post("/lessons", {**self._order, "topic": "   "})
        self._refused("a blank topic", blank, BAD_REQUEST)
        reserved = self._house.post("/lessons", {**self._order, "subject": "status"})
        self._refused("a subject that is a word of the API's paths", reserved, BAD_REQUEST)
        self._refused("a status that there is not", self._house.get("/lessons/tasks", status="done"), BAD_REQUEST)
        self._refused("a task that there is not", self._house.get(f"/lessons/status/{uuid.uuid4()}"), NOT_FOUND)
        self._refused("a lesson that there is not", self._house.get(f"/lessons/english/{uuid.uuid4()}"), NOT_FOUND)

    def show(self) -> None:
        """Print the lesson."""
        answer = self._house.get(LESSON)
        if answer.status != OK:
            return
        lesson = answer.body
        print(f"\nThe lesson: {lesson['title']}")
        print(f"  {lesson['shloka']}")
        print(f"  {lesson.get('shloka_source', '')}: {lesson['translation']}")
        article = lesson.get("wikipedia_info")
        print(f"  Wikipedia: {article['url'] if article else 'none'}")

    def _poll(self, path: str) -> Answer:
        """Poll until the task has ended or the time is over; say whenever something changes."""
        deadline, seen = time.monotonic() + self._timeout_seconds, ""
        while True:
            answer = self._house.get(path)
            if answer.status != OK:
                return answer
            now = f"{answer.body['status']}: {answer.body['progress_message']}"
            if now != seen:
                print(f"        {now}")
                seen = now
            if answer.body["status"] in {"completed", "failed"}:
                if answer.body["error_message"]:
                    print(f"        {answer.body['error_message']}")
                return answer
            if time.monotonic() >= deadline:
                print(f"        not finished within {self._timeout_seconds:g} s")
                return answer
            time.sleep(POLL_SECONDS)

    def _refused(self, what: str, answer: Answer, status: int) -> None:
        body = answer.body if isinstance(answer.body, dict) else {}
        is_problem = answer.headers.get("content-type") == "application/problem+json" and bool(body.get("detail"))
        self._check(f"{what} is a {status} that says why", answer.status == status and is_problem, answer)
        if is_problem:
            print(f"        {body['detail']}")

    def _check(self, what: str, good: object, answer: Answer) -> bool:
        print(f"  {'ok  ' if good else 'FAIL'}  {what}")
        if not good:
            self.failures += 1
            print(f"        got {answer.status} {json.dumps(answer.body, ensure_ascii=False)[:500]}")
        return bool(good)


def main() -> int:
    """Walk, and return the exit code."""
    parser = argparse.ArgumentParser(description="Walk the whole API of a running Pathshala.")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="where it listens")
    parser.add_argument("--timeout", type=float, default=180.0, help="seconds that a lesson may take")
    options = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if not options.base_url.startswith(("http://", "https://")):
        parser.error("--base-url must start with http:// or https://")
    walk = Walk(House(options.base_url), options.timeout)
    try:
        walk.all()
    except Unreachable as error:
        print(f"FAIL  {error}", file=sys.stderr)
        return 1
    print(f"\n{'All is well.' if not walk.failures else f'{walk.failures} checks FAILED.'}")
    return 1 if walk.failures else 0


if __name__ == "__main__":
    sys.exit(main())
