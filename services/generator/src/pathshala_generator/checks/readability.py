"""Formulas of reading ease. The only file that knows the textstat library, which is loaded when it is first needed.

Only formulas are used that need no word lists from elsewhere: for English one that counts letters, since textstat
counts English syllables by a list that it would have to fetch. Polish, Hungarian and others have no formula here that
was made for them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pathshala_common.contract.lesson import LanguageTag, Level


@dataclass(frozen=True, slots=True)
class Band:
    """The scores that suit a level, and how far outside a single lesson may lie."""

    low: float
    high: float
    tolerance: float

    def holds(self, score: float) -> bool:
        """Whether a score is near enough."""
        return self.low - self.tolerance <= score <= self.high + self.tolerance


@dataclass(frozen=True, slots=True)
class Formula:
    """A known formula, its bands, and whether more means easier."""

    name: str
    bands: Mapping[Level, Band]
    easier_upwards: bool = True

    def score(self, text: str, language: LanguageTag) -> float:
        """Measure a text."""
        measure: Callable[[str], float] = getattr(_meter(language), self.name)
        return round(measure(text), 1)


def _bands(tolerance: float, **ranges: tuple[float, float]) -> Mapping[Level, Band]:
    return {Level(level): Band(low, high, tolerance) for level, (low, high) in ranges.items()}


# Grades of American schools; Smith and Senter, Automated Readability Index, AMRL-TR-66-220, 1967.
ARI = Formula(
    "automated_readability_index",
    _bands(3, primary=(1, 5), middle=(4, 8), secondary=(7, 12), adult=(8, 14)),
    easier_upwards=False,
)
# Flesch's table of 1949 by school years; Amstad 1978 (German), Kandel and Moles 1958 (French), Fernandez Huerta 1959
# (Spanish), Douma 1960 (Dutch) and Oborneva 2006 (Russian) fitted the formula so that the table holds. Syllables are
# counted by places for hyphens, which misses some and makes texts look up to 20 easier: the upper ends allow for that.
EASE = Formula(
    "flesch_reading_ease", _bands(15, primary=(75, 130), middle=(60, 110), secondary=(45, 95), adult=(30, 85))
)
# Lucisano and Piemontese 1988: below 80 hard for who left school after the primary, 60 after the middle, 40 after the
# higher one.
GULPEASE = Formula("gulpease_index", _bands(12, primary=(70, 100), middle=(55, 85), secondary=(45, 70), adult=(35, 65)))

FORMULAS: Mapping[LanguageTag, Formula] = {"en": ARI, "it": GULPEASE} | dict.fromkeys(
    ("de", "es", "fr", "nl", "ru"), EASE
)


@cache
def _meter(language: LanguageTag) -> Any:
    """One meter a language: a shared one would keep the language of whoever asked last."""
    # Here, so that nobody pays a third of a second and 30 MB who measures no text.
    from textstat.textstat import textstatistics  # type: ignore[import-untyped]  # noqa: PLC0415

    meter = textstatistics()
    meter.set_lang(language)
    return meter
