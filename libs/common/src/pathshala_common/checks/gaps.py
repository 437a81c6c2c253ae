"""A gap asks for something that is worth asking for: not for the topic's own name, nor for a date beside the point."""

import re
from collections.abc import Iterable

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import asked
from pathshala_common.checks.proofs import each, telling
from pathshala_common.checks.topic_words import topic_words
from pathshala_common.contract.lesson import LessonQuestion, QuestionForm
from pathshala_common.text.content import FUNCTION_WORDS
from pathshala_common.text.dissection import dissected
from pathshala_common.text.word_lists import all_words

NAME = "gaps"
ANSWER_WORDS_MAX = 5
WORDS_MIN = 4
"""Fewer words around a gap say nothing of what belongs there."""

NO_GAP = "has a gap question without one gap in its text"
BARE = "has a gap with too little around it to tell what belongs there"
FLOOD = "has a gap for more than a few words"
OWN_NAME = "has a gap for the name of the topic"
DATE = "has a gap for a date, which is not what the lesson is about"

GAP = re.compile(r"_{2,}")
YEAR = re.compile(r"[1१]\d{3}|[2२][0०]\d{2}")  # noqa: RUF001 - Devanagari's digits too
NEXT_WORD = re.compile(r"\s+(\w+)")
DATE_WORDS = all_words(__package__, "date_words")
SUBJECTS_OF_DATES = all_words(__package__, "subjects_of_dates")


def gaps(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find gaps that are not worth filling."""
    if not any(question.form is QuestionForm.GAP for question in draft.questions):
        return None
    return each(NAME, draft, lambda question: _doubt(question, draft, assignment))


def _doubt(question: LessonQuestion, draft: Draft, assignment: Basis) -> str | None:
    found = GAP.findall(question.text)
    if question.form is QuestionForm.GAP and len(found) != 1:
        return NO_GAP
    if not found:
        return None
    reasons = {
        BARE: len(dissected(GAP.sub(" ", question.text)).words) < WORDS_MIN,
        FLOOD: len(dissected(question.answer).words) > ANSWER_WORDS_MAX,
        OWN_NAME: _is_name(question.answer, draft, assignment),
        DATE: _is_date(question) and SUBJECTS_OF_DATES.isdisjoint(asked(assignment.request).words),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _is_name(answer: str, draft: Draft, assignment: Basis) -> bool:
    """Whether an answer has no word but those of the topic or of its article's title."""
    article, named = assignment.article, topic_words(assignment.request, draft.language).stems
    titled = telling(article.title, draft.language) if article else frozenset[str]()
    return telling(answer, draft.language) <= named | titled


def _is_date(question: LessonQuestion) -> bool:
    """Whether a month, a century or a year is asked for; a number of things has their name behind it."""
    following = NEXT_WORD.match(GAP.split(question.text, maxsplit=1)[1])
    named = dissected(following[1]).words if following else ()
    if not DATE_WORDS.isdisjoint((*dissected(question.answer).words, *named)):
        return True
    return YEAR.fullmatch(question.answer.strip()) is not None and FUNCTION_WORDS.issuperset(named)
