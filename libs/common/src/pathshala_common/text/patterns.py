"""Patterns that are rarely found, and looked for only where one of their signs stands. Pure.

A search tries a pattern of many words at each place of a text; whether a few letters stand in it is known at once.
"""

import re
from typing import NamedTuple, Self

from pathshala_common.text.dissection import Dissection

ANY = ("",)
"""The sign of an expression that has none: it stands in every text."""


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
        return AnyOf([self]).stands_in(text)


class AnyOf(tuple[Pattern, ...]):
    """Patterns that are looked for together."""

    __slots__ = ()

    def stands_in(self, text: Dissection) -> bool:
        """Whether the text has a match of any."""
        caseless, whole = text.caseless, text.text
        for expression, signs in self:  # hundreds of them a lesson, so that no call is made for each
            for sign in signs or ANY:
                if sign in caseless:
                    if expression.search(whole):
                        return True
                    break
        return False
