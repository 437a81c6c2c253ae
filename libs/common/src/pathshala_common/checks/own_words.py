"""A lesson says more than its article, and says it otherwise: measured by the runs of words that both have."""

from collections.abc import Iterable, Sequence

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import retold, share
from pathshala_common.text.dissection import dissected
from pathshala_common.text.words import runs

NAME = "own_words"
RUN_WORDS_MIN = 7
"""Shorter runs are a subject's terms and what everybody says."""
COPIED_SHARE_MAX = 0.5
"""No more of an explanation's words may stand in such runs. A few definitions may well be the article's own."""
JUDGED_WORDS_MIN = 30

COPIED = "copies the article instead of explaining it: it needs other words, and examples of its own"


def own_words(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find an explanation that is mostly its article. One that arranges the article by design says so elsewhere."""
    article = retold(draft, assignment)
    if article is None:
        return None
    told = [dissected(said.text).words for said in draft.statements]
    if sum(map(len, told)) < JUDGED_WORDS_MIN:
        return None
    copied = copied_share(told, dissected(article.summary).words)
    return [Fault(NAME, "explanation", COPIED)] if copied > COPIED_SHARE_MAX else []


def copied_share(told: Sequence[Sequence[str]], source: Sequence[str]) -> float:
    """The share of the words told, statement by statement, that stand in runs which the source has too."""
    known = frozenset(runs(source, RUN_WORDS_MIN))
    places = [
        (number, place + offset)
        for number, words in enumerate(told)
        for place, run in enumerate(runs(words, RUN_WORDS_MIN))
        if run in known
        for offset in range(RUN_WORDS_MIN)
    ]
    return share(frozenset(places), [word for words in told for word in words])
