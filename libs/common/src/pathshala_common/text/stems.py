"""Cuts words so that their inflections come to the same. The only file that knows the snowballstemmer library.

Languages that it lacks are cut at a length, which serves most inflected languages about as well.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_common.text.scripts import LATIN, script_of, scripts
from pathshala_common.text.words import MARKS, plain

STEM_LENGTH = 5
"""Signs that count in a word that is cut."""
STEM_LENGTH_MIN = 3
PLURAL_LENGTH_MIN = 4
STEMS_KEPT = 20_000

ALGORITHMS: Mapping[LanguageTag, str] = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
ENGLISH = "en"

_ONE_SPELLING = str.maketrans("\u0901", "\u0902")
"""Hindi writes a nasal vowel with chandrabindu or anusvara; the stemmer knows endings with the second."""
_SPELLED_WITH_SPACES = re.compile(r"[\u0000-\u05ff]")


@lru_cache(maxsize=STEMS_KEPT)
def stem(word: str, language: LanguageTag) -> str:
    """Give the folded stem of a word as `accented_words` gives it.

    A word in another script than the language's is taken for English if its letters are Latin, and else cut.
    """
    script = script_of(word)
    tag = primary_language(language) if script in scripts(language) else ENGLISH if script == LATIN else None
    algorithm = ALGORITHMS.get(tag) if tag else None
    return plain(_by(algorithm, word.translate(_ONE_SPELLING))) if algorithm else _cut(plain(word))


def _by(algorithm: str, word: str) -> str:
    # Here, so that nobody pays for the stemmers of all languages who stems no word.
    from snowballstemmer import stemmer  # type: ignore[import-untyped]  # noqa: PLC0415

    # A stemmer holds the word that it works on, so that threads must not share one; to make one costs a microsecond.
    stemmed: str = stemmer(algorithm).stemWord(word)
    return stemmed


def singular(word: str) -> str:
    """Give an English word in the singular: for comparing words of which only the number may differ."""
    if len(word) < PLURAL_LENGTH_MIN or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def _cut(word: str) -> str:
    if _SPELLED_WITH_SPACES.match(word):
        singular = word.removesuffix("s") if len(word) > STEM_LENGTH_MIN else word
        cut = singular[:STEM_LENGTH]
        short = cut.rstrip("aeiouyаеиоуыя")  # noqa: RUF001 - Cyrillic endings are meant
    else:
        cut = word[:STEM_LENGTH]
        short = cut.rstrip(MARKS)
    return short if len(short) >= STEM_LENGTH_MIN else cut
