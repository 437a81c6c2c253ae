"""Weighs what a sentence of an article bears on its topic: its definition or law, a fact, or its past. Pure.

Told by cues in English and Hindi (`lists/core_cues.json`); of an article in another language the definition is known.
"""

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import cache, lru_cache

from pathshala_common.text.word_lists import read_list

TITLES_KEPT = 256
CORE_PLACES = 10
LAW_PLACES = 5
"""Encyclopedias say first what a topic is: no sentence beyond is taken for its core, or for the law that it is."""


class Bearing(IntEnum):
    """The weight of a sentence, the heaviest last. ORIGIN is a birth, a family or the history of a name."""

    ORIGIN = 0
    PAST = 1
    FACT = 2
    NAMED = 3
    PARTS = 4
    LAW = 5
    DEFINITION = 6


def bearing(sentence: str, place: int, title: str, *, is_history: bool = False) -> Bearing:
    """Weigh the sentence at this place of an article, from 0; of what is history itself, a date is no aside."""
    if place == 0:
        return Bearing.DEFINITION
    if _has("origin", sentence):
        return Bearing.ORIGIN
    if _has("past", sentence) and not is_history:
        return Bearing.PAST
    if place >= CORE_PLACES:
        return Bearing.FACT
    for cue, weight in (("law", Bearing.LAW), ("parts", Bearing.PARTS), ("named", Bearing.NAMED)):
        if _has(cue, sentence):
            return weight
    return Bearing.NAMED if _of_a_kind(title).match(sentence) else Bearing.FACT


def essential(article: Sequence[str]) -> list[str]:
    """The sentences without which nobody is told what the topic is: its definition, and the law that it states."""
    return [*article[:1], *(each for each in article[1:LAW_PLACES] if _has("states", each))]


@lru_cache(maxsize=TITLES_KEPT)
def _of_a_kind(title: str) -> re.Pattern[str]:
    """A sentence on one kind of the topic: "A proper noun is ..."."""
    return re.compile(rf"(?:In )?an? [\w-]+ {re.escape(title)}\b", re.IGNORECASE)


def _has(cue: str, sentence: str) -> bool:
    return bool(_cues()[cue].search(sentence))


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    listed = read_list(__package__, "core_cues")
    return {cue: re.compile("|".join(patterns), re.IGNORECASE) for cue, patterns in listed.items()}
