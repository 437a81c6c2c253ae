"""Makes a question of a sentence that the lesson tells: one of its words is left out. Pure."""

import re
from typing import NamedTuple

from pathshala_generator.text.words import MARKS, length

GAP = "_____"
WORDS_MIN = 5
NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w:/-]|[.,]\d)")
QUALIFIER = re.compile(r"\s*\([^()]*\)$")


class Cloze(NamedTuple):
    """A sentence with a gap, and what was there."""

    text: str
    answer: str


def without_name(sentence: str, title: str) -> Cloze | None:
    """Leave out the name of what the article is on, if it stands in the sentence just once."""
    name = QUALIFIER.sub("", title)
    return _with_gap(sentence, re.compile(rf"(?<![\w{MARKS}-]){re.escape(name)}(?![\w{MARKS}-])", re.IGNORECASE))


def without_number(sentence: str) -> Cloze | None:
    """Leave out a number, if there is just one."""
    return _with_gap(sentence, NUMBER)


def _with_gap(sentence: str, wanted: re.Pattern[str]) -> Cloze | None:
    found = list(wanted.finditer(sentence))
    if len(found) != 1 or length(sentence) < WORDS_MIN:
        return None
    [gap] = found
    return Cloze(f"{sentence[: gap.start()]}{GAP}{sentence[gap.end() :]}", gap[0])
