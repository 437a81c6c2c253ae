"""Tells to which family a word belongs: its forms and derivations have one, and other words with its stem another.

A stemmer knows endings and no words: it parts "perceive" from "perception", and joins "polite" with "political". Both
kinds are listed in `lists/word_families.json` for the languages in which we know them.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_common.text.scripts import LATIN, script_of, scripts
from pathshala_common.text.stems import ENGLISH, stem
from pathshala_common.text.word_lists import read_list
from pathshala_common.text.words import plain

FAMILIES_KEPT = 20_000
ROOT_LENGTH_MIN = 5
"""An ending of doers is cut from roots of so many letters alone: printer is of print, corner not of corn."""
NAME_LENGTH_MIN = 6
"""A name's people are told by their n from so many letters on: Indian."""
DOERS = ("er", "or", "ist", "ism")


class _Listed(NamedTuple):
    by_stem: Mapping[str, str]
    by_word: Mapping[str, str]
    endings: Sequence[tuple[str, str]]


_NONE = _Listed({}, {}, ())


@lru_cache(maxsize=FAMILIES_KEPT)
def family(word: str, language: LanguageTag) -> str:
    """Give the name of a word's family, the same for all its words; the word is as `accented_words` gives it."""
    tag = _language_of(word, language)
    listed = _listed().get(tag, _NONE)
    found = listed.by_word.get(plain(word))
    if found is not None:
        return found
    stemmed = stem(word, language)
    return listed.by_stem.get(stemmed) or _root(stemmed, listed.endings, is_english=tag == ENGLISH)


def is_listed(word: str, language: LanguageTag) -> bool:
    """Whether a word has a family of its own, whatever it begins with or ends in: Sunday is no day of sun."""
    return plain(word) in _listed().get(_language_of(word, language), _NONE).by_word


def _language_of(word: str, language: LanguageTag) -> LanguageTag:
    """The language by whose grammar a word is read, as the stemmer takes it."""
    script = script_of(word)
    return ENGLISH if script == LATIN and script not in scripts(language) else primary_language(language)


def _root(stemmed: str, endings: Iterable[tuple[str, str]], *, is_english: bool) -> str:
    for ending, root in endings:
        if stemmed.endswith(ending):
            return stemmed.removesuffix(ending) + root
    if not is_english:
        return stemmed
    if len(stemmed) >= NAME_LENGTH_MIN and stemmed.endswith("an") and stemmed[-3] in "aeiy":
        return stemmed.removesuffix("n")
    for ending in DOERS:
        if stemmed.endswith(ending) and len(stemmed) - len(ending) >= ROOT_LENGTH_MIN:
            return stemmed.removesuffix(ending)
    return stemmed


@cache
def _listed() -> Mapping[LanguageTag, _Listed]:
    return {language: _read(language, lists) for language, lists in read_list(__package__, "word_families").items()}


def _read(language: LanguageTag, lists: Mapping[str, Sequence[str]]) -> _Listed:
    """A family is named by its first word, marked so that no stem is taken for one."""
    by_word = {plain(word): _name(words) for words in lists["of one stem"] for word in words.split()}
    by_stem: dict[str, str] = {}
    for words in lists["of several stems"]:
        name = next((by_word[plain(word)] for word in words.split() if plain(word) in by_word), _name(words))
        for word in words.split():
            by_stem.setdefault(stem(word.casefold(), language), name)
    endings = [(ending, root) for ending, root in map(str.split, lists["endings"])]
    return _Listed(by_stem, by_word, endings)


def _name(words: str) -> str:
    return f"={plain(words.partition(' ')[0])}"
