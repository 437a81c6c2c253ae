"""Every field is there and says something: no placeholder, no filler, neither a stub nor a flood."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import chain, pairwise

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.filler import ASKING_WORDS, general_stems
from pathshala_common.checks.parts import explained, fields, share
from pathshala_common.checks.placeholders import PLACEHOLDERS
from pathshala_common.checks.topic_words import topic_words
from pathshala_common.contract.lesson import LanguageTag, Level, QuestionForm, primary_language
from pathshala_common.text.dissection import Dissection, dissected
from pathshala_common.text.words import runs

NAME = "complete"
TITLE_WORDS_MAX = 25
EXPLANATION_WORDS = {
    Level.PRIMARY: range(30, 501),
    Level.MIDDLE: range(40, 901),
    Level.SECONDARY: range(50, 1_501),
    Level.ADULT: range(50, 2_001),
}
ACTIVITY_WORDS = range(8, 501)
QUESTION_WORDS = range(3, 151)
REPEATED_WORDS_MIN = 5
"""Shorter sentences may well come twice."""
RUN_WORDS, RUN_SENTENCES_MIN = 6, 3
"""A field whose sentences share so many words in a row goes round in circles. Two may share a definition."""
EMPTY_SENTENCES_MAX = 0.4
"""No greater part of an explanation's sentences may be such as would fit any topic."""
TELLING_WORDS_MIN = 2

PLACEHOLDER = "holds a placeholder where its content should be"
SHORT = "is too short to be of use"
LONG = "is too long for the level that was asked for"
FILLER = "is filler: most of its sentences would fit any topic"
REPETITIVE = "says the same sentence more than once"
CIRCLING = "says nearly the same again and again, in the same words"
NO_QUESTION = "asks nothing"
DOUBLED = "repeats another field"

_QUESTION_MARKS = frozenset("?？؟;՞፧⁇")  # noqa: RUF001 - Greek, full-width and other question marks


def complete(draft: Draft, assignment: Basis) -> Iterator[Fault]:
    """Find the fields that hold nothing, or nothing of their own."""
    texts = fields(draft)
    for field, text in texts.items():
        is_name = (
            dissected(text).words == dissected(assignment.request.topic).words
        )  # a lesson on null may be called so
        if PLACEHOLDERS.stands_in(dissected(text)) and not is_name:
            yield Fault(NAME, field, PLACEHOLDER)
    for part in (_lengths, _doubles):
        yield from part(texts, assignment)
    yield from _of_explanation(draft, assignment)
    if not draft.arranged:  # an article may say the same in each sentence
        told, topic = ("explanation", "activity"), frozenset(dissected(assignment.request.topic).words)
        yield from (Fault(NAME, field, CIRCLING) for field in told if _circles(dissected(texts[field]), topic))
    if not _asks(draft):
        yield Fault(NAME, "question", NO_QUESTION)


def _lengths(texts: Mapping[str, str], assignment: Basis) -> Iterator[Fault]:
    sensible = {
        "title": range(1, TITLE_WORDS_MAX + 1),
        "explanation": EXPLANATION_WORDS[assignment.request.level],
        "activity": ACTIVITY_WORDS,
        "question": QUESTION_WORDS,
    }
    for field, bounds in sensible.items():
        counted = len(dissected(texts[field]).words)
        if counted < bounds.start:
            yield Fault(NAME, field, SHORT)
        elif counted >= bounds.stop:
            yield Fault(NAME, field, LONG)


def _doubles(texts: Mapping[str, str], _assignment: Basis) -> Iterator[Fault]:
    seen: set[tuple[str, ...]] = set()
    for field, text in texts.items():
        told = dissected(text).words
        if told in seen:
            yield Fault(NAME, field, DOUBLED)
        seen.add(told)


def _of_explanation(draft: Draft, assignment: Basis) -> Iterator[Fault]:
    told = explained(draft).sentences
    counted = Counter(sentence.plain for sentence in told if len(sentence.words) >= REPEATED_WORDS_MIN)
    if any(times > 1 for times in counted.values()):
        yield Fault(NAME, "explanation", REPETITIVE)
    is_empty = _empty(topic_words(assignment.request, draft.language).stems, draft.language)
    if share([sentence for sentence in told if is_empty(sentence)], told) > EMPTY_SENTENCES_MAX:
        yield Fault(NAME, "explanation", FILLER)


def _circles(text: Dissection, topic: Container[str]) -> bool:
    """Tell whether several sentences have a long run of words in common, where words of a topic in a row are one."""
    of_each = (frozenset(runs(_named_shortly(sentence.words, topic), RUN_WORDS)) for sentence in text.sentences)
    found = list(chain.from_iterable(of_each))
    # Counted only where some are the same, which is rare.
    return len(found) > len(set(found)) and max(Counter(found).values()) >= RUN_SENTENCES_MIN


def _named_shortly(told: Iterable[str], topic: Container[str]) -> list[str]:
    """Keep the first word alone wherever several of a topic stand in a row."""
    return [word for before, word in pairwise(("", *told)) if before not in topic or word not in topic]


def _empty(of_topic: frozenset[str], language: LanguageTag) -> Callable[[Dissection], bool]:
    """Whether a sentence has hardly a word that is neither the topic's nor every topic's."""
    general = general_stems(language)

    def is_empty(sentence: Dissection) -> bool:
        found = sentence.content(language)
        return bool(found & general) and len(found - of_topic - general) < TELLING_WORDS_MIN

    return is_empty


def _asks(draft: Draft) -> bool:
    """Whether the question has a question mark or a word that asks; only marks are known of some languages.

    A gap asks by itself, and so does a statement that is true or false.
    """
    if draft.questions and draft.questions[0].form in {QuestionForm.GAP, QuestionForm.TRUE_FALSE}:
        return True
    if not _QUESTION_MARKS.isdisjoint(draft.question):
        return True
    asking = ASKING_WORDS.get(primary_language(draft.language))
    return asking is None or not asking.isdisjoint(dissected(draft.question).words)
