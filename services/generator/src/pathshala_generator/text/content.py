"""The words of a text that say what it is about: no grammar, no bare numbers. Pure."""

import re
from functools import lru_cache

from pathshala_common.contract.lesson import LanguageTag
from pathshala_generator.text.stems import stem
from pathshala_generator.text.word_lists import all_words
from pathshala_generator.text.words import accented_words, plain

FUNCTION_WORDS = all_words(__package__, "function_words")
"""Words that are grammar, folded. Shorter ones are told by their length."""
CONTENT_LENGTH_MIN = 4
"""Shorter Latin or Cyrillic words are mostly grammar."""
KEPT_TEXTS = 64

_SPELLED_WITH_SPACES = re.compile(r"[\u0000-\u05ff]")


@lru_cache(maxsize=KEPT_TEXTS)
def content(text: str, language: LanguageTag) -> frozenset[str]:
    """The stems of a text's words that carry meaning, by the grammar of a language."""
    return frozenset(stem(word, language) for word in accented_words(text) if _carries_meaning(plain(word)))


def _carries_meaning(word: str) -> bool:
    if word.isdigit() or word in FUNCTION_WORDS:
        return False
    return len(word) >= (CONTENT_LENGTH_MIN if _SPELLED_WITH_SPACES.match(word) else 2)
