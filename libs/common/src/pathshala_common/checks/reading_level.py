"""The explanation is about as hard to read as the level that was asked for; measured where there is a known formula."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pathshala_common.checks.draft import Basis, Draft, Said
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import prose, share
from pathshala_common.contract.lesson import Level, ReadingLevel, primary_language
from pathshala_common.text.dissection import dissected
from pathshala_common.text.quoting import stands_in
from pathshala_common.text.readability import ARI, EASE, FORMULAS, GULPEASE, readability

NAME = "reading_level"
MEASURED_WORDS_MIN = 60
"""The formulas were made on samples of a hundred words, and mean little on much shorter texts."""
QUOTED_SHARE_MIN = 0.95


@dataclass(frozen=True, slots=True)
class Band:
    """The scores that suit a level, and how far outside a single lesson may lie."""

    low: float
    high: float
    tolerance: float

    def holds(self, score: float) -> bool:
        """Whether a score is near enough."""
        return self.low - self.tolerance <= score <= self.high + self.tolerance


def _bands(tolerance: float, **ranges: tuple[float, float]) -> Mapping[Level, Band]:
    return {Level(level): Band(low, high, tolerance) for level, (low, high) in ranges.items()}


BANDS: Mapping[str, Mapping[Level, Band]] = {
    # Grades of American schools.
    ARI: _bands(3, primary=(1, 5), middle=(4, 8), secondary=(7, 12), adult=(8, 14)),
    # Flesch's table. Syllables are counted by places for hyphens, which misses some and makes texts look up to 20
    # easier: the upper ends allow for that.
    EASE: _bands(15, primary=(75, 130), middle=(60, 110), secondary=(45, 95), adult=(30, 85)),
    # Below 80 hard for who left school after the primary, 60 after the middle, 40 after the higher one.
    GULPEASE: _bands(12, primary=(70, 100), middle=(55, 85), secondary=(45, 70), adult=(35, 65)),
}
EASIER_UPWARDS = frozenset({EASE, GULPEASE})

TOO_HARD = "is too hard to read for the level that was asked for: it needs shorter sentences and plainer words"
TOO_EASY = "is too childish for the level that was asked for: it needs fuller sentences and more exact words"


def reading_level(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find an explanation far off its level. Sentences that are the article's own are nobody's fault."""
    whole = measured(draft, assignment)
    if whole is None or whole.fits:
        return None if whole is None else []
    own = _measured(" ".join(said.text for said in draft.statements if not _is_quote(said)), draft, assignment)
    if own is None or own.fits:
        return None
    return [Fault(NAME, "explanation", TOO_HARD if _is_hard(own, assignment) else TOO_EASY)]


def measured(draft: Draft, assignment: Basis) -> ReadingLevel | None:
    """Measure the explanation; None without a formula for its language, or if it is too short."""
    return _measured(prose(draft), draft, assignment)


def _measured(text: str, draft: Draft, assignment: Basis) -> ReadingLevel | None:
    formula = FORMULAS.get(primary_language(draft.language))
    if formula is None or len(dissected(text).words) < MEASURED_WORDS_MIN:
        return None
    score = round(readability(text, draft.language), 1)
    return ReadingLevel(formula=formula, score=score, fits=BANDS[formula][assignment.request.level].holds(score))


def _is_quote(said: Said) -> bool:
    """Whether a statement is its quote: as it stands, with little besides, or with something left out."""
    if said.quote is None:
        return False
    if stands_in(said.quote, said.text) and 2 * len(said.quote) > len(said.text):
        return True
    told, quoted = dissected(said.text).words, frozenset(dissected(said.quote).words)
    return share([word for word in told if word in quoted], told) >= QUOTED_SHARE_MIN


def _is_hard(found: ReadingLevel, assignment: Basis) -> bool:
    band = BANDS[found.formula][assignment.request.level]
    return found.score < band.low if found.formula in EASIER_UPWARDS else found.score > band.high
