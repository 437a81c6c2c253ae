"""A task is followed by a stream, by long polls where there is none, by polls where nobody waits."""

from collections.abc import Mapping
from typing import Any

import pytest

from clients.python.tests.scripted import LOST, Script, answer, refused, stream
from pathshala_client import StillRunning, TaskFailed, Unreachable, problems
from pathshala_client.calls import class_sets, tasks
from pathshala_client.steps import Answer

TASK = {"task_id": "t", "error_message": None, "error_code": None, "suggestion": None}
LESSON: Any = {"title": "Verbs"}
DONE = answer({**TASK, "status": "completed", "lesson_data": LESSON})
WAITED = {"preference-applied": "wait=30"}
UNCHANGED = answer(status=304, headers=WAITED)


def state(number: int, status: str, headers: Mapping[str, str] = WAITED) -> Answer:
    return answer({"change": number, "status": status}, headers={"etag": f'"{number}"', **headers})


def polled(after: str) -> Answer:
    return answer(status=304, headers={"retry-after": after})


def numbers(house: Script) -> list[int]:
    return [change["change"] for change in house.told(tasks.changes("t"))]


def test_a_stream_tells_all_until_the_end() -> None:
    house = Script(*stream((1, "pending"), (3, "in_progress"), (5, "completed")))
    assert numbers(house) == [1, 3, 5]
    assert [request.path for request in house.asked] == ["/lessons/status/t/stream"]


def test_a_stream_that_breaks_becomes_a_long_poll_and_comes_back() -> None:
    house = Script(*stream((1, "pending")), LOST, state(3, "in_progress"), *stream((3, "in_progress"), (5, "failed")))
    assert numbers(house) == [1, 3, 5], "nothing is told twice"
    _, poll, again = house.asked
    assert (poll.path, poll.headers["If-None-Match"], poll.headers["Prefer"]) == ("/lessons/status/t", '"1"', "wait=30")
    assert again.headers["Last-Event-ID"] == "3"
    assert house.pauses == []


def test_a_stream_that_ends_before_the_task_is_looked_after() -> None:
    house = Script(*stream((1, "pending")), None, state(5, "completed"))
    assert numbers(house) == [1, 5]


def test_where_streams_are_refused_polls_wait() -> None:
    full = refused(503, "too_many_streams", retry_after="1")
    house = Script(full, state(1, "pending"), full, UNCHANGED, full, state(5, "completed"))
    assert numbers(house) == [1, 5]


def test_where_nobody_waits_it_polls_when_the_house_says() -> None:
    broken = answer(status=500)
    house = Script(
        broken,
        state(1, "pending", {"retry-after": "4"}),
        broken,
        polled("4"),
        broken,
        state(5, "failed"),
    )
    assert numbers(house) == [1, 5]
    assert house.pauses == [4]


def test_a_house_that_is_away_is_waited_for_and_not_for_ever() -> None:
    house = Script(*[LOST] * 6, *stream((5, "completed")))
    assert numbers(house) == [5]
    assert len(house.pauses) == 5, "the other way is tried at once"

    gone = Script(*[LOST] * 8, patience=15)
    with pytest.raises(Unreachable):
        numbers(gone)
    assert sum(gone.pauses) <= 15


def test_patience_begins_anew_with_each_outage() -> None:
    outage = [LOST] * 4
    house = Script(
        *[*outage, *stream((1, "pending"))],
        *[*outage, *stream((3, "in_progress"))],
        *[*outage, *stream((5, "completed"))],
        patience=12,
    )
    assert numbers(house) == [1, 3, 5]
    assert sum(house.pauses) > 12


def test_a_task_that_is_not_there_is_not_waited_for() -> None:
    with pytest.raises(problems.TaskNotFound):
        numbers(Script(refused(404, "task_not_found")))


def test_a_wait_ends_with_the_lesson() -> None:
    house = Script(*stream((1, "pending"), (5, "completed")), DONE)
    assert house.run(tasks.wait("t")) == LESSON


def test_a_wait_for_a_task_that_fails_says_why_and_what_would_do() -> None:
    suggestion = {"words": "Take this.", "order": {}, "needs": []}
    why = {"error_code": "topic_refused", "error_message": "Not for a classroom.", "suggestion": suggestion}
    house = Script(*stream((5, "failed")), answer({**TASK, **why, "status": "failed", "lesson_data": None}))
    with pytest.raises(TaskFailed, match="Not for a classroom") as raised:
        house.run(tasks.wait("t"))
    assert (raised.value.code, raised.value.suggestion) == ("topic_refused", suggestion)


def test_a_wait_with_an_end_asks_by_polls_that_end_with_it() -> None:
    house = Script(state(1, "pending"), polled("30"), polled("30"))
    with pytest.raises(StillRunning):
        house.run(tasks.wait("t", timeout=45))
    assert [request.headers.get("Prefer") for request in house.asked] == [None, "wait=30", "wait=15"]
    assert sum(house.pauses) == 45


def test_a_wait_of_no_time_looks_once() -> None:
    assert Script(state(5, "completed"), DONE).run(tasks.wait("t", timeout=0)) == LESSON
    with pytest.raises(StillRunning):
        Script(state(1, "pending")).run(tasks.wait("t", timeout=0))


def test_a_class_set_is_followed_by_long_polls() -> None:
    house = Script(_set("running", "a"), UNCHANGED, _set("running", "b"), _set("finished", "c"))
    told = house.told(class_sets.class_set_changes("s"))
    assert [state["status"] for state in told] == ["running", "running", "finished"]
    assert [request.headers.get("If-None-Match") for request in house.asked] == [None, '"a"', '"a"', '"b"']


def _set(status: str, tag: str) -> Answer:
    return answer({"status": status, "counts": {}}, headers={"etag": f'"{tag}"', **WAITED})
