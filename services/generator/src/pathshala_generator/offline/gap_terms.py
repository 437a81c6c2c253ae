"""The words of a sentence that are worth asking for: how a thing is called, what is counted, listed or named.

Told by the words around them, in the languages whose patterns lie in `lists/term_patterns.json`; of others, numbers
alone. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from pathshala_common.text.content import FUNCTION_WORDS
from pathshala_common.text.word_lists import all_words, read_list
from pathshala_common.text.words import MARKS, plain

WORD_LENGTH_MIN = 3
LETTER = f"[^\\W\\d_{MARKS}]"
WORD = re.compile(f"{LETTER}(?:[\\w{MARKS}]|[-’'](?=\\w))*")  # noqa: RUF001
NUMBER = re.compile(r"(?<![\w.,:/×÷+=-])\d+(?:[.,]\d+)*(?![\w:/×÷+=%-]|[.,]\d| (?:BCE?|CE|AD|ईसा|ई)\b)")  # noqa: RUF001
UNKNOWN = "?"
"""Before what is called so without an article: it may be an adjective."""
INDEFINITE, VOWELS = frozenset({"a", "an"}), tuple("aeiou")
YEARS = range(1_000, 2_100)
NAMES_A_NUMBER = re.compile(r"(?:\b[Nn]umber|संख्या) $")
PALE = all_words(__package__, "pale_words")
"""Words that stand in any article, and are the answer to no question."""


class Kind(IntEnum):
    """How a word came to be taken for a term; the first are the most worth asking for."""

    CALLED = 0
    NUMBER = 1
    LISTED = 2
    NAMED = 3


OWN_GRAMMAR = (Kind.NUMBER, Kind.LISTED)
"""Items of a list may be nouns, verbs or adjectives: only another list has perhaps the same."""


class Term(NamedTuple):
    """A term, its place in its sentence, and what another must share with it to stand in its place.

    `before` is an article that must fit what follows it, or `UNKNOWN`; `ending` tells plurals and participles.
    """

    text: str
    start: int
    end: int
    kind: Kind
    before: str = ""
    ending: str = ""

    def takes(self, other: "Term") -> bool:
        """Whether another could stand in its place by grammar."""
        if any((self.kind is kind) != (other.kind is kind) for kind in OWN_GRAMMAR) or self.ending != other.ending:
            return False
        if len(self.text.split()) != len(other.text.split()) or (self.before == UNKNOWN) != (other.before == UNKNOWN):
            return False
        return self.before not in INDEFINITE or (self.before == "an") == other.text.startswith(VOWELS)


class _Patterns(NamedTuple):
    """The patterns of a language. Each has the term in a group `term`; those of `listed` find a whole list."""

    examples: re.Pattern[str]
    called: tuple[re.Pattern[str], ...]
    listed: re.Pattern[str]
    item: re.Pattern[str]
    named: tuple[re.Pattern[str], ...]
    ending: re.Pattern[str]
    reason: re.Pattern[str]


def terms(sentence: str, language: str) -> list[Term]:
    """Give the terms of a sentence, the best first; none of what stands there as an example."""
    patterns = _patterns().get(language)
    found = list(_numbers(sentence))
    if patterns is not None:
        told = patterns.examples.split(sentence, maxsplit=1)[0]
        found += _words(told, patterns)
    chosen: dict[tuple[int, int], Term] = {}
    for term in sorted(found, key=lambda term: (term.kind, -term.start)):
        if not any(term.start < end and start < term.end for start, end in chosen):
            chosen[term.start, term.end] = term
    return list(chosen.values())


def reason_in(sentence: str, language: str) -> re.Match[str] | None:
    """Find what a sentence says (`claim`) and why it is so (`reason`), if it says why."""
    patterns = _patterns().get(language)
    return patterns.reason.fullmatch(sentence) if patterns else None


def _numbers(sentence: str) -> Iterator[Term]:
    """A number, if there is just one: of several it cannot be told which one matters."""
    found = list(NUMBER.finditer(sentence))
    if len(found) == 1 and not _is_year(found[0][0]) and not NAMES_A_NUMBER.search(sentence[: found[0].start()]):
        yield Term(found[0][0], *found[0].span(), Kind.NUMBER)


def _is_year(number: str) -> bool:
    return number.isdecimal() and int(number) in YEARS


def _words(told: str, patterns: _Patterns) -> Iterator[Term]:
    for found in _found(patterns.called, told):
        if _tells(found["term"]):
            yield _term(found, Kind.CALLED, patterns)
    for whole in patterns.listed.finditer(told):
        for item in patterns.item.finditer(told, *whole.span()):
            if _tells(item["term"]):
                yield _term(item, Kind.LISTED, patterns)
    for found in _found(patterns.named, told):
        if _tells(found["term"]):
            yield _term(found, Kind.NAMED, patterns)


def _found(patterns: Iterable[re.Pattern[str]], told: str) -> Iterator[re.Match[str]]:
    return chain.from_iterable(pattern.finditer(told) for pattern in patterns)


def _term(found: re.Match[str], kind: Kind, patterns: _Patterns) -> Term:
    text = found["term"]
    ended = patterns.ending.search(text)
    ending = (ended.lastgroup or "plural") if ended else ""
    before: str = found.groupdict(UNKNOWN if kind is Kind.CALLED else "").get("article", "")
    return Term(text, *found.span("term"), kind, before.casefold(), ending)


def _tells(word: str) -> bool:
    folded = plain(word)
    return len(word) >= WORD_LENGTH_MIN and folded not in FUNCTION_WORDS and folded not in PALE


@cache
def _patterns() -> Mapping[str, _Patterns]:
    return {
        language: _Patterns(**{name: _compiled(text) for name, text in listed.items()})
        for language, listed in read_list(__package__, "term_patterns").items()
    }


def _compiled(pattern: Any) -> Any:
    """Compile a pattern, or each of several; W in angle brackets stands for a word."""
    if isinstance(pattern, list):
        return tuple(map(_compiled, pattern))
    return re.compile(pattern.replace("<W>", WORD.pattern))
