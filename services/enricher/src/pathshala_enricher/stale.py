"""Says which quotes of a lesson its article has no more, and what stands there instead. Pure."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from pathshala_common.contract.lesson import PupilLesson
from pathshala_common.text.quoting import stands_in

NEAR = 0.6
"""How like a sentence must be to a quote to be shown as what became of it, from 0 to 1."""

_SENTENCE_END = re.compile(r"(?<=[.!?।॥])\s+|\n")


class StaleQuote(NamedTuple):
    """A quote that the newest revision has no more. `now` is the nearest sentence of it, if one is near."""

    number: int
    quote: str
    now: str | None


def stale_quotes(content: PupilLesson, newest: str) -> Sequence[StaleQuote]:
    """Compare the quotes with a text, by the rule by which they were found: blanks, case and marks do not count."""
    quotes = [said.quote for said in content.statements if said.quote]
    return [
        StaleQuote(number, quote, _nearest(quote, newest))
        for number, quote in enumerate(quotes, 1)
        if not stands_in(quote, newest)
    ]


def _nearest(quote: str, text: str) -> str | None:
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]
    return next(iter(get_close_matches(quote, sentences, n=1, cutoff=NEAR)), None)
