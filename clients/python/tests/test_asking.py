"""What is sent again, when, and what is raised."""

import pytest

from clients.python.tests.scripted import LOST, NEVER_SENT, Script, answer, refused
from pathshala_client import Problem, Unreachable, problems
from pathshala_client.asking import asked, get
from pathshala_client.calls import class_sets, tasks
from pathshala_client.steps import Request

ORDER = Request("POST", "/anything", is_repeatable=False)
ACCEPTED = {"task_id": "t"}


def test_an_order_that_was_sent_again_is_the_same_order() -> None:
    house = Script(LOST, refused(503, "maybe_accepted", retry_after="2"), answer(ACCEPTED, 202))
    assert house.run(tasks.create(subject="english", topic="verbs", user_id="asha")) == ACCEPTED
    assert len(house.asked) == 3
    assert len({request.headers["Idempotency-Key"] for request in house.asked}) == 1
    assert house.pauses[1:] == [2], "Retry-After is obeyed"


def test_two_orders_are_two_unless_their_key_is_the_same() -> None:
    keys = set()
    for key in (None, None, "mine", "mine"):
        house = Script(answer(ACCEPTED, 202))
        house.run(tasks.create(subject="english", topic="verbs", user_id="asha", idempotency_key=key))
        keys.add(house.asked[0].headers["Idempotency-Key"])
    assert len(keys) == 3


@pytest.mark.parametrize("fault", [LOST, refused(503, "store_unavailable"), refused(502, "none")])
def test_what_would_be_done_twice_is_not_sent_again(fault: Unreachable) -> None:
    house = Script(fault)
    with pytest.raises((Unreachable, Problem)):
        house.run(asked(ORDER))
    assert house.pauses == []


def test_what_was_never_sent_or_was_refused_as_a_whole_is_sent_again_whatever_it_is() -> None:
    house = Script(NEVER_SENT, refused(429, "rate_limited", retry_after="7"), answer())
    assert house.run(asked(ORDER)).status == 200
    assert house.pauses[1] == 7


def test_it_waits_no_longer_than_it_is_patient() -> None:
    house = Script(refused(429, "too_many_tasks", retry_after="600"))
    with pytest.raises(problems.TooManyTasks) as raised:
        house.run(asked(get("/lessons")))
    assert raised.value.retry_after == 600
    assert house.pauses == []

    lasting = Script(*[LOST] * 9, patience=20)
    with pytest.raises(Unreachable):
        lasting.run(asked(get("/lessons")))
    assert 10 < sum(lasting.pauses) <= 20


def test_waits_grow_while_nobody_says_when() -> None:
    house = Script(*[LOST] * 6, answer())
    house.run(asked(get("/lessons")))
    assert all(
        0.75 * most <= pause <= 1.25 * most for pause, most in zip(house.pauses, (0.5, 1, 2, 4, 8, 8), strict=True)
    )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 500])
def test_what_stays_refused_is_asked_once(status: int) -> None:
    house = Script(refused(status, "none"))
    with pytest.raises(Problem):
        house.run(asked(get("/lessons")))
    assert house.pauses == []


def test_a_429_that_does_not_say_when_is_for_the_caller() -> None:
    house = Script(refused(429, "too_many_class_sets"))
    with pytest.raises(problems.TooManyClassSets):
        house.run(class_sets.create_class_set(user_id="mira", lessons=[]))
    assert house.pauses == []


def test_a_problem_is_raised_by_its_code_and_says_what_to_do() -> None:
    with pytest.raises(problems.LessonNotFound, match="lesson_not_found!") as raised:
        Script(refused(404, "lesson_not_found")).run(asked(get("/lessons/no/lesson")))
    assert (raised.value.status, raised.value.code) == (404, "lesson_not_found")
    assert raised.value.remedy == "Order it with POST /lessons."


def test_a_code_of_a_later_house_is_a_problem_too() -> None:
    with pytest.raises(Problem) as raised:
        Script(refused(404, "of_tomorrow")).run(asked(get("/lessons")))
    assert raised.value.code == "of_tomorrow"


def test_what_a_proxy_says_is_no_problem_in_json() -> None:
    house = Script(answer(status=418))
    with pytest.raises(Problem, match="the house answered 418"):
        house.run(asked(get("/lessons")))
