"""A lesson has three to five questions, each another one, and the hardest at the end."""

from collections.abc import Iterable, Iterator

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.lesson import QuestionForm
from pathshala_common.text.dissection import dissected

NAME = "questions"
QUESTIONS = range(3, 6)
FORMS_MIN = 2
OBJECTIVES = range(1, 4)

TOO_FEW = f"has fewer than {QUESTIONS.start} questions"
TOO_MANY = f"has more than {QUESTIONS.stop - 1} questions"
REPEATED = "asks the same question twice"
ONE_FORM = "has questions of one form alone"
EASY_END = "does not end with an open question, which is the hardest"
OBJECTIVES_COUNT = f"has not one to {OBJECTIVES.stop - 1} entries"


def questions(draft: Draft, _assignment: Basis) -> Iterable[Fault] | None:
    """Find what a set of questions lacks as a set; None if the draft has none."""
    if not draft.questions:
        return None
    return [*_of_set(draft), *_of_objectives(draft)]


def _of_set(draft: Draft) -> Iterator[Fault]:
    asked = draft.questions
    reasons = {
        TOO_FEW: len(asked) < QUESTIONS.start,
        TOO_MANY: len(asked) >= QUESTIONS.stop,
        REPEATED: len({dissected(question.text).words for question in asked}) < len(asked),
        ONE_FORM: len({question.form for question in asked}) < FORMS_MIN,
        EASY_END: asked[-1].form is not QuestionForm.OPEN,
    }
    return (Fault(NAME, NAME, reason) for reason, holds in reasons.items() if holds)


def _of_objectives(draft: Draft) -> Iterator[Fault]:
    if len(draft.objectives) not in OBJECTIVES:
        yield Fault(NAME, "objectives", OBJECTIVES_COUNT)
