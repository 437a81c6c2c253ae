"""Which script a text is written in, and which scripts a language is written in."""

import unicodedata
from collections import Counter
from functools import lru_cache

from pathshala_common.contract.lesson import LanguageTag

SCRIPTS = {
    "CYRILLIC": "be bg ky mk mn ru tg uk",
    "DEVANAGARI": "awa bho doi gom hi kok mai mr ne sa",
    "ARABIC": "ar arz ckb fa ps sd ug ur",
    "BENGALI": "as bn",
    "GREEK": "el grc",
    "HEBREW": "he yi",
    "CJK": "wuu yue zh",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "KHMER": "km",
    "KANNADA": "kn",
    "HANGUL": "ko",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "ORIYA": "or",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "TIBETAN": "bo dz",
    "ETHIOPIC": "am ti",
}
"""The first word of the Unicode names of a script's letters, and the languages that are usually written in it."""
SEVERAL = {"ja": {"CJK", "HIRAGANA", "KATAKANA"}, "kk": {"CYRILLIC", "LATIN"}, "ko": {"HANGUL", "CJK"}}
SEVERAL |= {"sr": {"CYRILLIC", "LATIN"}, "uz": {"CYRILLIC", "LATIN"}, "az": {"LATIN", "CYRILLIC", "ARABIC"}}
SEVERAL |= {"ku": {"LATIN", "ARABIC"}, "pa": {"GURMUKHI", "ARABIC"}, "bs": {"LATIN", "CYRILLIC"}}
SUBTAGS = {"Latn": "LATIN", "Deva": "DEVANAGARI", "Cyrl": "CYRILLIC", "Arab": "ARABIC", "Beng": "BENGALI"}
"""Script subtags of ISO 15924 that a language tag may carry against its language's habit (hi-Latn)."""

_HABITS = {language: {script} for script, languages in SCRIPTS.items() for language in languages.split()} | SEVERAL


def scripts(language: LanguageTag) -> frozenset[str]:
    """The scripts that a text in a language may be written in; Latin where nothing else is known."""
    first, *subtags = language.split("-")
    told = {SUBTAGS[subtag.title()] for subtag in subtags if subtag.title() in SUBTAGS}
    return frozenset(told or _HABITS.get(first.lower(), {"LATIN"}))


def has_script_subtag(language: LanguageTag) -> bool:
    """Whether a tag says itself in which script."""
    return any(subtag.title() in SUBTAGS for subtag in language.split("-")[1:])


def letters(text: str) -> Counter[str]:
    """How many letters of each script a text has."""
    return Counter(_script(sign) for sign in text if sign.isalpha())


def script_of(text: str) -> str | None:
    """The script of most of a text's letters; None if it has none."""
    counted = letters(text)
    return max(counted, key=lambda script: counted[script]) if counted else None


@lru_cache(maxsize=4_096)
def _script(sign: str) -> str:
    name = unicodedata.name(sign, "UNKNOWN").split()[0]
    return "LATIN" if name in {"FEMININE", "MASCULINE", "MICRO", "FULLWIDTH"} else name
