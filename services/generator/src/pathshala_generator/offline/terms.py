"""The terms and the names that a lesson's sentences give: what an activity on its topic has to do with. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pathshala_common.text.stems import singular
from pathshala_common.text.word_lists import all_words
from pathshala_common.text.words import words

TERMS_MAX = 4
TERM_WORDS_MAX = 3

_WORD = r"[a-z][\w'\u2019-]*"
_HINDI = "[\u0900-\u0963\u0970-\u097f-]+"
_TERM = rf"(?:the |its |an? )?({_WORD}(?: {_WORD}){{0,2}}?)"
_ENDS = r"(?=[,.;:]| and\b| that\b| which\b| of\b| in\b| is\b| are\b| for\b|$)"
_NAMED_SO: Sequence[re.Pattern[str]] = (
    re.compile(rf"\b(?:called|named) {_TERM}{_ENDS}"),
    re.compile(rf"\b(?:called|named) [^,.;]+? and {_TERM}(?=[,.;])"),
    re.compile(rf"\bis the ({_WORD})(?=[,.]| and it)"),
    re.compile(rf"^(?:In )(?:an? |the )?({_WORD}(?: {_WORD})?), "),
    re.compile(rf"(?:: |\bmain \w+ are )({_WORD})(?:, ({_WORD}))?(?:, ({_WORD}))?(?:, {_WORD})? and ({_WORD})\."),
    re.compile(rf"(?:(?:उसे|उन्हें|इसे|इन्हें|जिसे|जिन्हें|को|वे|वह|और) ({_HINDI}(?: {_HINDI})?)|(?<= )({_HINDI})) (?:कहते हैं|कहलात)"),
    re.compile(rf": ({_HINDI})(?:, ({_HINDI}))?(?:, ({_HINDI}))? और ({_HINDI})।"),
)
_PROPER = re.compile(r"(?<=[a-z,;] )(?:[A-Z][\w'\u2019-]+)(?: (?:of |the )?[A-Z][\w'\u2019-]+)*")
_NO_TERM = all_words(__package__, "no_terms")


def terms(sentences: Iterable[str], topic: Iterable[str]) -> list[str]:
    """The terms that sentences explain, in their order; kinds of the topic ("a proper noun") are among them."""
    told = [*topic]
    kinds = [re.compile(rf"^(?:In )?an? ({_WORD} {re.escape(name)})\b", re.IGNORECASE) for name in told]
    found = (term for sentence in sentences for term in _in(sentence, (*kinds, *_NAMED_SO)))
    return _few(found, told)


def names(sentences: Iterable[str], topic: Iterable[str]) -> list[str]:
    """The proper names in sentences, in their order."""
    found = (name[0] for sentence in sentences for name in _PROPER.finditer(sentence))
    return _few(found, topic)


def _in(sentence: str, patterns: Iterable[re.Pattern[str]]) -> Iterator[str]:
    places = (
        (match.start(group), match[group])
        for pattern in patterns
        for match in pattern.finditer(sentence)
        for group in range(1, pattern.groups + 1)
        if match[group]
    )
    return (term for _, term in sorted(places))


def _few(found: Iterable[str], topic: Iterable[str]) -> list[str]:
    """The first that say something that the topic's name does not, none twice."""
    known = {singular(word) for name in topic for word in words(name)}
    kept: dict[str, str] = {}
    for term in found:
        told = [singular(word) for word in words(term)]
        if told and not _NO_TERM.intersection(told) and not known.issuperset(told) and len(told) <= TERM_WORDS_MAX:
            kept.setdefault(" ".join(told), term)
    return [*kept.values()][:TERMS_MAX]
