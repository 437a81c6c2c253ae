"""Words of any topic, of any lesson, and those that ask, in the languages in which we know them."""

from collections.abc import Mapping
from functools import lru_cache

from pathshala_common.contract.lesson import LanguageTag
from pathshala_common.text.content import content
from pathshala_common.text.scripts import LANGUAGES_KEPT
from pathshala_common.text.word_lists import all_words, word_lists
from pathshala_common.text.words import plain

_GENERAL = " ".join(all_words(__package__, "general_words"))
_CLASSROOM = " ".join(all_words(__package__, "classroom_words"))

ASKING_WORDS: Mapping[LanguageTag, frozenset[str]] = {
    language: frozenset(map(plain, asking)) for language, asking in word_lists(__package__, "asking_words").items()
}


@lru_cache(maxsize=LANGUAGES_KEPT)
def general_stems(language: LanguageTag) -> frozenset[str]:
    """Give the stems of words that fit any topic: those of all languages, since lessons on languages mix them."""
    return content(_GENERAL, language)


@lru_cache(maxsize=LANGUAGES_KEPT)
def classroom_stems(language: LanguageTag) -> frozenset[str]:
    """Give these and those of what is done in any lesson."""
    return general_stems(language) | content(_CLASSROOM, language)
