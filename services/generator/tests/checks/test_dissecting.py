"""What the checks of one lesson may cost, counted: a text is taken apart once, and read by all of them."""

import pytest

from pathshala_common.checks.examination import checks, findings
from pathshala_common.checks.parts import fields
from pathshala_common.checks.reading_level import measured
from pathshala_common.contract.lesson import Precedent
from pathshala_common.text.dissection import dissected
from pathshala_common.text.languages import identified
from pathshala_common.text.scripts import letters
from pathshala_common.text.sentences import sentences
from pathshala_common.text.words import accented_words
from pathshala_generator.draft import Assignment
from pathshala_generator.lesson_plan import shipped_plan
from pathshala_generator.prompt import instructions
from services.generator.tests.recorded import recorded
from tests.counting import Calls, calls_of

GOOD = ["verbs-middle-en", "photosynthesis-middle-hi", "fractions-middle-de", "kriya-primary-hi"]


def examined(name: str) -> Calls:
    """The calls for one good lesson that has earlier revisions, after nothing else was read."""
    answer = recorded(name)
    asked = answer.assignment
    earlier = tuple(Precedent(title=f"Another title {number}", opening=f"It began {number}.") for number in range(3))
    assignment = Assignment(asked.request, asked.article, asked.verses, earlier)
    all_checks = checks(instructions(shipped_plan(), asked.request.level))
    findings(answer.draft, assignment, all_checks)  # what is kept for all lessons has been made
    dissected.cache_clear()
    with calls_of(sentences, accented_words, letters, identified) as calls:
        findings(answer.draft, assignment, all_checks)
        measured(answer.draft, assignment)
    return calls


@pytest.mark.parametrize("name", GOOD)
def test_no_text_is_taken_apart_twice_for_one_lesson(name: str) -> None:
    calls = examined(name)

    assert calls["sentences"]
    assert calls["letters"]
    assert {name: texts for name, texts in calls.items() if len(set(texts)) < len(texts)} == {}


@pytest.mark.parametrize("name", GOOD)
def test_the_language_of_each_field_is_identified_once_at_the_most(name: str) -> None:
    assert len(examined(name)["identified"]) <= len(fields(recorded(name).draft))


def test_a_lesson_that_is_examined_again_is_not_taken_apart_again() -> None:
    answer = recorded("verbs-middle-en")
    findings(answer.draft, answer.assignment)

    with calls_of(sentences, accented_words, letters, identified) as calls:
        findings(answer.draft, answer.assignment)

    assert calls == {}
