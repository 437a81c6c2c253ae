"""Tells how rare a word is, by a short list of the words that stand in many texts on all kinds of things.

`lists/background_words.json` counts, for each language that it knows, the texts in which a family of words stands; it
is made by `python -m tests.evals.background` of this repository's own articles, leads, verses and plan. Less than three
texts are not listed.
"""

from functools import cache
from math import log

from pathshala_common.contract.lesson import LanguageTag, Value, primary_language
from pathshala_common.text.word_lists import read_list

LIST = "background_words"
TEXTS_MIN = 3
"""A word of fewer texts is not listed, and is as rare as can be."""


class Background(Value):
    """The number of texts, and in how many of them a family of words stands."""

    texts: int
    families: dict[str, int]


UNLISTED_LANGUAGE = 4.0
"""The rarity of every word of a language that has no list: that of a word in every fiftieth text."""


def rarity(family: str, language: LanguageTag) -> float:
    """The logarithm of how many texts there are for each in which a family stands."""
    known = _listed().get(primary_language(language))
    return UNLISTED_LANGUAGE if known is None else log(known.texts / known.families.get(family, 1))


@cache
def _listed() -> dict[LanguageTag, Background]:
    return {language: Background.model_validate(counted) for language, counted in read_list(__package__, LIST).items()}
