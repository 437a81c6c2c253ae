"""A steady load of requests for lessons, each on a topic of its own, and the model that counts what it is asked."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.faults.callers import Callers
from tests.house.asking import answered
from tests.house.calling import Client
from tests.waiting import DEADLINE_SECONDS, looks

USERS = 100
"""No user has so many requests on the way that the next one must wait."""

ENDED = {"completed", "failed"}


class Load(Callers):
    """Asks for lessons from a few threads until left, whatever the answers are.

    `accepted` are task ids by topic, and `shared` those of the one lesson that one order in `shared_one_in` asks for.
    `refused` are the other answers (0 for none at all), `slowest_seconds` is the longest that an answer took.
    `unknown` are the orders, by their Idempotency-Key, that may have been accepted although no answer says so.
    `addresses` are those that tasks' ends are to be told to.
    """

    def __init__(
        self,
        *urls: str,
        name: str,
        per_second: float,
        threads: int = 4,
        shared_one_in: int = 0,
        address: Callable[[str], str] | None = None,
    ) -> None:
        """`name` begins every topic. Threads take turns among the URLs. `address` gives an order's, by its key."""
        self._urls, self._name, self._shared_one_in = urls, name, shared_one_in
        self.shared_topic, self.shared = f"{name} shared", list[str]()
        self._pause_seconds = threads / per_second
        super().__init__(self._ask, threads)
        self._address = address
        self.accepted: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        self.refused: Counter[int] = Counter()
        self.unknown: dict[str, dict[str, str]] = {}
        self.slowest_seconds = 0.0

    def settle(self, url: str) -> None:
        """Ask again, by its key, for each order of which nobody knows: the one task that it made, or makes now."""
        with Client() as session:
            for key, order in self.unknown.items():
                answer = answered(partial(_order, session, url, key, order))
                assert answer.status_code == 202, answer.text
                self._take(order, answer)

    def _ask(self, thread: int) -> None:
        number, url = 0, self._urls[thread % len(self._urls)]
        with Client() as session:
            while not self.left.wait(self._pause_seconds):
                topic = key = f"{self._name} {thread} {number}"
                number += 1
                if self._shared_one_in and number % self._shared_one_in == 0:
                    topic = self.shared_topic
                order = {"subject": "faults", "topic": topic, "user_id": f"user {number % USERS}"}
                if self._address is not None:
                    order["callback_url"] = self._address(key)
                self._ask_for(session, url, key, order)

    def _ask_for(self, session: requests.Session, url: str, key: str, order: dict[str, str]) -> None:
        began = time.monotonic()
        try:
            answer = _order(session, url, key, order)
        except requests.RequestException:
            self.refused[0] += 1
            self.unknown[key] = order
            return
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
        if answer.status_code == 202:
            self._take(order, answer)
            return
        self.refused[answer.status_code] += 1
        if answer.status_code >= 500:
            self.unknown[key] = order

    def _take(self, order: dict[str, str], answer: requests.Response) -> None:
        task_id = str(answer.json()["task_id"])
        if "callback_url" in order:
            self.addresses[task_id] = order["callback_url"]
        if order["topic"] == self.shared_topic:
            self.shared.append(task_id)
        else:
            self.accepted[order["topic"]] = task_id


def _order(session: requests.Session, url: str, key: str, order: dict[str, str]) -> requests.Response:
    return session.post(f"{url}/lessons", json=order, headers={"Idempotency-Key": key}, timeout=DEADLINE_SECONDS)


class Model:
    """A stub model that runs as a process."""

    def __init__(self, url: str) -> None:
        """Take the base URL that it printed."""
        self.url = url
        self._calls = f"http://{urlsplit(url).netloc}/calls"

    def calls(self, name: str = "") -> Counter[str]:
        """How often it was asked about each topic that begins with `name`."""
        return Counter(topic for topic in self.topics() if topic.startswith(name))

    def topics(self) -> list[str]:
        """What each call was about, in the order in which they came."""
        return list(self._asked()["topics"])

    def most_at_once(self) -> Counter[str]:
        """The most calls about each topic that were in flight at once."""
        return Counter(self._asked()["most_at_once"])

    def aborted(self) -> int:
        """How many calls their caller left before the answer."""
        return int(self._asked()["aborted"])

    def _asked(self) -> dict[str, Any]:
        answer: dict[str, Any] = requests.get(self._calls, timeout=DEADLINE_SECONDS).json()
        return answer

    @property
    def settings(self) -> dict[str, str]:
        """What a generator must be told to use it."""
        return {"OPENAI_BASE_URL": self.url, "PATHSHALA_WRITER": "openai"}


def final(url: str, topics: dict[str, str], seconds: float) -> dict[str, dict[str, Any]]:
    """Wait until every task has ended, by its topic; whoever has not is given as it stands."""
    seen: dict[str, dict[str, Any]] = {}
    deadline = time.monotonic() + seconds
    with Client() as session:
        for _ in looks(seconds):
            for topic in topics.keys() - seen.keys():
                send = partial(session.get, f"{url}/lessons/status/{topics[topic]}", timeout=DEADLINE_SECONDS)
                answer = answered(send)
                if answer.status_code == 200 and answer.json()["status"] in ENDED:
                    seen[topic] = answer.json()
                elif time.monotonic() > deadline:
                    break
            if len(seen) == len(topics):
                break
    return seen


def second_lessons(url: str, topics: dict[str, str]) -> int:
    """How many of these topics, asked for once each, have more than one lesson, or another task's."""
    wrong = 0
    with Client() as session:
        for topic, task_id in topics.items():
            answer = answered(partial(session.get, f"{url}/lessons/faults/{topic}", timeout=DEADLINE_SECONDS))
            if answer.status_code == 200:
                found = answer.json()
                wrong += (found["version"], found["task_id"]) != ("1.0", task_id)
    return wrong
