"""Each field is written in the language that was asked for. Quotes may be in another; own words may not."""

import re
from collections.abc import Iterable, Iterator

from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_generator.checks.fault import Fault
from pathshala_generator.checks.parts import fields
from pathshala_generator.draft import Assignment, Draft
from pathshala_generator.text.languages import known, likelihoods
from pathshala_generator.text.scripts import has_script_subtag, letters, scripts

NAME = "language"
SCRIPT_LETTERS_MIN = 20
SCRIPT_SHARE_MIN = 0.5
LETTERS_MIN = 60
"""Shorter texts are judged by their script alone."""
LIKELIHOOD_MIN = 0.02
"""Below this a text is in another language; it is low because lessons on languages mix them."""

ELSEWHERE = "is not in the language that was asked for"
QUOTED = re.compile('“[^”]{1,600}”|„[^“”]{1,600}[“”]|«[^»]{1,600}»|"[^"]{1,600}"|‘[^’]{8,600}’')  # noqa: RUF001 - quotation marks
LATIN_ASIDE = re.compile(r"[A-Za-z][A-Za-z0-9 .,'/-]*")

ALIKE = (
    {"bs", "hr", "sr"},
    {"da", "no", "nn", "nb"},
    {"id", "ms"},
    {"zh", "yue", "wuu"},
    {"fa", "tg"},
    {"en", "pcm"},
    {"hi", "bho", "mai", "awa"},
    {"kok", "gom"},
    {"tl", "fil"},
)
"""Languages that the model cannot keep apart in a short text."""


def language(draft: Draft, assignment: Assignment) -> Iterable[Fault] | None:
    """Find fields in another language. A draft that says itself that it is in another one has nothing to show here."""
    if primary_language(draft.language) != primary_language(assignment.request.language):
        return None
    return _elsewhere(draft, assignment.request.language)


def _elsewhere(draft: Draft, asked: LanguageTag) -> Iterator[Fault]:
    for field, text in fields(draft).items():
        own = QUOTED.sub(" ", text)
        if not (_in_script(own, asked) and _in_language(own, asked)):
            yield Fault(NAME, field, ELSEWHERE)


def _in_script(text: str, asked: LanguageTag) -> bool:
    counted, fitting = letters(text), scripts(asked)
    total = counted.total()
    return total < SCRIPT_LETTERS_MIN or sum(counted[script] for script in fitting) / total >= SCRIPT_SHARE_MIN


def _in_language(text: str, asked: LanguageTag) -> bool:
    """Whether the model thinks it possible; names in Latin letters do not count in other scripts."""
    judged = text if "LATIN" in scripts(asked) else LATIN_ASIDE.sub(" ", text)
    accepted = _accepted(primary_language(asked))
    if has_script_subtag(asked) or letters(judged).total() < LETTERS_MIN or not any(map(known, accepted)):
        return True
    found = likelihoods(judged)
    return sum(found.get(tag, 0.0) for tag in accepted) >= LIKELIHOOD_MIN


def _accepted(asked: LanguageTag) -> frozenset[str]:
    return frozenset({asked}.union(*(group for group in ALIKE if asked in group)))
