"""The answer of each question follows from the lesson: its words stand in the statements that are named to prove it."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import share
from pathshala_common.checks.proofs import each, in_order, proving, telling
from pathshala_common.contract.lesson import LanguageTag, LessonQuestion, QuestionForm
from pathshala_common.text.content import VERDICTS
from pathshala_common.text.dissection import Dissection, dissected
from pathshala_common.text.scripts import LANGUAGES_KEPT
from pathshala_common.text.word_lists import all_words

NAME = "answers"
PROVEN_SHARE_MIN = {QuestionForm.GAP: 1.0, QuestionForm.CHOICE: 0.6, QuestionForm.OPEN: 0.5}
"""The least share of an answer's words that stand in its proof. What is left out of a sentence stands there whole; an
answer in own words has some of its own."""
CLAIM_SHARE_MIN = 0.8
"""The same of what is said to be true."""
RELATED_SHARE_MIN = 0.3
"""The same of what is said to be false: it is wrong about something that the lesson says."""

UNPROVEN = "has an answer without a statement of the explanation that proves it"
UNSAID = "has an answer that does not follow from the statements named to prove it"
NOT_TRUE = "calls a statement true that the explanation does not make"
NOT_FALSE = "calls a statement false that the explanation makes, or says nothing on"

CLAUSE_ENDS = re.compile(r"[.;:!?।]")
NEGATIONS = all_words(__package__, "negations")


def answers(draft: Draft, _assignment: Basis) -> Iterable[Fault] | None:
    """Find answers that nothing in the explanation bears out."""
    return each(NAME, draft, lambda question: _doubt(question, draft))


def _doubt(question: LessonQuestion, draft: Draft) -> str | None:
    statements = proving(draft, question)
    if not statements or len(statements) < len(question.proven_by):
        return UNPROVEN
    if question.form is QuestionForm.TRUE_FALSE:
        return _doubt_of_verdict(question, statements, draft.language)
    proven = _stems(statements, draft.language)
    told = telling(question.answer, draft.language)
    if question.form is QuestionForm.OPEN:
        told -= telling(question.text, draft.language)  # the case that it asks about need not stand in the lesson
    is_said = not told or share(told & proven, told) >= PROVEN_SHARE_MIN[question.form]
    return None if is_said and not _numbers(told) - proven else UNSAID


def _doubt_of_verdict(question: LessonQuestion, statements: Sequence[Dissection], language: LanguageTag) -> str | None:
    """Doubt what is called true or false: by words and numbers that do not stand in the proof, and by negations."""
    verdicts = _verdicts(language)
    claim = [word for word in in_order(question.text, language) if word not in verdicts]
    told, proven = frozenset(claim), _stems(statements, language)
    agrees = _is_negated(question.text) in {_is_negated(near) for near in _nearest(told, statements, language)}
    if question.answer == "true":
        is_said = share(told & proven, told) >= CLAIM_SHARE_MIN and not _numbers(told) - proven
        return None if is_said and agrees else NOT_TRUE
    differs = not agrees or told - proven or not any(_runs_through(claim, said, language) for said in statements)
    return None if differs and share(told & proven, told) >= RELATED_SHARE_MIN else NOT_FALSE


@lru_cache(maxsize=LANGUAGES_KEPT)
def _verdicts(language: LanguageTag) -> frozenset[str]:
    """The words by which a question asks whether something is true."""
    return telling(" ".join(VERDICTS), language)


def _stems(statements: Sequence[Dissection], language: LanguageTag) -> frozenset[str]:
    return frozenset().union(*(said.stems(language) for said in statements))


def _numbers(told: frozenset[str]) -> frozenset[str]:
    return frozenset(filter(str.isdigit, told))


def _nearest(told: frozenset[str], statements: Sequence[Dissection], language: LanguageTag) -> list[str]:
    """Give the statements, and clauses of them, that have most of a claim's words in common with it, or one less."""
    clauses = {clause for said in statements for clause in (said.text, *CLAUSE_ENDS.split(said.text)) if clause}
    common = {clause: len(told & dissected(clause).stems(language)) for clause in clauses}
    return [clause for clause, count in common.items() if count >= max(common.values()) - 1]


def _is_negated(text: str) -> bool:
    return sum(word in NEGATIONS for word in dissected(text).words) % 2 == 1


def _runs_through(claim: Sequence[str], said: Dissection, language: LanguageTag) -> bool:
    """Whether all words of a claim stand in a sentence in their order."""
    left = iter(in_order(said.text, language))
    return all(word in left for word in claim)
