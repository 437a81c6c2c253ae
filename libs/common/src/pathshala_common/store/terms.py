"""The terms that a search finds a lesson by: its words, its language and its level. Pure; both stores keep them.

A word is a run of letters, their marks and digits, of any script. Case does not count, nor do the accents of Latin,
Greek and Cyrillic letters; the vowel signs of Indian scripts are no accents.
"""

import unicodedata
from collections.abc import Sequence

from pathshala_common.contract.lesson import EditionKey, canonical
from pathshala_common.contract.ports.store import EditionSearch

ACCENTS = range(0x300, 0x370)
"""The combining marks that a letter loses; those of single scripts lie elsewhere."""

TITLE_LENGTH_MAX = 300
"""As much of a title is searched: no more than a line or two."""

KEPT = range(0x10000)
"""The signs whose part is kept once it was looked up: those of nearly every living script."""

PARTS = frozenset({"L", "M", "N"})
"""Letters, marks and numbers, by the first letter of their category."""


def terms_of(edition: EditionKey, title: str) -> Sequence[str]:
    """Give every term of an edition whose newest revision has this title."""
    words = words_of(f"{edition.subject} {edition.topic} {title[:TITLE_LENGTH_MAX]}")
    return sorted({*words, _language(edition.language), _level(edition.level)})


def terms_wanted(search: EditionSearch) -> Sequence[str]:
    """Give the terms that all must be met, those that few have first: long words are rarer than short ones."""
    wanted = sorted(set(words_of(search.words)), key=lambda word: (-len(word), word))
    if search.language is not None:
        wanted.append(_language(canonical(search.language)))
    return wanted if search.level is None else [*wanted, _level(search.level.value)]


def words_of(text: str) -> Sequence[str]:
    """Take a text apart into words as they are compared."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return folded.translate(_PARTS).split()


class _Parts(dict[int, str]):
    """A table of signs: each is itself in a word, or nothing, or the end of the word. It is filled as they are met."""

    def __missing__(self, code: int) -> str:
        sign, category = chr(code), unicodedata.category(chr(code))
        if code in ACCENTS or category == "Cf":
            sign = ""
        elif category[0] not in PARTS:
            sign = " "
        if code in KEPT:
            self[code] = sign
        return sign


_PARTS = _Parts()


def _language(tag: str) -> str:
    return f"language={tag}"


def _level(level: str) -> str:
    return f"level={level}"
