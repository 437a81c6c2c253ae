"""The words of a text that say what it is about: no grammar, no bare numbers. Pure."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from pathshala_common.contract.lesson import LanguageTag
from pathshala_common.text.stems import stem
from pathshala_common.text.word_lists import all_words, word_lists
from pathshala_common.text.words import WORDS_KEPT, accented_words, plain_word

_LISTED = word_lists(__package__, "function_words")
GRAMMAR: Mapping[LanguageTag, frozenset[str]] = {
    language: frozenset(words) for languages, words in _LISTED.items() for language in languages.split(", ")
}
"""Words that are grammar, folded, by their language. Shorter ones are told by their length."""
VERDICTS = all_words(__package__, "verdicts")
"""The words by which a text asks whether something is true."""

FUNCTION_WORDS = frozenset().union(*GRAMMAR.values())
CONTENT_LENGTH_MIN = 4
"""Shorter Latin or Cyrillic words are mostly grammar."""

_SPELLED_WITH_SPACES = re.compile(r"[\u0000-\u05ff]")


def content(text: str, language: LanguageTag) -> frozenset[str]:
    """The stems of a text's words that carry meaning, by the grammar of a language."""
    return content_of(accented_words(text), language)


def content_of(accented: Iterable[str], language: LanguageTag) -> frozenset[str]:
    """The same of words that have been taken apart already."""
    return frozenset(told for word in accented if (told := _telling(word, language)) is not None)


@lru_cache(maxsize=WORDS_KEPT)
def _telling(word: str, language: LanguageTag) -> str | None:
    """Give the stem of a word that carries meaning."""
    return stem(word, language) if carries_meaning(plain_word(word)) else None


def carries_meaning(word: str) -> bool:
    """Whether a word, folded, says something: it is neither grammar nor a bare number."""
    if word.isdigit() or word in FUNCTION_WORDS:
        return False
    return len(word) >= (CONTENT_LENGTH_MIN if _SPELLED_WITH_SPACES.match(word) else 2)
