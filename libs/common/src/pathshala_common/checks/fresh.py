"""Each lesson is fresh: it neither bears the title of an earlier revision nor opens as one did."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import explained, share
from pathshala_common.text.dissection import dissected
from pathshala_common.text.words import runs

NAME = "fresh"
TITLE_LIKENESS_MAX = 0.9
"""Titles above are the same but for a letter or two."""
OPENING_LIKENESS_MAX = 0.6
"""Openings that have so many of their runs of three words in common are one and the same."""
RUN_WORDS = 3

SAME_TITLE = "has the title of an earlier lesson on this topic"
SAME_OPENING = "opens as an earlier lesson on this topic did"


def fresh(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find what repeats a precedent; without any there is nothing to repeat."""
    return _repeats(draft, assignment) if assignment.precedents else None


def _repeats(draft: Draft, assignment: Basis) -> Iterator[Fault]:
    told = explained(draft).words
    if any(_alike(draft.title, precedent.title) for precedent in assignment.precedents):
        yield Fault(NAME, "title", SAME_TITLE)
    if any(_opens_as(told, dissected(precedent.opening).words) for precedent in assignment.precedents):
        yield Fault(NAME, "explanation", SAME_OPENING)


def _alike(title: str, other: str) -> bool:
    one, two = (" ".join(dissected(text).words) for text in (title, other))
    compared = SequenceMatcher(None, one, two, autojunk=False)
    # The first two are quick, and never less than the third.
    return all(
        ratio() > TITLE_LIKENESS_MAX for ratio in (compared.real_quick_ratio, compared.quick_ratio, compared.ratio)
    )


def _opens_as(told: Sequence[str], opening: Sequence[str]) -> bool:
    """Whether as much of a text as an opening is long says the same; numbers of quotes aside."""
    before = frozenset(runs([word for word in opening if not word.isdigit()], RUN_WORDS))
    now = frozenset(runs([word for word in told if not word.isdigit()][: len(opening)], RUN_WORDS))
    return share(before & now, before) > OPENING_LIKENESS_MAX
