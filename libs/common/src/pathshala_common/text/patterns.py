"""Patterns that are rarely found, and looked for only where one of their signs stands. Pure.

A search tries a pattern of many words at each place of a text; whether a few letters stand in it is known at once.
"""

import re
from collections.abc import Iterable
from functools import partial
from operator import contains
from typing import NamedTuple, Self

from pathshala_common.text.dissection import Dissection


class Pattern(NamedTuple):
    """A regular expression, and letters (folded, as `Dissection.caseless`) of which each match has some; none: any."""

    expression: re.Pattern[str]
    signs: tuple[str, ...] = ()

    @classmethod
    def of(cls, expression: str, *signs: str, flags: re.RegexFlag = re.NOFLAG) -> Self:
        """Compile it."""
        return cls(re.compile(expression, flags), signs)

    def stands_in(self, text: Dissection) -> bool:
        """Whether the text has a match."""
        is_possible = not self.signs or any(map(partial(contains, text.caseless), self.signs))
        return is_possible and self.expression.search(text.text) is not None


def any_stands_in(patterns: Iterable[Pattern], text: Dissection) -> bool:
    """Whether the text has a match of any."""
    return any(pattern.stands_in(text) for pattern in patterns)
