"""Teachers who change one lesson, each at an API of their own, whatever dies meanwhile; and what is left of it."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import requests

from tests.faults.callers import Callers
from tests.house.asking import answered
from tests.house.calling import Client
from tests.waiting import DEADLINE_SECONDS, looks

PAUSE_SECONDS = 0.1
SUBJECT = "faults"
WISH = {"part": "verse", "wish": "another verse, please"}
OF_PAGE = 100


class Teachers(Callers):
    """Edit a lesson until left, approve and rate what they made, and have a part written anew now and then.

    What was answered by nobody, or by no clear word, is asked for again by its key. `made` are the titles of edits that
    were answered 201, by version; `approved` and `rated` are versions of which that was answered 200; `rewrites` are
    tasks; `overtaken` are the titles of edits that were answered that another one was faster.
    """

    def __init__(self, *urls: str, topic: str) -> None:
        """Know the lesson, of which there is a version."""
        self._urls, self.topic = urls, topic
        self._query = {"subject": SUBJECT, "topic": topic}
        super().__init__(self._teach, len(urls))
        self.made: dict[str, str] = {}
        self.approved: set[str] = set()
        self.rated: Counter[str] = Counter()
        self.rewrites: set[str] = set()
        self.overtaken: set[str] = set()

    def _teach(self, number: int) -> None:
        teacher, url, version, turn = f"teacher {number}", self._urls[number], "1.0", 0
        with Client() as session:
            while not self.left.wait(PAUSE_SECONDS):
                turn += 1
                title = f"{self.topic}, {turn}, by {number}"
                edit = {"user_id": teacher, "changes": {"title": title}}
                answer = _sure(partial(self._change, session, f"{url}/lessons/versions", version, edit, uuid4().hex))
                version = str(answer.json()["version"])
                if answer.status_code == 412:
                    self.overtaken.add(title)
                    continue
                assert answer.status_code == 201, answer.text
                self.made[version] = title
                if turn % 3 == 0:
                    wish = {"user_id": teacher, **WISH}
                    self._rewrite(partial(self._change, session, f"{url}/lessons/rewrites", version, wish, uuid4().hex))
                self._review(session, url, version, teacher)

    def _change(
        self, session: requests.Session, url: str, version: str, body: dict[str, Any], key: str
    ) -> requests.Response:
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": key}
        return session.post(url, params=self._query, json=body, headers=headers, timeout=DEADLINE_SECONDS)

    def _rewrite(self, send: Callable[[], requests.Response]) -> None:
        answer = _sure(send)
        if answer.status_code == 202:
            self.rewrites.add(str(answer.json()["task_id"]))
        else:
            assert answer.status_code == 412, answer.text

    def _review(self, session: requests.Session, url: str, version: str, teacher: str) -> None:
        for what, body in (("approval", {"approved": True}), ("rating", {"stars": 5, "reason": "Clear."})):
            query = {**self._query, "version": version}
            said = {"user_id": teacher, **body}
            put = partial(session.put, f"{url}/lessons/{what}", params=query, json=said, timeout=DEADLINE_SECONDS)
            answer = _sure(put)
            assert answer.status_code == 200, answer.text
        self.approved.add(version)
        self.rated[version] += 1

    def missing(self, url: str) -> Counter[str]:
        """Count what was answered and is not so, and versions that are missing in between."""
        found: dict[str, dict[str, Any]] = {}
        with Client() as session:
            before: dict[str, str] = {}
            while not found or before:
                query = {**self._query, "limit": str(OF_PAGE), **before}
                page = answered(
                    partial(session.get, f"{url}/lessons/versions", params=query, timeout=DEADLINE_SECONDS)
                ).json()
                found |= {one["version"]: one for one in page["versions"]}
                before = {"before": page["next_before"]} if page["next_before"] else {}
        return +Counter(
            gaps=len({f"1.{number}" for number in range(len(found))} - found.keys()),
            edits=sum(version not in found or found[version]["title"] != told for version, told in self.made.items()),
            stored_though_overtaken=len(self.overtaken & {one["title"] for one in found.values()}),
            approvals=sum(version not in found or not found[version]["approved"] for version in self.approved),
            ratings=sum(version not in found or found[version]["rating"]["count"] < 1 for version in self.rated),
        )


def _sure(send: Callable[[], requests.Response]) -> requests.Response:
    """Send until somebody gives a clear answer. With a key, or of what may be said twice, it is done once."""
    last: object = None
    for _ in looks():
        try:
            last = answer = send()
        except requests.RequestException as error:
            last = error
        else:
            if answer.status_code < 500:
                return answer
    raise AssertionError(last)
