import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from pathshala_generator.safety import refusal, shipped_categories
from services.generator.tests.given import a_request

TOPICS = json.loads(Path(__file__).with_name("topics.json").read_bytes())


def pairs(names: Iterable[str]) -> list[tuple[str, ...]]:
    return [tuple(name.split("/", maxsplit=1)) for name in names]


@pytest.mark.parametrize(("subject", "topic"), pairs(TOPICS["classroom"]))
def test_a_topic_of_the_classroom_is_let_through(subject: str, topic: str) -> None:
    assert refusal(a_request(subject, topic)) is None


@pytest.mark.parametrize(("subject", "topic"), pairs(TOPICS["refused"]))
def test_a_topic_for_no_classroom_is_refused_with_a_reason_that_does_not_repeat_it(subject: str, topic: str) -> None:
    reason = refusal(a_request(subject, topic))

    assert reason is not None
    assert topic.casefold() not in reason.casefold()


@pytest.mark.parametrize(("subject", "topic"), pairs(TOPICS["disguised"]))
def test_a_disguise_does_not_help(subject: str, topic: str) -> None:
    assert refusal(a_request(subject, topic)) is not None


def test_every_reason_is_a_clause_for_a_pupil_and_no_list_is_short() -> None:
    assert all(each.reason.startswith("this is not a topic for a lesson") for each in shipped_categories())
    assert min(len(TOPICS["classroom"]), len(TOPICS["refused"])) >= 60
