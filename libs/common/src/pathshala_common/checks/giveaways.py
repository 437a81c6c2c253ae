"""No question gives its answer away: neither in its own text, nor in that of another question."""

from collections.abc import Iterable

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import share
from pathshala_common.checks.proofs import each, telling
from pathshala_common.contract.lesson import LanguageTag, LessonQuestion, QuestionForm

NAME = "giveaways"
NEW_SHARE_MIN = 0.25
"""The least share of an answer in own words that does not stand in its question."""
SAME_SHARE_MIN = 0.8
"""A text that holds this share of a question's words, and its answer, is the question with its answer."""

GIVEN_AWAY = "has a question that gives its own answer away"
BY_ANOTHER = "has a question that another question gives the answer to"


def giveaways(draft: Draft, _assignment: Basis) -> Iterable[Fault] | None:
    """Find questions that can be answered by reading them."""
    return each(NAME, draft, lambda question: _doubt(question, draft))


def _doubt(question: LessonQuestion, draft: Draft) -> str | None:
    if question.form is QuestionForm.TRUE_FALSE:
        return None
    asked, told = telling(question.text, draft.language), telling(question.answer, draft.language)
    new = told - asked
    if share(new, told) < NEW_SHARE_MIN or (question.form is not QuestionForm.OPEN and len(new) < len(told)):
        return GIVEN_AWAY
    others = (other for other in draft.questions if other is not question)
    return BY_ANOTHER if any(_holds(other, asked, told, draft.language) for other in others) else None


def _holds(other: LessonQuestion, asked: frozenset[str], told: frozenset[str], language: LanguageTag) -> bool:
    text = telling(other.text, language)
    return told <= text and share(asked & text, asked) >= SAME_SHARE_MIN
