"""What an evaluation comes to, in figures. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pathshala_common.checks.examination import CHECKS
from tests.evals.evaluation import Result
from tests.evals.teaching import TEACHING


@dataclass(slots=True)
class Tally:
    """How often a check passed, failed, or had nothing to judge."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0

    @property
    def share(self) -> float | None:
        """How much of what it judged passed, from 0 to 1; None if it judged nothing."""
        judged = self.passed + self.failed
        return self.passed / judged if judged else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one evaluation: verses by how often they came, reading levels as means by language and level.

    Lessons were accepted `at_once`, or with fields `repaired` (each field by how often); others `refused_for` checks or
    codes. Calls, tokens and seconds are those of refused lessons too.
    """

    lessons: int
    at_once: int
    repaired: Mapping[str, int]
    refused: int
    refused_for: Mapping[str, int]
    checks: Mapping[str, Tally]
    teaching: Mapping[str, Tally]
    failures: Mapping[str, Sequence[str]]
    verses: Mapping[str, int]
    reading: Mapping[str, float]
    calls: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cost: float | None
    currency: str | None

    @property
    def well(self) -> bool:
        """Whether every lesson was written, and no check that applies failed."""
        return not self.refused and not any(tally.failed for tally in self.checks.values())

    @property
    def taught_well(self) -> bool:
        """Whether nothing that only a teacher's eye finds was found."""
        return not any(tally.failed for tally in self.teaching.values())

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return {"well": self.well} | asdict(self)


def figures(results: Sequence[Result]) -> Figures:
    """Count."""
    written = [result for result in results if result.draft is not None]
    used = [result.usage for result in results if result.usage is not None]
    costs = [usage.cost for usage in used if usage.cost is not None]
    return Figures(
        lessons=len(written),
        at_once=sum(not result.repaired for result in written),
        repaired=dict(Counter(field for result in written for field in result.repaired).most_common()),
        refused=len(results) - len(written),
        refused_for=dict(Counter(fault for result in results for fault in result.faults).most_common()),
        checks=_tallies(written),
        teaching=_teaching(written),
        failures=_failures(results),
        verses=dict(Counter(result.verse for result in written).most_common()),
        reading=_reading(written),
        calls=sum(usage.calls for usage in used),
        prompt_tokens=sum(usage.prompt_tokens or 0 for usage in used),
        completion_tokens=sum(usage.completion_tokens or 0 for usage in used),
        seconds=round(sum(usage.seconds for usage in used), 1),
        cost=round(sum(costs), 6) if costs else None,
        currency=next((usage.currency for usage in used if usage.currency), None),
    )


def _tallies(written: Sequence[Result]) -> Mapping[str, Tally]:
    tallies = {name: Tally() for name in CHECKS}
    for result in written:
        for name, tally in tallies.items():
            faults = (result.found or {}).get(name)
            tally.not_applicable += faults is None
            tally.passed += faults == ()
            tally.failed += bool(faults)
    return tallies


def _teaching(written: Sequence[Result]) -> Mapping[str, Tally]:
    tallies = {name: Tally() for name in TEACHING}
    for result in written:
        for name, verdict in judged(result).items():
            tallies[name].not_applicable += verdict is None
            tallies[name].passed += verdict is True
            tallies[name].failed += verdict is False
    return tallies


def _failures(results: Sequence[Result]) -> Mapping[str, Sequence[str]]:
    found = [
        (each, [*each.failures, *(f"taught: {name}" for name, well in judged(each).items() if well is False)])
        for each in results
    ]
    return {f"{each.topic.name}, revision {each.revision}": failures for each, failures in found if failures}


def judged(result: Result) -> Mapping[str, bool | None]:
    """What a teacher's eye finds in a lesson."""
    draft, topic = result.draft, result.topic
    return {name: judge(draft, topic.request, topic.article) for name, judge in TEACHING.items()} if draft else {}


def _reading(written: Sequence[Result]) -> Mapping[str, float]:
    scores: dict[str, list[float]] = defaultdict(list)
    for result in written:
        if result.reading_level is not None and result.draft is not None:
            request = result.topic.request
            scores[f"{result.draft.language} {request.level}, {result.reading_level.formula}"].append(
                result.reading_level.score
            )
    return {name: round(sum(each) / len(each), 1) for name, each in scores.items()}
