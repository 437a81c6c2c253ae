"""Finds in a source the words that somebody says to quote, as the source has them. Pure."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

APOSTROPHES = "\u2018\u2019\u02bc"
QUOTATION_MARKS = "\u201c\u201d\u00ab\u00bb"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
LOW_APOSTROPHES, LOW_QUOTATION_MARKS = "\u201a\u201b", "\u201e"
ALIKE = str.maketrans(
    dict.fromkeys(APOSTROPHES + LOW_APOSTROPHES, "'")
    | dict.fromkeys(QUOTATION_MARKS + LOW_QUOTATION_MARKS, '"')
    | dict.fromkeys(DASHES, "-")
)
"""Signs of one meaning and several shapes, wherever quotes are compared."""

SOURCES_KEPT = 16
"""A lesson quotes its article several times: it is folded once."""

FRAME = " \n\"'\u2026" + APOSTROPHES + QUOTATION_MARKS


class QuotePlace(NamedTuple):
    """The place of words in a text, in characters (Unicode code points) from 0; `end` is behind the last."""

    start: int
    end: int


def located(quote: str, source: str) -> str | None:
    """Give the quoted span of the source in its own words, on one line; None if it does not stand there.

    It has to be a run of whole words. Blanks, case and the shape of quotation marks and dashes do not count; nothing
    else is forgiven.
    """
    found = place_of(quote, source)
    return None if found is None else " ".join(source[found.start : found.end].split())


def place_of(quote: str, source: str) -> QuotePlace | None:
    """Give the first place in the source where a quote stands, by the same rule; None if it does not."""
    wanted, (folded, places) = _folded(quote.strip(FRAME)), _folded_source(source)
    found = _place_of(wanted, folded)
    return None if found is None else QuotePlace(places[found], places[found + len(wanted) - 1] + 1)


def stands_in(quote: str, source: str) -> bool:
    """Whether a quote stands in a source by the same rule, its own marks at both ends included."""
    return _place_of(_folded(quote.strip()), _folded_source(source)[0]) is not None


def _place_of(wanted: str, folded: str) -> int | None:
    """Find the first place where whole words run so."""
    place = folded.find(wanted) if wanted else -1
    while place >= 0:
        if not (_parts_a_word(folded, place) or _parts_a_word(folded, place + len(wanted))):
            return place
        place = folded.find(wanted, place + 1)
    return None


def _parts_a_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and _is_of_word(text[place - 1]) and _is_of_word(text[place])


def _is_of_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_" or unicodedata.category(sign) in {"Mn", "Mc"}


def _folded(text: str) -> str:
    """Fold a text: a blank for each run of blanks, and none before the first word."""
    folded = text.translate(ALIKE).casefold()
    return " ".join(folded.split()) + (" " if folded[-1:].isspace() and not folded.isspace() else "")


@lru_cache(maxsize=SOURCES_KEPT)
def _folded_source(source: str) -> tuple[str, Sequence[int]]:
    """Fold a text, and say of each sign of the result where it comes from."""
    folded = _folded(source)
    if len(source.casefold()) == len(source) == len(folded):  # each sign becomes one
        return folded, range(len(source))
    places: list[int] = []
    is_after_blank = True
    for place, sign in enumerate(source):
        if not (sign.isspace() and is_after_blank):
            places.extend([place] * len(sign.translate(ALIKE).casefold()))
        is_after_blank = sign.isspace()
    return folded, places
