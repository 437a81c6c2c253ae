"""The phrases of a model that speaks of itself, to its user, or of its instructions, and of orders to one.

`lists/machine_phrases.json` has them by kind; `<part>` in one stands for what it has under `parts`. Each phrase has its
signs, one of which stands wherever it does.
"""

import re
from collections.abc import Mapping
from functools import reduce

from pathshala_common.contract.lesson import Value
from pathshala_common.text.patterns import AnyOf, Pattern
from pathshala_common.text.word_lists import read_list


class _Phrase(Value):
    phrase: str
    signs: tuple[str, ...]


class _Listed(Value):
    phrases: Mapping[str, tuple[_Phrase, ...]]
    parts: Mapping[str, str]
    topics: Mapping[str, frozenset[str]]


_LISTED = _Listed.model_validate(read_list(__package__, "machine_phrases"))
TOPICS_OF_FORM, TOPICS_OF_ORDERS = _LISTED.topics["of form"], _LISTED.topics["of orders"]
TOPICS_OF_TAGS = _LISTED.topics["of tags"]
"""Lessons on these may speak of them."""


def _patterns(kind: str) -> AnyOf:
    """The phrases of a kind, case ignored; ^ is the beginning of a line."""
    return AnyOf(
        Pattern(_filled(one.phrase), *one.signs, flags=re.IGNORECASE | re.MULTILINE) for one in _LISTED.phrases[kind]
    )


def _filled(phrase: str) -> str:
    return reduce(lambda text, part: text.replace(f"<{part[0]}>", part[1]), _LISTED.parts.items(), phrase)


OF_ITSELF, TO_WHOEVER_ORDERED = _patterns("of itself"), _patterns("to whoever ordered")
OF_ORDERS, OF_TAGS, OF_FORM = _patterns("of orders"), _patterns("of tags"), _patterns("of form")
ORDERS_TO_MACHINES = _patterns("orders to machines")
"""These are no lesson's, but an article's: a sentence of it that wants something of whoever reads it by machine."""
