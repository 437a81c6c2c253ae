"""Tells which words make a text what it is: the rarer elsewhere, the more. Pure."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from heapq import nlargest
from math import log
from types import MappingProxyType

from pathshala_common.contract.lesson import LanguageTag
from pathshala_common.text.background import rarity
from pathshala_common.text.content import carries_meaning
from pathshala_common.text.dissection import dissected
from pathshala_common.text.families import family
from pathshala_common.text.words import plain_word

TEXTS_KEPT = 64
FAMILIES_MAX = 60
"""No more are weighed of a long text: those that it says often, before others."""
COMMON = log(5)
"""The rarity of a word of every fifth text; that one, and what is more common, tells nothing of a text."""


def rarest(language: LanguageTag) -> float:
    """The weight of a word that no list knows: the most that a word can weigh."""
    return rarity("", language) - COMMON


@lru_cache(maxsize=TEXTS_KEPT)
def salience(text: str, language: LanguageTag) -> Mapping[str, float]:
    """Weigh the families of a text's words that other texts do not have as often; a rare one weighs about 5."""
    told = (word for word in dissected(text).accented if carries_meaning(plain_word(word)))
    counted = Counter(family(word, language) for word in told)
    weighed = {each: weight for each in counted if (weight := rarity(each, language) - COMMON) > 0}
    most = nlargest(FAMILIES_MAX, weighed, key=lambda each: counted[each] * weighed[each])
    return MappingProxyType({each: weighed[each] for each in most})
