"""Compares the words of a topic with those of an article, give or take their endings. Pure."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial

from pathshala_common.contract.lesson import fold

WEIGHTY_LENGTH_MIN = 4
STEM_LENGTH_MIN = 4
STEM_SHARE_MIN = 0.6
FORM_SHARE_MIN = 0.76
ENDING_LENGTH_MAX = 2
PLURAL_LENGTH_MIN = 4

_QUALIFIER = re.compile(r"\s*\([^()]*\)$")


def words(text: str) -> Sequence[str]:
    """Split into words without accents and vowel signs, so that inflected forms keep a common beginning."""
    letters = []
    for each in unicodedata.normalize("NFKD", fold(text)):
        category = unicodedata.category(each)[0]
        if category != "M":
            letters.append(each if category in "LN" else " ")
    return "".join(letters).split()


def weighty(name: Sequence[str]) -> Sequence[str]:
    """Leave out short Latin words (of, the), unless there are no others."""
    return [word for word in name if not word.isascii() or len(word) >= WEIGHTY_LENGTH_MIN] or name


def mentions(text: Sequence[str], name: Sequence[str]) -> bool:
    """Whether at least half of the name's weighty words occur, in one of their forms."""
    return _mentions(text, name, is_form)


def touches(text: Sequence[str], name: Sequence[str]) -> bool:
    """Whether at least half of the name's weighty words occur, or words akin to them: chemistry, chemical."""
    return _mentions(text, name, is_akin)


def is_named(title: str, topic: Sequence[str], *, qualified: bool = True) -> bool:
    """Whether a title is the topic itself, give or take endings and, if it may be `qualified`, words in brackets."""
    named = words(_QUALIFIER.sub("", title) if qualified else title)
    return len(named) == len(topic) and all(map(is_form, named, topic))


def singular(word: str) -> str:
    """Give an English word without the ending of its plural."""
    if len(word) < PLURAL_LENGTH_MIN or not word.isascii() or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def is_form(one: str, other: str) -> bool:
    """Whether two words are likely inflections of one: verb, verbs."""
    one, other = singular(one), singular(other)
    return _begins(one, other) or _shared(one, other) >= FORM_SHARE_MIN * max(len(one), len(other))


def is_akin(one: str, other: str) -> bool:
    """Whether two words likely have one root: chemistry, chemical."""
    return _begins(one, other) or _shared(one, other) >= STEM_SHARE_MIN * min(len(one), len(other))


def _begins(one: str, other: str) -> bool:
    """Whether the longer word begins with the other, and that is no mere syllable."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(long) - len(short) <= ENDING_LENGTH_MAX or len(short) >= STEM_LENGTH_MIN)


def _shared(one: str, other: str) -> int:
    """Count the letters that both begin with; none, if they are too few to tell anything."""
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared if shared >= STEM_LENGTH_MIN else 0


def _mentions(text: Sequence[str], name: Sequence[str], alike: Callable[[str, str], bool]) -> bool:
    sought = weighty(name)
    found = sum(any(map(partial(_occurs, alike, word), text)) for word in sought)
    return bool(sought) and 2 * found >= len(sought)


def _occurs(alike: Callable[[str, str], bool], word: str, other: str) -> bool:
    """Whether a word is like another, or runs within it, in a script without blanks between words."""
    return alike(word, other) or (not word.isascii() and word in other)
