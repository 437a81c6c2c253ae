"""Whatever a model answers comes to a proof. A check that raises fails a lesson, and nobody is told what is wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathshala_common.checks.examination import checks
from pathshala_common.contract.lesson import Article, Level, QuestionForm
from pathshala_generator.draft import Assignment
from pathshala_generator.model_writer import told
from pathshala_generator.proofreading import proofread, without_doubtful_quotes
from services.generator.tests.given import FIELDS, PLAN, VERB, a_request
from services.generator.tests.recorded import asked_for_more, recorded

CHECKS = {level: checks(instructions) for level, instructions in told(PLAN).items()}
EVAPORATION = recorded("evaporation-middle-en")
SAID = [said.text for said in EVAPORATION.draft.statements]
ODD = [
    "…",
    "?!",
    "_____",
    "1.",
    "a",
    "the of and",
    "verbs",
    "True",
    "जल",
    "क्रिया।",
    "a _____ is _____.",
    "🐪",
    "",
    "\u200b",
]

TEXT = st.sampled_from([*SAID, *ODD, "None of these"]) | st.text(min_size=1, max_size=20)
STATEMENT = st.fixed_dictionaries({"text": TEXT}, optional={"quote": TEXT})
PLACES = st.lists(st.integers(1, 9), min_size=1, max_size=3)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A question of its form; the options of a choice may say the same."""
    form, answer = draw(st.sampled_from(QuestionForm)), draw(TEXT)
    others = draw(st.just([answer]) | st.lists(TEXT, max_size=4))
    options = [answer, *others] if form is QuestionForm.CHOICE else []
    if form is QuestionForm.TRUE_FALSE:
        answer = draw(st.sampled_from(["true", "false"]))
    return {"form": form, "text": draw(TEXT), "options": options, "answer": answer, "proven_by": draw(PLACES)}


SHAPES = {
    "explanation": st.lists(st.lists(STATEMENT, min_size=1, max_size=4), min_size=1, max_size=3),
    "questions": st.lists(questions(), min_size=1, max_size=5),
    "objectives": st.lists(TEXT, min_size=1, max_size=3),
    "materials": st.lists(TEXT, max_size=3),
    "minutes": st.integers(1, 500),
    "verse": st.integers(0, 2),
}
QUESTIONS = st.fixed_dictionaries({"questions": SHAPES["questions"]})
WELL = {**asked_for_more(EVAPORATION.fields), "verse": 1}


@pytest.mark.parametrize("article", [VERB, None])
@given(
    odd=st.one_of(QUESTIONS, *(st.fixed_dictionaries({name: SHAPES.get(name, TEXT)}) for name in FIELDS)),
    language=st.sampled_from(["en", "hi", "de", "zh"]),
    level=st.sampled_from(Level),
)
def test_any_answer_of_the_right_shape_comes_to_a_proof(
    article: Article | None, odd: dict[str, Any], language: str, level: Level
) -> None:
    assignment = Assignment(a_request(language=language, level=level), article, EVAPORATION.assignment.verses)

    proof = proofread({**WELL, **odd}, assignment, CHECKS[level])

    assert without_doubtful_quotes(proof, assignment, CHECKS[level]).found
