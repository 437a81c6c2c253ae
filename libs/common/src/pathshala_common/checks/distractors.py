"""Each wrong option of a choice is wrong, is unlike the others, and is of the same kind as the answer."""

from collections.abc import Iterable, Sequence

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.proofs import each, proving, telling
from pathshala_common.contract.lesson import LanguageTag, LessonQuestion, QuestionForm
from pathshala_common.text.dissection import Dissection, dissected
from pathshala_common.text.scripts import script_of
from pathshala_common.text.word_lists import read_list

NAME = "distractors"
OPTIONS = range(3, 6)
LONGER_WORDS_MIN = 4
LONGER_TIMES_MIN = 2
"""An answer that is so much longer than each of the others is seen to be the answer."""

NUMBER = "has too few or too many options in a choice"
ALIKE = "has two options that say the same"
RIGHT_TOO = "has a wrong option that the statements named as proof bear out too"
OF_ANOTHER_KIND = "has options of different kinds in a choice, so that the answer shows"
CATCH_ALL = "has an option that speaks of the other options"

_CATCH_ALL = frozenset(
    tuple(phrase.split()) for phrases in read_list(__package__, "catch_alls").values() for phrase in phrases
)


def distractors(draft: Draft, _assignment: Basis) -> Iterable[Fault] | None:
    """Find choices that have more than one answer, or one that shows."""
    if not any(question.form is QuestionForm.CHOICE for question in draft.questions):
        return None
    return each(NAME, draft, lambda question: _doubt(question, draft))


def _doubt(question: LessonQuestion, draft: Draft) -> str | None:
    if question.form is not QuestionForm.CHOICE:
        return None
    told = [telling(option, draft.language) for option in question.options]
    statements = proving(draft, question)
    reasons = {
        NUMBER: len(question.options) not in OPTIONS,
        ALIKE: len(set(told)) < len(told),
        CATCH_ALL: any(_speaks_of_others(option) for option in question.options),
        RIGHT_TOO: any(_stands_in(option, statements, draft.language) for option in question.distractors),
        OF_ANOTHER_KIND: len(set(map(_kind, question.options))) > 1 or _sticks_out(question),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _stands_in(option: str, statements: Sequence[Dissection], language: LanguageTag) -> bool:
    """Whether all that an option says stands in one of the statements."""
    return any(telling(option, language) <= said.stems(language) for said in statements)


def _kind(option: str) -> tuple[bool, str | None]:
    """A number or none, and in which script."""
    words = dissected(option).words
    return any(map(str.isdigit, words)), script_of(option)


def _sticks_out(question: LessonQuestion) -> bool:
    longest = max((len(dissected(option).words) for option in question.distractors), default=0)
    length = len(dissected(question.answer).words)
    return length >= LONGER_WORDS_MIN and length > LONGER_TIMES_MIN * longest


def _speaks_of_others(option: str) -> bool:
    return dissected(option).words in _CATCH_ALL
