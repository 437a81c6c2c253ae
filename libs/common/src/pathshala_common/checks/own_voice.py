"""The lesson speaks as a lesson: not as a machine about itself, and not about what it was told to do."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from pathshala_common.checks import machine_phrases
from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import asked, fields
from pathshala_common.contract.lesson import LessonRequest
from pathshala_common.text.dissection import dissected
from pathshala_common.text.patterns import AnyOf
from pathshala_common.text.words import runs, words

NAME = "own_voice"
LEAKED_RUN_WORDS = 9
"""This many words in a row that stand in the instructions are a copy; fewer are common speech."""

LEAKED = "repeats the instructions for writing a lesson"
MACHINE, SERVANT = "speaks of its writer as a machine", "speaks to whoever ordered the lesson"
ORDERS = "speaks of orders to a machine or of the form of its answer"

KINDS = (
    (MACHINE, machine_phrases.OF_ITSELF, machine_phrases.TOPICS_OF_ORDERS),
    (SERVANT, machine_phrases.TO_WHOEVER_ORDERED, frozenset[str]()),
    (ORDERS, machine_phrases.OF_ORDERS, machine_phrases.TOPICS_OF_ORDERS),
    (ORDERS, machine_phrases.OF_TAGS, machine_phrases.TOPICS_OF_TAGS),
    (ORDERS, machine_phrases.OF_FORM, machine_phrases.TOPICS_OF_FORM),
)
ANY_KIND = AnyOf(chain.from_iterable(kind for _, kind, _ in KINDS))
"""Looked for before each: hardly any field holds any."""

_APOSTROPHES = "’ʼ"  # noqa: RUF001 - to fold


def own_voice(instructions: str) -> Callable[[Draft, Basis], Iterator[Fault]]:
    """Give the check against what a model was told: talk about it, and runs of its words."""
    told = frozenset(runs(words(instructions), LEAKED_RUN_WORDS))

    def check(draft: Draft, assignment: Basis) -> Iterator[Fault]:
        """Find fields that speak of the writer or its orders, unless that is the topic."""
        kinds = _kinds(assignment.request)
        for field, text in fields(draft).items():
            reasons = _talk(text, kinds)
            if not told.isdisjoint(runs(dissected(text).words, LEAKED_RUN_WORDS)):
                reasons.add(LEAKED)
            yield from (Fault(NAME, field, reason) for reason in sorted(reasons))

    return check


def machine_talk(text: str, request: LessonRequest) -> set[str]:
    """Say for what reasons a text is a machine's talk, unless that is what the lesson is on."""
    return _talk(text, _kinds(request))


def _kinds(request: LessonRequest) -> Sequence[tuple[str, AnyOf]]:
    """The kinds of talk that a lesson is not on, each behind its reason."""
    named = frozenset(asked(request).words)
    return [(reason, kind) for reason, kind, topics in KINDS if not topics & named]


def _talk(text: str, kinds: Sequence[tuple[str, AnyOf]]) -> set[str]:
    folded = unicodedata.normalize("NFKC", text)
    for apostrophe in _APOSTROPHES:
        folded = folded.replace(apostrophe, "'")
    said = dissected(folded)
    return {reason for reason, kind in kinds if kind.stands_in(said)} if ANY_KIND.stands_in(said) else set()
