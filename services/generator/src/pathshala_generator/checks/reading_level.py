"""The explanation is about as hard to read as the level that was asked for; measured where there is a known formula."""

from collections.abc import Iterable

from pathshala_common.contract.lesson import ReadingLevel, primary_language
from pathshala_generator.checks.evidence import stands_in
from pathshala_generator.checks.fault import Fault
from pathshala_generator.checks.readability import FORMULAS
from pathshala_generator.checks.words import length, share, words
from pathshala_generator.draft import Assignment, Draft, Said

NAME = "reading_level"
MEASURED_WORDS_MIN = 60
"""The formulas were made on samples of a hundred words, and mean little on much shorter texts."""
QUOTED_SHARE_MIN = 0.95

TOO_HARD = "is too hard to read for the level that was asked for: it needs shorter sentences and plainer words"
TOO_EASY = "is too childish for the level that was asked for: it needs fuller sentences and more exact words"


def reading_level(draft: Draft, assignment: Assignment) -> Iterable[Fault] | None:
    """Find an explanation far off its level. Sentences that are the article's own are nobody's fault."""
    whole = measured(draft, assignment)
    if whole is None or whole.fits:
        return None if whole is None else []
    own = _measured([said for said in draft.statements if not _is_quote(said)], draft, assignment)
    if own is None or own.fits:
        return None
    return [Fault(NAME, "explanation", TOO_HARD if _is_hard(own, draft, assignment) else TOO_EASY)]


def measured(draft: Draft, assignment: Assignment) -> ReadingLevel | None:
    """Measure the explanation; None without a formula for its language, or if it is too short."""
    return _measured(draft.statements, draft, assignment)


def _measured(statements: Iterable[Said], draft: Draft, assignment: Assignment) -> ReadingLevel | None:
    text = " ".join(said.text for said in statements)
    formula = FORMULAS.get(primary_language(draft.language))
    if formula is None or length(text) < MEASURED_WORDS_MIN:
        return None
    score = formula.score(text, primary_language(draft.language))
    return ReadingLevel(formula=formula.name, score=score, fits=formula.bands[assignment.request.level].holds(score))


def _is_quote(said: Said) -> bool:
    """Whether a statement is its quote: as it stands, with little besides, or with something left out."""
    if said.quote is None:
        return False
    if stands_in(said.quote, said.text) and 2 * len(said.quote) > len(said.text):
        return True
    told, quoted = words(said.text), set(words(said.quote))
    return share([word for word in told if word in quoted], told) >= QUOTED_SHARE_MIN


def _is_hard(found: ReadingLevel, draft: Draft, assignment: Assignment) -> bool:
    formula = FORMULAS[primary_language(draft.language)]
    band = formula.bands[assignment.request.level]
    return (found.score < band.low) if formula.easier_upwards else (found.score > band.high)
