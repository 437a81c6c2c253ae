"""Formulas of reading ease, each with its source, for the languages that it was made for. Pure.

English has one that counts letters: its syllables cannot be told by hyphenation. Polish, Hungarian and others have no
formula here that was made for them.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_common.text.dissection import dissected
from pathshala_common.text.syllables import syllables

COUNTS_KEPT = 64
"""A lesson is measured by its check, and again for its reader."""


class Counts(NamedTuple):
    """The counts of a text. `strokes` are all signs but blanks, `letters` letters and digits alone."""

    sentences: int
    words: int
    strokes: int = 0
    letters: int = 0
    syllables: int = 0


class FleschWeights(NamedTuple):
    """Flesch's constants: the base, and the weights of words a sentence and of syllables a word."""

    base: float
    sentence: float
    syllable: float


WEIGHTS: Mapping[LanguageTag, FleschWeights] = {
    "de": FleschWeights(180, 1, 58.5),  # Amstad 1978
    "es": FleschWeights(206.84, 1.02, 60),  # Fernandez Huerta 1959
    "fr": FleschWeights(207, 1.015, 73.6),  # Kandel and Moles 1958
    "nl": FleschWeights(206.835, 0.93, 77),  # Douma 1960
    "ru": FleschWeights(206.835, 1.3, 60.1),  # Oborneva 2006
}
"""By those who fitted the formula so that Flesch's table of 1949 by school years holds."""

ARI, EASE, GULPEASE = "automated_readability_index", "flesch_reading_ease", "gulpease_index"
FORMULAS: Mapping[LanguageTag, str] = {"en": ARI, "it": GULPEASE} | dict.fromkeys(WEIGHTS, EASE)
"""The name of the formula for a language."""


def automated_readability_index(counted: Counts) -> float:
    """Give a grade of American schools (Smith and Senter, Automated Readability Index, AMRL-TR-66-220, 1967)."""
    return 4.71 * counted.strokes / counted.words + 0.5 * counted.words / counted.sentences - 21.43


def flesch_reading_ease(counted: Counts, weights: FleschWeights) -> float:
    """Give an ease, mostly from 0 to 100 (Flesch, A New Readability Yardstick, 1948)."""
    words_per_sentence, syllables_per_word = counted.words / counted.sentences, counted.syllables / counted.words
    return weights.base - weights.sentence * words_per_sentence - weights.syllable * syllables_per_word


def gulpease_index(counted: Counts) -> float:
    """Give an ease from 0 to 100 (Lucisano and Piemontese, GULPEASE, Scuola e citta 31:3, 1988)."""
    return 89 + (300 * counted.sentences - 10 * counted.letters) / counted.words


@lru_cache(maxsize=COUNTS_KEPT)
def count(text: str, language: LanguageTag) -> Counts:
    """Count a text that has a word. Words are what stands between blanks, as the formulas' authors counted them."""
    parts = text.split()
    words = [bare for part in parts if (bare := part if part.isalnum() else "".join(filter(str.isalnum, part)))]
    return Counts(
        sentences=len(dissected(text).sentences),
        words=len(words),
        strokes=sum(map(len, parts)),
        letters=sum(map(len, words)),
        syllables=sum(syllables(word, language) for word in words) if language in WEIGHTS else 0,
    )


def readability(text: str, language: LanguageTag) -> float:
    """Measure a text by the formula for its language. Raises KeyError without one."""
    tag = primary_language(language)
    formula, counted = FORMULAS[tag], count(text, tag)
    if formula == EASE:
        return flesch_reading_ease(counted, WEIGHTS[tag])
    return automated_readability_index(counted) if formula == ARI else gulpease_index(counted)
