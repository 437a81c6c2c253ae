"""Patterns that are rarely found, and looked for only where one of their signs stands. Pure.

A search tries a pattern of many words at each place of a text; whether a few letters stand in it is known at once.
"""

import re
from functools import cached_property

from pathshala_common.text.dissection import Dissection

ANY = ("",)
"""The sign of an expression that has none: it stands in every text."""


class Pattern:
    """A regular expression, and letters (folded, as `Dissection.caseless`) of which each match has some; none: any.

    Most are never searched with in the life of a process, so each is compiled when it first is.
    """

    def __init__(self, expression: str, *signs: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self._expression, self._flags, self.signs = expression, flags, signs or ANY

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """It, compiled."""
        return re.compile(self._expression, self._flags)

    def stands_in(self, text: Dissection) -> bool:
        """Whether the text has a match."""
        return AnyOf([self]).stands_in(text)


class AnyOf(tuple[Pattern, ...]):
    """Patterns that are looked for together."""

    __slots__ = ()

    def stands_in(self, text: Dissection) -> bool:
        """Whether the text has a match of any."""
        caseless, whole = text.caseless, text.text
        for pattern in self:  # hundreds of them a lesson, so that no call is made for each
            for sign in pattern.signs:
                if sign in caseless:
                    if pattern.expression.search(whole):
                        return True
                    break
        return False
