"""Wishes that a rule can meet, told from a few words of which each must be known. Pure.

A wish with a word that is not known is not understood at all: half of it must not pass for the whole.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from pathshala_common.contract.lesson import LessonPart
from pathshala_common.text.word_lists import read_list
from pathshala_common.text.words import words


class Wish(StrEnum):
    """The wishes for a part that a rule can tell; the last four are forms of a question."""

    ANOTHER = "another"
    SHORTER = "shorter"
    LONGER = "longer"
    EASIER = "easier"
    GAP = "gap"
    CHOICE = "choice"
    TRUE_FALSE = "true_false"
    OPEN = "open"


FORMS = frozenset({Wish.GAP, Wish.CHOICE, Wish.TRUE_FALSE, Wish.OPEN})


def understood(wish: str, part: LessonPart) -> Wish | None:
    """Tell which wish it is, of the part that it is about; None unless it is one of them and nothing else."""
    listed = _listed()
    left = [word for word in words(wish) if word not in listed["filling"] | listed[part]]
    found = {kind for kind in Wish if listed[kind] & set(left)}
    if any(all(word not in listed[kind] for kind in Wish) for word in left):
        return None
    found = found - {Wish.ANOTHER} or found
    return next(iter(found)) if len(found) == 1 else None


@cache
def _listed() -> Mapping[str, frozenset[str]]:
    """The words of each kind, of each part, and those that only fill, of all languages together."""
    read = read_list(__package__, "wishes")
    named = {**read["kinds"], **read["parts"], "filling": read["filling"]}
    return {name: frozenset(words(" ".join(of.values()))) for name, of in named.items()}
