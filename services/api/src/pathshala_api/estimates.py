"""Estimates of how long a lesson takes, from what lessons lately took and how many stand before it. Pure.

A lesson's time is work, whose spread is measured by writer, and a wait for its turn, which follows from the number of
tasks before it, the number that writers have in hand, and the time that one has a writer's hand.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import GenerationStarted, LessonStored, request_of
from pathshala_common.contract.lesson import Stage
from pathshala_common.recording.projection import progress_of

SAMPLES_MAX = 50
"""Lessons of the newest writer that estimates rest on, the newest."""

SAMPLES_FEW = 5
"""The spread of fewer lessons is not known, and is taken to be twice as wide as what was seen."""

WAIT_SPREAD = (0.8, 1.25)
"""A wait may be so much shorter or longer than the mean of what is before it says."""

STEPS_SECONDS = (0, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90)
STEPS_MINUTES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 45, 60, 90, 120, 180, 240, 360, 720, 1_440)
MINUTE = 60.0
UNMEASURED = "30-60 seconds"
"""Told while no lesson was measured: the figure of the API's contract."""

SHARES = {
    Stage.REQUESTED: 0,
    Stage.ENRICHING: 5,
    Stage.ENRICHED: 15,
    Stage.GENERATING: 20,
    Stage.GENERATED: 95,
    Stage.ENDED: 100,
}
"""The percentages that are told while no lesson was measured."""

PERCENT_MAX = 99
"""Told at the most of a task that has not ended."""


@dataclass(frozen=True, slots=True)
class MeasuredLesson:
    """The times of one completed task, in seconds: all of it, the work alone, a writer's hand on it.

    `begun` says when each stage that it passed began, from the request on.
    """

    writer: str
    total: float
    work: float
    in_hand: float
    begun: Mapping[Stage, float]


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a lesson is expected to take, in seconds: four of five end between the two."""

    low: float
    high: float


def measured(log: Sequence[Envelope]) -> MeasuredLesson | None:
    """Measure a task by its log; None if it did not pass all stages, or lost a part of its log."""
    request = next((found for one in log if (found := request_of(one.event)) is not None), None)
    ended = next((one.event.stored_at for one in log if isinstance(one.event, LessonStored)), None)
    if request is None or ended is None:
        return None
    asked, writer = request.requested_at, ""
    begun: dict[Stage, float] = {}
    for envelope in log:
        stage = progress_of(envelope.event, request.language).stage
        begun.setdefault(stage, max((envelope.time - asked).total_seconds(), 0.0))
        if isinstance(envelope.event, GenerationStarted):
            writer = envelope.event.writer
    if not {Stage.ENRICHED, Stage.GENERATING} <= begun.keys():
        return None
    total = max((ended - asked).total_seconds(), 0.0)
    in_hand = max(total - begun[Stage.GENERATING], 0.0)
    read = begun[Stage.ENRICHED] - begun.get(Stage.ENRICHING, begun[Stage.ENRICHED])
    return MeasuredLesson(writer, total, max(read, 0.0) + in_hand, in_hand, begun)


class Estimates:
    """Estimates by the lessons that were measured last, of the writer that wrote the last of them.

    What is asked at every order and poll is computed when a lesson is added.
    """

    def __init__(self) -> None:
        """Know of none."""
        self._samples: deque[MeasuredLesson] = deque(maxlen=SAMPLES_MAX)
        self._work, self._in_hand, self._whole = Span(0.0, 0.0), 0.0, 0.0
        self._percents: Mapping[Stage, int] = SHARES
        self._capacity = 1

    def add(self, lesson: MeasuredLesson) -> None:
        """Take a lesson that ended after those before. Another writer's tell nothing of this one's."""
        if self._samples and self._samples[-1].writer != lesson.writer:
            self._samples.clear()
        self._samples.append(lesson)
        self._work = _spread([one.work for one in self._samples])
        self._in_hand = fmean(one.in_hand for one in self._samples)
        self._whole = median(one.total for one in self._samples)
        self._percents = {stage: self._percent(stage) for stage in Stage}

    def span(self, waiting: int, in_hand: int) -> Span | None:
        """Estimate the time of a lesson that is asked for now, behind so many; None if none was measured.

        While others wait, writers have in hand as many as they can.
        """
        if not self._samples:
            return None
        if waiting and in_hand:
            self._capacity = in_hand
        wait = waiting / self._capacity * self._in_hand
        return Span(self._work.low + wait * WAIT_SPREAD[0], self._work.high + wait * WAIT_SPREAD[1])

    def percent(self, stage: Stage) -> int:
        """Give the share of its time that a task has behind it when a stage begins, by the medians."""
        return self._percents[stage]

    def left(self, passed: float) -> float | None:
        """Say how many seconds a task has before it, of which so many passed; None if none was measured."""
        return max(self._whole - passed, 0.0) if self._samples else None

    def _percent(self, stage: Stage) -> int:
        known = [lesson.begun[stage] for lesson in self._samples if stage in lesson.begun]
        if stage is Stage.ENDED or not known:
            return SHARES[stage]
        return min(round(100 * median(known) / self._whole), PERCENT_MAX) if self._whole else 0


def _spread(seconds: Sequence[float]) -> Span:
    if len(seconds) < SAMPLES_FEW:
        return Span(min(seconds) / 2, max(seconds) * 2)
    tenths = quantiles(seconds, n=10, method="inclusive")
    return Span(tenths[0], tenths[-1])


def told(span: Span | None) -> str:
    """Say a span in whole seconds or minutes, rounded outward: "under 1 second", "2-4 minutes"."""
    if span is None:
        return UNMEASURED
    if span.high <= STEPS_SECONDS[-1]:
        low, high = _rounded(span, STEPS_SECONDS)
        unit = "second" if high == 1 else "seconds"
    else:
        low, high = _rounded(Span(span.low / MINUTE, span.high / MINUTE), STEPS_MINUTES)
        unit = "minutes"
    return f"under {high} {unit}" if not low else f"{low}-{high} {unit}"


def _rounded(span: Span, steps: Sequence[int]) -> tuple[int, int]:
    """Round down and up to steps; below the first one it is nothing, and nothing is above the last."""
    below, above = bisect_right(steps, span.low) - 1, bisect_left(steps, span.high)
    high = steps[min(above, len(steps) - 1)] or steps[1]
    low = steps[below] if below >= 0 else 0
    return low if low < high else steps[max(below - 1, 0)] if below > 0 else 0, high
