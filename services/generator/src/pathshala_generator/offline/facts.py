"""Which sentences of an article a lesson tells, by its level: the defining one, and a few facts in their order."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from pathshala_common.contract.lesson import Article, Level
from pathshala_generator.offline.seeded_choice import SeededChoice
from pathshala_generator.offline.telling import is_tellable, leans, quotable, told
from pathshala_generator.text.readability import automated_readability_index, count
from pathshala_generator.text.sentences import sentences
from pathshala_generator.text.words import length


class Measure(NamedTuple):
    """The bounds for a level: facts beside the definition, and the length and difficulty of a sentence.

    Hardness is a school grade by the automated readability index, of a single sentence.
    """

    facts: int
    words_max: int
    grade_max: float
    briefly: bool = False


MEASURES: Mapping[Level, Measure] = {
    Level.PRIMARY: Measure(3, 16, 9, briefly=True),
    Level.MIDDLE: Measure(4, 24, 13),
    Level.SECONDARY: Measure(6, 36, 20),
    Level.ADULT: Measure(8, 60, 40),
}
ARTICLES_KEPT = 256
SENTENCES_MAX = 60
SPARE = 3
"""Up to so many facts are passed over, so that not every lesson on a topic tells the same."""


class Fact(NamedTuple):
    """A sentence as it is told, and as it stands in the article."""

    text: str
    quote: str


def facts_of(article: Article, level: Level, lot: SeededChoice) -> Sequence[Fact]:
    """Give the facts, the definition first; never none."""
    measure = MEASURES[level]
    definition, *others = _tellings(article.summary, briefly=measure.briefly)
    fitting = [telling for telling in others if telling.fits(measure)] or _easiest(others)
    chosen = [definition]
    for telling in _run(fitting, measure.facts, lot):
        if not telling.leans or telling.place - 1 in {each.place for each in chosen}:
            chosen.append(telling)
    if len(chosen) == 1:
        chosen += others[:1]
    return [telling.fact for telling in chosen]


def _run(fitting: Sequence["_Telling"], count: int, lot: SeededChoice) -> Sequence["_Telling"]:
    """Draw some in a row, so that one follows from the other; from an earlier one on, if the first leans on it."""
    starts = range(min(SPARE, max(0, len(fitting) - count)) + 1)
    start = lot.draw("facts", starts)
    while start and fitting[start].leans:
        start -= 1
    return fitting[start : start + count]


class _Telling(NamedTuple):
    """A sentence that can be told, its place in the article, and what it takes to understand it."""

    place: int
    fact: Fact
    words: int
    grade: float
    leans: bool

    def fits(self, measure: Measure) -> bool:
        return self.words <= measure.words_max and self.grade <= measure.grade_max


@lru_cache(maxsize=ARTICLES_KEPT)
def _tellings(summary: str, *, briefly: bool) -> tuple[_Telling, ...]:
    """Give what can be told of an article; its first sentence at least."""
    whole = sentences(summary)
    places = [place for place, sentence in enumerate(whole) if is_tellable(sentence)] or [0]
    return tuple(_telling(place, whole[place], briefly=briefly) for place in places[:SENTENCES_MAX])


def _telling(place: int, sentence: str, *, briefly: bool) -> _Telling:
    quote = quotable(sentence)
    text = told(quote, briefly=briefly)
    return _Telling(place, Fact(text, quote), length(text), _grade(text), leans(sentence))


def _grade(text: str) -> float:
    """The automated readability index of a sentence; made for English, and telling in Latin letters alone."""
    if not text[:1].isascii() or not any(map(str.isalnum, text)):
        return 0.0
    return automated_readability_index(count(text, "en")._replace(sentences=1))


def _easiest(tellings: Sequence[_Telling]) -> list[_Telling]:
    """The two easiest, in their order, where all are harder than they should be."""
    return sorted(sorted(tellings, key=lambda telling: telling.grade)[:2])
