"""How long a lesson is said to take: four of five take what was said, measured in virtual time."""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from pathshala_api.estimates import UNMEASURED, Estimates, MeasuredLesson, Span, told
from pathshala_api.measuring import Measuring
from pathshala_common.contract.events import EnrichmentStarted, GenerationStarted, LessonEnriched
from pathshala_common.contract.lesson import Absence, Stage
from pathshala_common.contract.ports.store import Load
from services.api.tests.given import Api
from tests.clock import NOON
from tests.waiting import until_so

LESSONS = 1_500
WITHIN = 0.8
WIDE = 4
"""In the mean the longest time said is at most so many times the shortest: else anything would come true."""


@dataclass(frozen=True, slots=True)
class House:
    """Writers of lessons that take a time of their own, under orders that come at random and now and then at once."""

    writers: int
    seconds: float
    spread: float
    load: float
    bursts: float = 0.0

    def orders(self, dice: random.Random) -> Iterator[float]:
        """Give the moments of orders, in their order."""
        now, rate = 0.0, self.load * self.writers / self.seconds
        while True:
            now += dice.expovariate(rate)
            for _ in range(3 * self.writers if dice.random() < self.bursts else 1):
                yield now

    def lessons(self, seed: int) -> Iterator[tuple[Span | None, float]]:
        """Give what was estimated of each lesson when it was ordered, and the time that it took."""
        dice, estimates = random.Random(seed), Estimates()
        free, begun, ended = (
            [0.0] * self.writers,
            list[tuple[float, float]](),
            list[tuple[float, int, MeasuredLesson]](),
        )
        orders = self.orders(dice)
        for number in range(LESSONS):
            now = next(orders)
            while ended and ended[0][0] <= now:
                estimates.add(heapq.heappop(ended)[2])
            waiting, in_hand = sum(start > now for start, _ in begun), sum(start <= now < end for start, end in begun)
            estimate = estimates.span(waiting, in_hand)
            start = max(heapq.heappop(free), now)
            work = self.seconds * dice.lognormvariate(0, self.spread)
            heapq.heappush(free, start + work)
            begun.append((start, start + work))
            heapq.heappush(ended, (start + work, number, MeasuredLesson("model", 0.0, work, work, {})))
            yield estimate, start + work - now


HOUSES = {
    "a hosted model": House(writers=8, seconds=50, spread=0.5, load=0.9),
    "a hosted model and classes that order at once": House(writers=8, seconds=50, spread=0.5, load=0.7, bursts=0.02),
    "many writers": House(writers=64, seconds=8, spread=0.3, load=0.6, bursts=0.01),
    "a slow model of one's own": House(writers=2, seconds=150, spread=0.8, load=0.8, bursts=0.01),
    "the offline writer": House(writers=1, seconds=0.05, spread=0.4, load=0.3, bursts=0.01),
}


@pytest.mark.parametrize("house", HOUSES.values(), ids=HOUSES)
@pytest.mark.parametrize("seed", range(3))
def test_four_of_five_lessons_take_the_time_that_was_said(house: House, seed: int) -> None:
    lessons = [(span, took) for span, took in house.lessons(seed) if span is not None]
    true = sum(_is_within(told(span), took) for span, took in lessons)
    widths = sorted(span.high / span.low for span, _ in lessons)

    assert true >= WITHIN * len(lessons)
    assert widths[len(widths) // 2] <= WIDE


def _is_within(said: str, seconds: float) -> bool:
    numbers, unit = said.rsplit(" ", 1)
    factor = 60 if unit.startswith("minute") else 1
    low, high = ("0", numbers.removeprefix("under ")) if numbers.startswith("under") else numbers.split("-")
    return int(low) * factor <= seconds <= int(high) * factor


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.0, 0.0, "under 1 second"),
        (0.01, 0.9, "under 1 second"),
        (0.4, 1.1, "under 2 seconds"),
        (2.5, 7, "2-10 seconds"),
        (30, 60, "30-60 seconds"),
        (33, 88, "30-90 seconds"),
        (130, 230, "2-4 minutes"),
        (20, 130, "under 3 minutes"),
        (60, 60, "45-60 seconds"),
        (50_000, 1_000_000, "720-1440 minutes"),
    ],
)
def test_a_span_is_said_in_round_numbers(low: float, high: float, said: str) -> None:
    assert told(Span(low, high)) == said


def test_before_anything_is_measured_the_contract_s_figure_is_told() -> None:
    assert told(Estimates().span(5, 5)) == UNMEASURED
    assert [Estimates().percent(stage) for stage in Stage] == [0, 5, 15, 20, 95, 100]


def test_another_writer_s_lessons_are_forgotten() -> None:
    estimates = Estimates()
    estimates.add(MeasuredLesson("openai", 60, 60, 60, {}))
    estimates.add(MeasuredLesson("offline", 0.1, 0.1, 0.1, {}))

    assert told(estimates.span(0, 0)) == "under 1 second"


async def test_what_lessons_took_is_told_of_the_next_one(api: Api) -> None:
    for number in range(6):
        await _a_lesson_of_two_minutes(api, f"topic {number}")
    measuring = Measuring(api.store, lambda: Load(queued=1), api.clock, task_ttl_seconds=3_600)
    await measuring.measure()

    assert (measuring.completion(), measuring.first_poll_after()) == ("1-2 minutes", 30)


async def test_those_before_it_are_waited_for(api: Api) -> None:
    for number in range(6):
        await _a_lesson_of_two_minutes(api, f"topic {number}")
    load = Load(queued=41, taken=4)
    measuring = Measuring(api.store, lambda: load, api.clock, task_ttl_seconds=3_600)
    await measuring.measure()

    assert measuring.completion() == "12-25 minutes"


async def test_a_status_tells_the_share_of_its_time_and_when_to_ask_again(api: Api) -> None:
    for number in range(6):
        await _a_lesson_of_two_minutes(api, f"topic {number}")
    api.clock.held = NOON
    task_id = await api.ask()
    await api.record(GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="openai"))

    async def is_measured() -> bool:
        return bool((await api.status(task_id))["progress"]["percent"] == 25)

    await until_so(is_measured)
    answer = await api.client.get(f"/lessons/status/{task_id}")

    assert answer.headers["retry-after"] == "30"


async def _a_lesson_of_two_minutes(api: Api, topic: str) -> None:
    """Ask, and let pass 10 s until it is read for, 10 s of reading, 10 s until it is written, 90 s of writing."""
    api.clock.held = NOON
    task_id = await api.ask(topic=topic)
    request = await api.request(task_id)
    for seconds, event in (
        (10, EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query="Verb")),
        (20, LessonEnriched(task_id=task_id, request=request, absence=Absence.NOT_FOUND)),
        (30, GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="openai")),
    ):
        api.clock.held = _later(seconds)
        await api.record(event)
    api.clock.held = _later(120)
    await api.complete(task_id)


def _later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)
