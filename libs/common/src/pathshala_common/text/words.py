"""Takes texts of any script apart into words and numbers. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

MARKS = "".join(chr(sign) for sign in range(0x300, 0x1E00) if unicodedata.category(chr(sign)) in {"Mn", "Mc"})
"""Accents and vowel signs, which belong to the letter before them; for use within the brackets of a pattern."""
WORDS_KEPT = 20_000

_WORD = re.compile(f"(?:[^\\W_]|[{MARKS}])+")
_ASCII_WORD = re.compile("[A-Za-z0-9]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_ACCENTS = dict.fromkeys(range(0x300, 0x370))
_UNSEEN = {ord(sign): None for sign in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}


def plain(text: str) -> str:
    """Fold case, accents of Latin, Greek and Cyrillic letters, and signs that cannot be seen."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.translate(_UNSEEN).casefold())
    return unicodedata.normalize("NFC", apart.translate(_ACCENTS))


@lru_cache(maxsize=WORDS_KEPT)
def plain_word(word: str) -> str:
    """Fold a single word; lessons share most of theirs."""
    return plain(word)


def words(text: str) -> list[str]:
    """The words and numbers of a text, folded. In scripts without blanks a word is two neighbouring signs."""
    return split(plain(text))


def accented_words(text: str) -> list[str]:
    """The same with their accents, by which grammars know endings."""
    if text.isascii():
        return split(text.lower())
    return split(unicodedata.normalize("NFKC", text.translate(_UNSEEN).casefold()))


def length(text: str) -> int:
    """Count the words of a text. In scripts without blanks between words, two signs count as one word."""
    return len(words(text))


def runs(told: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """Give each run of so many words in a row, in their order; none of fewer words."""
    return zip(*(told[place:] for place in range(length)), strict=False)


def split(folded: str) -> list[str]:
    """The words of a text that has been folded."""
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return [part for word in _WORD.findall(folded) for part in _parts(word)]


def _parts(word: str) -> Iterable[str]:
    if _UNSPACED.match(word) and len(word) > 2:  # noqa: PLR2004 - pairs
        return (word[place : place + 2] for place in range(len(word) - 1))
    return (word,)
