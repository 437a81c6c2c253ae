"""Counts syllables by the places where a word may be hyphenated. The only file that knows the pyphen library.

Hyphenation misses some syllables, mostly at a word's ends, so that texts look easier than they are.
"""

from functools import cache, lru_cache
from typing import Any

from pathshala_common.contract.lesson import LanguageTag

WORDS_KEPT = 20_000


@lru_cache(maxsize=WORDS_KEPT)
def syllables(word: str, language: LanguageTag) -> int:
    """Count the syllables of a word, at least one. Raises KeyError for a language without a dictionary."""
    return len(_hyphenation(language).positions(word.lower())) + 1


@cache
def _hyphenation(language: LanguageTag) -> Any:
    # Here, so that nobody pays for the dictionaries who measures no text.
    from pyphen import Pyphen  # type: ignore[import-untyped]  # noqa: PLC0415

    return Pyphen(lang=language)
