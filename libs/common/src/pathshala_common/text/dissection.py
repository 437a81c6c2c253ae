"""A text taken apart, once for all who read it: each view is made when it is first asked for, and kept.

A check asks for `dissected(text)` and reads; what another check has asked for before costs nothing.
"""

from collections import Counter
from functools import cached_property, lru_cache
from itertools import repeat

from pathshala_common.contract.lesson import LanguageTag
from pathshala_common.text.content import content_of
from pathshala_common.text.families import family
from pathshala_common.text.languages import Identified, identified
from pathshala_common.text.scripts import letters, most_of
from pathshala_common.text.sentences import sentences
from pathshala_common.text.stems import stem
from pathshala_common.text.words import accented_words, plain, plain_word, split

TEXTS_KEPT = 1_024
"""Several times the texts of one lesson: its fields and article with their sentences, its quotes, earlier revisions."""

_OTHER_I = "\u0130\u0131"
"""Turkish has an I with and one without a dot; to a regular expression that ignores case they are one."""


class Dissection:
    """The views of one text. It is shared by all who have the same text before them, so nobody changes it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._content: dict[LanguageTag, frozenset[str]] = {}
        self._families: dict[LanguageTag, frozenset[str]] = {}
        self._stems: dict[LanguageTag, frozenset[str]] = {}

    @cached_property
    def sentences(self) -> tuple["Dissection", ...]:
        """Its sentences in their order."""
        return tuple(map(dissected, sentences(self.text)))

    @cached_property
    def plain(self) -> str:
        """It without case and accents."""
        return plain(self.text)

    @cached_property
    def caseless(self) -> str:
        """It without case alone, as regular expressions that ignore case see it."""
        if self.text.isascii():
            return self.plain
        text = self.text
        for other in _OTHER_I:
            text = text.replace(other, "i")
        return text.casefold()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words and numbers, folded."""
        return tuple(split(self.plain))

    @cached_property
    def accented(self) -> tuple[str, ...]:
        """The same with their accents."""
        return self.words if self.text.isascii() else tuple(accented_words(self.text))

    @cached_property
    def spelled(self) -> str:
        """Its words without accents as one text, a blank before each."""
        return "".join(f" {plain_word(word)}" for word in self.accented)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its numbers."""
        return frozenset(filter(str.isdigit, self.words))

    @cached_property
    def letters(self) -> Counter[str]:
        """Its letters of each script, counted."""
        return letters(self.text)

    @property
    def script(self) -> str | None:
        """The script of most of its letters; None if it has none."""
        return most_of(self.letters)

    @cached_property
    def language(self) -> Identified:
        """The language that it is in, as far as it can be told."""
        return identified(self.text)

    def stems(self, language: LanguageTag) -> frozenset[str]:
        """The stems of all its words by the grammar of a language."""
        if language not in self._stems:
            self._stems[language] = frozenset(map(stem, self.accented, repeat(language)))
        return self._stems[language]

    def families(self, language: LanguageTag) -> frozenset[str]:
        """The families of its words by the grammar of a language."""
        if language not in self._families:
            self._families[language] = frozenset(map(family, self.accented, repeat(language)))
        return self._families[language]

    def content(self, language: LanguageTag) -> frozenset[str]:
        """The stems of those of its words that carry meaning."""
        if language not in self._content:
            self._content[language] = content_of(self.accented, language)
        return self._content[language]


@lru_cache(maxsize=TEXTS_KEPT)
def dissected(text: str) -> Dissection:
    """Give the dissection of a text, the same to all who ask while it is kept."""
    return Dissection(text)
