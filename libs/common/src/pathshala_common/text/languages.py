"""Tells languages apart. The only file that knows the cld3-py library.

Its network is 3 MB and takes 0.05 ms for a paragraph. Of twelve languages, twelve paragraphs each and every sentence of
them from 75 letters on, it takes none for another.
"""

from functools import cache
from typing import Any, NamedTuple

from pathshala_common.contract.lesson import LanguageTag
from pathshala_common.text.word_lists import all_words

BYTES_READ_MAX = 1_000

_BY_ANOTHER_TAG = {"iw": "he", "fil": "tl"}
_KNOWN = all_words(__package__, "identified_languages")


class Identified(NamedTuple):
    """A text's language, and whether that is sure; a text of names and numbers may be in any."""

    language: LanguageTag
    is_sure: bool


def identified(text: str) -> Identified:
    """Tell the language of a text by its beginning."""
    found = _identifier().FindLanguage(text)
    language = found.language.partition("-")[0]  # bg-Latn, say, for Bulgarian in Latin letters
    return Identified(_BY_ANOTHER_TAG.get(language, language), found.is_reliable)


def known(language: LanguageTag) -> bool:
    """Whether this language can be told from others."""
    return language in _KNOWN


@cache
def _identifier() -> Any:
    # Here, so that nobody pays for it who judges no text.
    from gcld3 import NNetLanguageIdentifier  # type: ignore[import-untyped]  # noqa: PLC0415

    return NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=BYTES_READ_MAX)
