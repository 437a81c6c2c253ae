"""Which sentences of an article a lesson tells, by its level: what the topic is, then facts; its past comes last."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from pathshala_common.contract.lesson import Article, Level
from pathshala_common.text.core import Bearing, bearing, essential
from pathshala_common.text.readability import automated_readability_index, count
from pathshala_common.text.sentences import sentences
from pathshala_common.text.words import length
from pathshala_generator.offline.shortening import in_short
from pathshala_generator.offline.telling import is_tellable, leans, quotable, told


class Measure(NamedTuple):
    """The bounds for a level: sentences beside the definition, how many of them for the core, and each one's size.

    Hardness is a school grade by the automated readability index, of a single sentence.
    """

    facts: int
    core: int
    words_max: int
    grade_max: float
    briefly: bool = False


MEASURES: Mapping[Level, Measure] = {
    Level.PRIMARY: Measure(4, 2, 16, 9, briefly=True),
    Level.MIDDLE: Measure(5, 3, 24, 13),
    Level.SECONDARY: Measure(7, 4, 36, 20),
    Level.ADULT: Measure(9, 5, 60, 40),
}
ARTICLES_KEPT = 256
SENTENCES_MAX = 60
SPARE = 3
"""Up to so many facts are passed over at later turns, when a lesson of the first ones would not do."""


class Fact(NamedTuple):
    """A sentence as it is told, and as it stands in the article.

    One that is long for the level and cannot be left out asks to be led in; one that leans needs the one before it.
    """

    text: str
    quote: str
    is_long: bool = False
    leans: bool = False


def facts_of(article: Article, level: Level, turn: int = 0, *, is_history: bool = False) -> Sequence[Fact]:
    """Give the facts in the article's order, the definition and the law that it states first; never none."""
    measure = MEASURES[level]
    definition, *others = _tellings(article.summary, article.title, level, is_history=is_history)
    core = _core(others, measure)
    rest = [telling for telling in others if telling not in core and telling.bearing > Bearing.PAST]
    fitting = [telling for telling in rest if telling.is_short] or ([] if core else _easiest(rest))
    chosen = {definition, *core}
    _add(chosen, _run(fitting, max(0, measure.facts - len(core)), turn))
    if len(chosen) <= measure.core:
        _add(chosen, sorted(others, key=lambda telling: (-telling.bearing, telling.place))[: measure.core])
    first = [definition, *(telling for telling in core if telling.is_essential)]
    return [telling.fact for telling in dict.fromkeys((*first, *sorted(chosen)))]


class _Telling(NamedTuple):
    """A sentence that can be told, its place in the article, what it bears on the topic, and how hard it is."""

    place: int
    fact: Fact
    bearing: Bearing
    is_essential: bool
    is_short: bool
    grade: float

    @property
    def leans(self) -> bool:
        return self.fact.leans


def _core(others: Sequence[_Telling], measure: Measure) -> list[_Telling]:
    """The heaviest, with those that they lean on."""
    heaviest = sorted(others, key=lambda telling: (-telling.bearing, telling.place))[: measure.core]
    chosen = {telling for telling in heaviest if telling.bearing >= Bearing.NAMED}
    by_place = {telling.place: telling for telling in others}
    for telling in tuple(chosen):
        while telling.leans and telling.place - 1 in by_place:
            telling = by_place[telling.place - 1]  # noqa: PLW2901 - back to the one that stands alone
            chosen.add(telling)
    return sorted(chosen)


def _add(chosen: set[_Telling], tellings: Sequence[_Telling]) -> None:
    """Add those that lean on nothing that is left out."""
    for telling in tellings:
        if not telling.leans or telling.place - 1 in {each.place for each in chosen}:
            chosen.add(telling)


def _run(fitting: Sequence[_Telling], wanted: int, turn: int) -> Sequence[_Telling]:
    """Give the first in a row, so that one follows from the other; at a later turn from a later one on."""
    start = min(turn, SPARE, max(0, len(fitting) - wanted))
    while start and fitting[start].leans:
        start -= 1
    return fitting[start : start + wanted]


@lru_cache(maxsize=ARTICLES_KEPT)
def _tellings(summary: str, title: str, level: Level, *, is_history: bool) -> tuple[_Telling, ...]:
    """Give what can be told of an article; its first sentence at least."""
    whole = sentences(summary)
    places = [place for place, sentence in enumerate(whole) if is_tellable(sentence)] or [0]
    laws = frozenset(essential(whole))
    return tuple(
        _telling(
            place,
            whole[place],
            bearing(whole[place], place if place != places[0] else 0, title, is_history=is_history),
            MEASURES[level],
            is_essential=whole[place] in laws,
        )
        for place in places[:SENTENCES_MAX]
    )


def _telling(place: int, sentence: str, weight: Bearing, measure: Measure, *, is_essential: bool) -> _Telling:
    """Tell a sentence whole if that suits the level, else in short sentences."""
    quote = quotable(sentence)
    text = told(quote, briefly=measure.briefly)
    if measure.briefly or not _suits(text, measure):
        text = " ".join(told(part, briefly=measure.briefly) for part in sentences(in_short(quote)))
    is_short = all(_suits(part, measure) for part in sentences(text))
    grade = max((_grade(part) for part in sentences(text)), default=0.0)
    is_essential = is_essential or weight == Bearing.DEFINITION
    fact = Fact(text, quote, is_essential and not is_short, leans(sentence))
    return _Telling(place, fact, weight, is_essential, is_short, grade)


def _suits(text: str, measure: Measure) -> bool:
    return length(text) <= measure.words_max and _grade(text) <= measure.grade_max


def _grade(text: str) -> float:
    """The automated readability index of a sentence; made for English, and telling in Latin letters alone."""
    if not text[:1].isascii() or not any(map(str.isalnum, text)):
        return 0.0
    return automated_readability_index(count(text, "en")._replace(sentences=1))


def _easiest(tellings: Sequence[_Telling]) -> list[_Telling]:
    """The two easiest, in their order, where all are harder than they should be."""
    return sorted(sorted(tellings, key=lambda telling: telling.grade)[:2])
