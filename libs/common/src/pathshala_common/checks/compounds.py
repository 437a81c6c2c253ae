"""Finds a word in the compounds and longer forms that a language makes of it, without what only begins alike."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_common.text.dissection import Dissection
from pathshala_common.text.families import family, is_listed
from pathshala_common.text.scripts import LATIN
from pathshala_common.text.stems import ENGLISH, singular, stem
from pathshala_common.text.word_lists import all_words, word_lists
from pathshala_common.text.words import MARKS, WORDS_KEPT, plain_word

BASE_LENGTH_MIN = 3
"""A shorter word is looked for in no compound: "ox" is no part of "oxygen"."""
END_LENGTH_MIN = 4
"""From this length on a word counts at the end of a compound: "manage" has nothing to do with age."""
ANYWHERE_LENGTH_MIN = 5
"""From this length on a stem also counts within a word, in languages that write words together freely."""
BEGINNING_LENGTH_MIN = 4
ENDING_LENGTH_MAX = 4
"""Elsewhere a word counts that begins with a stem of such a length, and goes on for no more than an ending."""

PARTS = all_words(__package__, "compound_parts")
"""Words and learned beginnings of which English makes compounds: rain-fall, river-bank, sun-light, electro-magnet."""
ENDINGS = frozenset(word_lists(__package__, "word_endings")["hi"])
"""Endings that make another word of the same matter in Hindi."""
COMPOUNDING = frozenset({"af", "da", "de", "et", "fi", "hu", "is", "nb", "nl", "nn", "no", "sv"})
"""Languages that write words together freely."""
_SPELLED_AS_ONE = frozenset({"ARABIC", "HEBREW", "CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "MYANMAR", "KHMER"})
"""Scripts without blanks between words, or whose languages write particles before a word as one with it."""
_ALPHABETS = frozenset({LATIN, "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN"})


def stands_in_compound(word: str, text: Dissection, language: LanguageTag) -> bool:
    """Whether a word stands in a longer one of a text that is about the same."""
    tag, base = primary_language(language), _base(word, language)
    if base not in text.spelled:
        return False
    script = unicodedata.name(word[0], "").partition(" ")[0]
    if script in _SPELLED_AS_ONE:
        return True
    if script == LATIN and tag in COMPOUNDING:
        return len(base) >= ANYWHERE_LENGTH_MIN or (len(base) >= BEGINNING_LENGTH_MIN and f" {base}" in text.spelled)
    longer = [each for each in _longer(base, text) if not is_listed(each, language)]
    if script == LATIN and tag == ENGLISH:
        return len(base) >= BASE_LENGTH_MIN and any(_is_compound(each, base, word, language) for each in longer)
    return _begins(base, script, tag, longer)


@lru_cache(maxsize=WORDS_KEPT)
def _base(word: str, language: LanguageTag) -> str:
    """Give the part of a word that stands in its compounds."""
    is_english = word.isascii() and primary_language(language) == ENGLISH
    return singular(plain_word(word)) if is_english else stem(word, language)


def _begins(base: str, script: str, tag: LanguageTag, longer: Iterable[str]) -> bool:
    """Whether one of the longer words is the base and an ending."""
    endings = [each.removeprefix(base) for each in longer if each.startswith(base)]
    if script == "DEVANAGARI" and tag == "hi":
        return any(ending in ENDINGS for ending in endings)
    if script in _ALPHABETS:
        return len(base) >= BEGINNING_LENGTH_MIN and any(len(ending) <= ENDING_LENGTH_MAX for ending in endings)
    return sum(sign not in MARKS for sign in base) >= BASE_LENGTH_MIN and bool(endings)


def _longer(base: str, text: Dissection) -> Iterator[str]:
    return (each for each in dict.fromkeys(text.spelled.split()) if base in each and each != base)


def _is_compound(each: str, base: str, word: str, language: LanguageTag) -> bool:
    """Whether an English word is one of two known parts, of which this is one."""
    if each.startswith(base) and singular(each.removeprefix(base)) in PARTS:
        return True
    place = each.find(base, 1)
    if len(base) < END_LENGTH_MIN or place < 1 or each[:place] not in PARTS:
        return False
    return family(each[place:], language) == family(word, language)
