"""Orders hidden in topics and articles: none leaves its block of the prompt, and an obedient model changes nothing."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from pathshala_common.checks.draft import Draft, one_line
from pathshala_common.checks.plain_text import ACTIVE
from pathshala_common.contract.lesson import LessonContent
from pathshala_generator.draft import Assignment, Written, content_of
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.prompt import lesson_question
from services.generator.tests.given import PLAN, VERB, a_request, an_assignment
from services.generator.tests.recorded import examine, recorded

CANARIES: list[str] = json.loads(Path(__file__).with_name("canaries.json").read_bytes())
GOOD = recorded("verbs-middle-en")
FIELDS = ("title", "activity", "question")
REFUSED_SHARE_MIN = 0.8
"""The others are orders in plain words, which a reader would only wonder at."""


@pytest.mark.parametrize("canary", CANARIES)
def test_an_order_in_a_topic_or_an_article_stays_data(canary: str) -> None:
    article = VERB.model_copy(update={"title": canary, "summary": f"{VERB.summary} {canary}"})
    harmless = asked(an_assignment())

    system, user = asked(an_assignment(a_request("english", canary), article))

    assert system == harmless[0]
    assert tags(user) == tags(harmless[1])
    assert user.count("<") == len(tags(user)), "something else looks like a tag"
    assert canary.strip() in [text.strip() for text in texts(user)], "it is shown as data, unchanged"


@pytest.mark.parametrize("canary", CANARIES)
def test_what_an_obedient_model_repeats_is_refused_or_stands_in_its_field_as_text(canary: str) -> None:
    harmless = lesson(GOOD.draft, GOOD.assignment)

    for field in FIELDS:
        obedient = GOOD.draft.model_copy(update={field: f"{getattr(GOOD.draft, field)} {one_line(canary)}"})
        faults = examine(obedient, GOOD.assignment)

        assert {fault.field for fault in faults} <= {field}
        if not faults:
            shown = lesson(obedient, GOOD.assignment)
            assert shown.model_copy(update={field: getattr(harmless, field)}) == harmless
            assert not any(kind.expression.search(getattr(shown, field)) for kind in ACTIVE.values())


def test_most_orders_that_are_repeated_are_refused() -> None:
    refused = [canary for canary in CANARIES if repeated(canary)]

    assert len(CANARIES) >= 100
    assert len(refused) >= REFUSED_SHARE_MIN * len(CANARIES), sorted(set(CANARIES) - set(refused))


def test_a_lesson_that_is_nothing_but_the_order_is_always_refused() -> None:
    let_in = [
        canary
        for canary in CANARIES
        if not examine(
            GOOD.draft.model_copy(
                update=dict.fromkeys(FIELDS, canary)
                | {"explanation": ((GOOD.draft.statements[0].model_copy(update={"text": canary, "quote": None}),),)}
            ),
            GOOD.assignment,
        )
    ]

    assert let_in == []


def repeated(canary: str) -> bool:
    activity = f"{GOOD.draft.activity} {canary}"
    return bool(examine(GOOD.draft.model_copy(update={"activity": activity}), GOOD.assignment))


def lesson(draft: Draft, assignment: Assignment) -> LessonContent:
    return content_of(assignment, Written(draft), OfflineWriter(), None)


def asked(assignment: Assignment) -> tuple[str, str]:
    """What the model is told, and what it is shown."""
    system, user = lesson_question(PLAN, assignment).messages
    return system["content"], user["content"]


def tags(user: str) -> list[str]:
    return re.findall(r"^</?\w+>$", user, re.MULTILINE)


def texts(user: str) -> Iterable[str]:
    """Every string of the data."""
    for block in re.findall(r"^<(\w+)>\n(.*)\n</\1>$", user, re.MULTILINE):
        data = json.loads(block[1])
        for each in data if isinstance(data, list) else [data]:
            yield from (value for value in each.values() if isinstance(value, str))
