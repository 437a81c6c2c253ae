"""Which script a text is written in, and which scripts a language is written in.

A script goes by the first word of its letters' Unicode names. The lists say which languages are usually written in it,
and by which subtag of ISO 15924 a tag names it against its language's habit (hi-Latn).
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_common.text.word_lists import word_lists

LATIN = "LATIN"
LANGUAGES_KEPT = 256
"""Languages for which something that was worked out is kept: a tag is whatever somebody orders in."""

_LANGUAGES = word_lists(__package__, "scripts")
_SUBTAGS = {
    subtag: script for script, subtags in word_lists(__package__, "script_subtags").items() for subtag in subtags
}
_NO_ASCII_LETTERS = bytes(sign for sign in range(128) if not chr(sign).isalpha())
_LATIN_BY_ANOTHER_NAME = frozenset({"FEMININE", "MASCULINE", "MICRO", "FULLWIDTH"})


@lru_cache(maxsize=LANGUAGES_KEPT)
def scripts(language: LanguageTag) -> frozenset[str]:
    """The scripts that a text in a language may be written in; Latin where nothing else is known."""
    told = frozenset(_SUBTAGS[subtag] for subtag in _subtags(language))
    usual = (script for script, languages in _LANGUAGES.items() if primary_language(language) in languages)
    return told or frozenset(usual) or frozenset({LATIN})


def has_script_subtag(language: LanguageTag) -> bool:
    """Whether a tag says itself in which script."""
    return bool(_subtags(language))


def letters(text: str) -> Counter[str]:
    """Count the letters of each script in a text."""
    if text.isascii():
        count = len(text.encode().translate(None, _NO_ASCII_LETTERS))
        return Counter({LATIN: count} if count else {})
    counted: Counter[str] = Counter()
    for sign, times in Counter(text).items():
        if sign.isalpha():
            counted[_script(sign)] += times
    return counted


def script_of(text: str) -> str | None:
    """The script of most of a text's letters; None if it has none."""
    return most_of(letters(text))


def most_of(counted: Mapping[str, int]) -> str | None:
    """The script of most letters that were counted; of as many, the one that came first. None without any."""
    return max(counted, key=lambda script: counted[script]) if counted else None


def _subtags(language: LanguageTag) -> list[str]:
    return [subtag.title() for subtag in language.split("-")[1:] if subtag.title() in _SUBTAGS]


@lru_cache(maxsize=4_096)
def _script(sign: str) -> str:
    name = unicodedata.name(sign, "UNKNOWN").split()[0]
    return LATIN if name in _LATIN_BY_ANOTHER_NAME else name
