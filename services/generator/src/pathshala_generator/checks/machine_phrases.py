"""The phrases of a model that speaks of itself, to its user, or of its instructions: regular expressions.

`lists/machine_phrases.json` has them by kind; `<part>` in one stands for what it has under `parts`.
"""

import re
from collections.abc import Mapping
from functools import reduce

from pathshala_common.contract.lesson import Value
from pathshala_generator.text.word_lists import read_list


class _Listed(Value):
    phrases: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, str]
    topics: Mapping[str, frozenset[str]]


_LISTED = _Listed.model_validate(read_list(__package__, "machine_phrases"))
TOPICS_OF_FORM, TOPICS_OF_ORDERS = _LISTED.topics["of form"], _LISTED.topics["of orders"]
"""Lessons on these may speak of them."""


def _pattern(kind: str) -> re.Pattern[str]:
    """Any phrase of a kind, case ignored; ^ is the beginning of a line."""
    return re.compile("|".join(map(_filled, _LISTED.phrases[kind])), re.IGNORECASE | re.MULTILINE)


def _filled(phrase: str) -> str:
    return reduce(lambda text, part: text.replace(f"<{part[0]}>", part[1]), _LISTED.parts.items(), phrase)


OF_ITSELF, TO_WHOEVER_ORDERED = _pattern("of itself"), _pattern("to whoever ordered")
OF_ORDERS, OF_FORM = _pattern("of orders"), _pattern("of form")
