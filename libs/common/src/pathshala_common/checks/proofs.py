"""The statements that prove a question's answer, and the words that an answer is made of."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.lesson import LanguageTag, LessonQuestion
from pathshala_common.text.content import FUNCTION_WORDS
from pathshala_common.text.dissection import TEXTS_KEPT, Dissection, dissected
from pathshala_common.text.stems import stem
from pathshala_common.text.word_lists import all_words
from pathshala_common.text.words import plain_word

FIELD = "questions"
GRAMMAR = (FUNCTION_WORDS | all_words(__package__, "short_grammar")) - all_words(__package__, "degree_words")
"""Words that tell nothing, those included that are else known by their length: of answers, short words count. So do
words of degree, such as less, by which a statement becomes wrong."""


def each(name: str, draft: Draft, doubt: Callable[[LessonQuestion], str | None]) -> Iterable[Fault] | None:
    """Give a fault for each different doubt about a question; None if the draft has no questions to judge."""
    if not draft.questions:
        return None
    return [Fault(name, FIELD, reason) for reason in sorted({doubt(asked) or "" for asked in draft.questions} - {""})]


def proving(draft: Draft, question: LessonQuestion) -> Sequence[Dissection]:
    """The statements that a question names, those that there are."""
    statements = draft.statements
    return [dissected(statements[place - 1].text) for place in question.proven_by if place <= len(statements)]


def telling(text: str, language: LanguageTag) -> frozenset[str]:
    """The stems and numbers of a text without its grammar, short ones too; of one that is all grammar, all of them."""
    return frozenset(in_order(text, language)) or dissected(text).stems(language)


@lru_cache(maxsize=TEXTS_KEPT)
def in_order(text: str, language: LanguageTag) -> Sequence[str]:
    """The same as they follow each other; several checks read each question."""
    return tuple(stem(word, language) for word in dissected(text).accented if plain_word(word) not in GRAMMAR)
