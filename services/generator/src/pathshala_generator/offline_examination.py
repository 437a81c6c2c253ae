"""How a lesson is examined that no model wrote: which faults are the article's, and no reason to refuse it. Pure."""

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.examination import CHECKS, Findings
from pathshala_common.checks.reading_level import measured
from pathshala_common.contract.lesson import ReadingLevel, primary_language
from pathshala_generator.draft import Assignment

CHECKED = {name: check for name, check in CHECKS.items() if name != "language"}
"""The checks that an article can make fail. The framing's own sentences are held by the evals."""

UNREFUSED = frozenset({"on_topic", "reading_level", "questions"})
"""No lesson fails for these: the article was found for its topic, which every other text names as it was asked for; an
encyclopedia may be hard to read, which is measured and told; and an article that says little gives few questions."""


def refusals(found: Findings, unrefused: frozenset[str] = UNREFUSED) -> set[str]:
    """Say why a lesson is refused, if it is."""
    return {
        f"{fault.reason} ({fault.check})" for name, faults in found.items() for fault in faults if name not in unrefused
    }


def reading_level(draft: Draft, assignment: Assignment) -> ReadingLevel | None:
    """Measure a lesson that is in one language; a formula tells nothing of a mixture."""
    article = assignment.article
    is_mixed = article is not None and primary_language(article.language) != primary_language(draft.language)
    return None if is_mixed else measured(draft, assignment)
