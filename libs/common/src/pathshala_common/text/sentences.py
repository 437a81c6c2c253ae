"""Takes a text apart into its sentences, each as it stands, in any language. Pure."""

import re
import unicodedata
from collections.abc import Iterator

from pathshala_common.text.word_lists import all_words, word_lists

BRACKET_LENGTH_MAX = 300
"""Signs within which a bracket closes that holds stops of its own; a longer one was left open."""
ORDINAL_LENGTH_MAX = 2
WORD_LENGTH_MAX = 30
"""The letters read before a stop: no abbreviation is longer."""
ABBREVIATED_PART_LENGTH_MAX = 2

_STOPS = ".!?…؟۔"  # noqa: RUF001  Urdu's full stop
_FINAL = "।॥။።。！？｡"  # noqa: RUF001  full-width marks end too
_CLOSERS = "[\"'”’»«“)\\]]"  # noqa: RUF001
_REFERENCES = r"(?:\[[^\[\]\s]{1,4}(?: \d{1,3})?\])*"
# A guillemet may stand behind a blank, as in French.
_END = re.compile(
    f"(?<![{_STOPS}])[{_STOPS}]++(?:{_CLOSERS}|[ \u00a0\u202f]»(?=[\\s,;.]|$))*{_REFERENCES}(?=\\s|$)|"
    f"[{_FINAL}]+[”’」』）]*{_REFERENCES}|\n+"  # noqa: RUF001
)
_BETWEEN_WORDS = re.compile(r"[\s(\[“„«\"']")
_AFTER_INITIAL = re.compile(r"(?<![^\s(])[^\W\d_]\.\s?[^\W\d_]$")
_LIST_MARK = "0123456789•- \n"
_NEXT = re.compile(r"\s*[\"'“‘„«»¿¡(\[—–-]*\s?(?P<word>[\w\u0900-\u0963]*)(?P<stop>\.?)")  # noqa: RUF001
_MARKED_LETTER = r"[^\W\d_][\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0962\u0963]*"
_DOTTED = re.compile(rf"(?:{_MARKED_LETTER}){{1,{ABBREVIATED_PART_LENGTH_MAX}}}(?:[.-]+(?:{_MARKED_LETTER}){{1,3}})+")
_OPENING, _CLOSING = "([（「", ")]）」"  # noqa: RUF001

_ABBREVIATIONS = word_lists(__package__, "abbreviations")
BEFORE_NAMES = frozenset(_ABBREVIATIONS["before names"])
"""A stop after one of these ends no sentence."""
BEFORE_NUMBERS = frozenset(_ABBREVIATIONS["before numbers"])
"""Nor after these, if a number follows."""
ANYWHERE = frozenset(_ABBREVIATIONS["anywhere"])
"""Nor after these, unless the next word is one with which sentences begin."""
INITIALS = frozenset(_ABBREVIATIONS["initials"])
STARTERS = all_words(__package__, "sentence_starters")
ORDINAL_NOUNS = all_words(__package__, "ordinal_nouns")
"""Words before which a number with a stop is an ordinal."""


def sentences(text: str) -> list[str]:
    """Give the sentences in their order, with blanks for line ends. What has no stop at its end is given too.

    Marks without a letter or digit belong to the sentence before them.
    """
    found: list[str] = []
    for piece in _pieces(text):
        sentence = " ".join(piece.split())
        if found and sentence and not any(map(str.isalnum, sentence)):
            found[-1] = f"{found[-1]} {sentence}"
        elif sentence:
            found.append(sentence)
    return found


def _pieces(text: str) -> Iterator[str]:
    begin, has_brackets = 0, any(sign in text for sign in _OPENING)
    for found in _END.finditer(text):
        is_line = found[0].startswith("\n")
        is_open = has_brackets and not is_line and _is_open(text, begin, found.end())
        if is_line or not (is_open or _goes_on(text, begin, found)):
            yield text[begin : found.end()]
            begin = found.end()
    yield text[begin:]


def _is_open(text: str, begin: int, end: int) -> bool:
    """Whether a bracket is open, and closes soon: what stops inside one ends no sentence."""
    opened = sum(text.count(sign, begin, end) for sign in _OPENING)
    if opened <= sum(text.count(sign, begin, end) for sign in _CLOSING):
        return False
    rest = text[end : end + BRACKET_LENGTH_MAX].partition("\n")[0]
    return any(sign in rest for sign in _CLOSING)


def _goes_on(text: str, begin: int, found: re.Match[str]) -> bool:
    """Whether a stop is an abbreviation's or a number's, or the sentence goes on after it in small letters."""
    if found[0][0] in _FINAL:
        return False
    following = _NEXT.match(text, found.end())
    word, is_cut = (following["word"], bool(following["stop"])) if following else ("", False)
    if word[:1].islower():
        return True
    if found[0] != ".":
        return _is_spoken(found[0]) and _has_no_case(word)
    before = text[max(begin, found.start() - WORD_LENGTH_MAX) : found.start()]
    return _is_abbreviated(before, word, is_cut=is_cut)


def _is_abbreviated(before: str, following: str, *, is_cut: bool) -> bool:
    """Whether a stop belongs to the last word of `before`. `is_cut` says that a stop stands behind `following` too."""
    word = _BETWEEN_WORDS.split(before)[-1]
    folded, is_short = word.casefold(), is_cut and len(following) == 1
    if folded.isdecimal():
        is_ordinal = following.casefold() in ORDINAL_NOUNS or (following.isdecimal() and is_cut)
        return len(folded) <= ORDINAL_LENGTH_MAX and (is_ordinal or not before.strip(_LIST_MARK))
    if folded in BEFORE_NAMES or (folded in BEFORE_NUMBERS and following[:1].isdecimal()):
        return True
    is_initial = len(word) == 1 and (word.isupper() or is_short or _AFTER_INITIAL.search(before))
    if not (is_initial or folded in ANYWHERE or word in INITIALS or _DOTTED.fullmatch(word)):
        return False
    return is_short or following.casefold() not in STARTERS


def _is_spoken(stop: str) -> bool:
    """Whether a stop may stand within a sentence: dots, or the end of what somebody asks or calls."""
    return stop.startswith(("...", "…")) or stop[-1] in '"”’»'  # noqa: RUF001


def _has_no_case(word: str) -> bool:
    return unicodedata.category(word[0]) == "Lo" if word else False
