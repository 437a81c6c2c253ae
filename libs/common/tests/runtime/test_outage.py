"""While what a consumer stands on is down, one delivery at a time tries, and it costs nobody an attempt."""

from collections import Counter
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from itertools import pairwise

from libs.common.tests.runtime.scene import REQUESTED, enriched, requests, scene
from pathshala_common.contract import messages
from pathshala_common.contract.backoff import OUTSIDE
from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry, StoreUnavailable
from pathshala_common.contract.events import AnyEvent, LessonEnriched, LessonFailed, LessonRequested, RetryScheduled
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.runtime.outage_wait import HOLD_SECONDS_MAX, TELL_AGAIN_SECONDS
from tests.clock import NOON, HeldClock
from tests.stories.events import requested
from tests.stories.lessons import a_request
from tests.waiting import one_turn, settled, until

PREFETCH = 10
TASKS = 1_000
OUTAGE_SECONDS = 600


class Provider:
    """A service outside the house that may be down; it notes when it was called."""

    def __init__(self, after_seconds: float | None = None) -> None:
        self.down = True
        self.after_seconds = after_seconds
        self.clock: HeldClock | None = None
        self.calls: list[datetime] = []

    async def on_lesson_requested(self, event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        assert self.clock is not None
        if event.request.deadline <= self.clock.now():
            raise Reject("deadline_exceeded", "too late")
        self.calls.append(self.clock.now())
        await one_turn()
        if self.down:
            raise ProviderUnavailable("provider_down", "the provider is down", self.after_seconds)
        yield enriched(event)


async def test_an_outage_of_ten_minutes_costs_one_probe_an_interval_and_no_attempt() -> None:
    provider = Provider()
    async with scene(provider.on_lesson_requested) as here:
        provider.clock = here.clock
        await here.given(*requests(TASKS))
        await until(lambda: len(provider.calls) == PREFETCH)
        end = NOON + timedelta(seconds=OUTAGE_SECONDS)
        await here.clock.run_for(OUTAGE_SECONDS, step_seconds=1)
        probes = provider.calls[PREFETCH:]
        assert len(set(probes)) == len(probes)
        assert OUTAGE_SECONDS / OUTSIDE.max_seconds <= len(probes) <= 10 + 2 * OUTAGE_SECONDS / OUTSIDE.max_seconds
        provider.down = False
        await here.clock.run_until(lambda: len(provider.calls) > PREFETCH + len(probes), step_seconds=1)
        assert here.clock.now() <= end + timedelta(seconds=OUTSIDE.max_seconds + 5)
        await until(lambda: len(here.told_of(LessonEnriched)) == TASKS)
        assert not here.dead
        assert set(here.attempts) == {1}
        told = Counter(envelope.task_id for envelope in here.told_of(RetryScheduled))
        assert len(told) <= PREFETCH + len(probes)
        assert max(told.values()) <= 1 + OUTAGE_SECONDS / TELL_AGAIN_SECONDS


async def test_whoever_waits_in_hand_is_told_for_what_and_until_when() -> None:
    provider = Provider(after_seconds=40)
    async with scene(provider.on_lesson_requested) as here:
        provider.clock = here.clock
        await here.given(*requests(30))
        await until(lambda: len(here.told_of(RetryScheduled)) == PREFETCH)
        told = here.told_of(RetryScheduled)[0].event
        assert isinstance(told, RetryScheduled)
        assert (told.code, told.reason, told.attempt) == ("provider_down", "the provider is down", 1)
        assert (told.retry_at, told.delay_seconds, told.telling) == (NOON + timedelta(seconds=40), 40, 1)
        here.clock.advance(39)
        await settled()
        assert len(provider.calls) == PREFETCH


async def test_what_whoever_waits_was_told_stays_true_for_as_long_as_it_waits() -> None:
    provider = Provider()
    async with scene(provider.on_lesson_requested) as here:
        provider.clock = here.clock
        await here.given(REQUESTED.raw)

        def told() -> RetryScheduled:
            event = here.told_of(RetryScheduled)[-1].event
            assert isinstance(event, RetryScheduled)
            return event

        def is_true() -> bool:
            calls = provider.calls
            gaps = [later - earlier for earlier, later in pairwise([*calls, here.clock.now()])]
            if calls and here.told_of(RetryScheduled):
                assert max(gaps).total_seconds() <= told().delay_seconds + 1
                assert here.clock.now() <= told().retry_at + timedelta(seconds=TELL_AGAIN_SECONDS + 1)
            return here.clock.now() >= NOON + timedelta(seconds=OUTAGE_SECONDS)

        await here.clock.run_until(is_true, step_seconds=1)
        assert 3 <= told().telling <= 1 + OUTAGE_SECONDS / TELL_AGAIN_SECONDS
        assert len({envelope.id for envelope in here.told_of(RetryScheduled)}) == told().telling
        assert told().delay_seconds == OUTSIDE.max_seconds
        provider.after_seconds = 100
        await here.clock.run_until(lambda: told().delay_seconds > OUTSIDE.max_seconds, step_seconds=1)
        assert 99 <= told().delay_seconds <= 100


async def test_a_hold_and_a_retry_of_one_attempt_are_two_events() -> None:
    answers = [ProviderUnavailable("provider_down", "down"), Retry("rate_limited", "slow down")]

    async def fail_twice(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        if answers:
            raise answers.pop(0)
        yield enriched(event)

    async with scene(fail_twice) as here:
        await here.given(REQUESTED.raw)
        await here.clock.run_until(lambda: bool(here.told_of(LessonEnriched)), step_seconds=1)
        assert here.attempts == [1, 1, 2]
        assert len({envelope.id for envelope in here.told_of(RetryScheduled)}) == 2


async def test_nobody_is_held_past_the_deadline_of_the_request() -> None:
    provider = Provider(after_seconds=500)
    async with scene(provider.on_lesson_requested) as here:
        provider.clock = here.clock
        await here.given(requested("task-1", a_request(seconds=60)).raw, *requests(1))
        await until(lambda: len(here.told_of(RetryScheduled)) == 2)
        here.clock.advance(59)
        await settled()
        assert not here.dead
        here.clock.advance(1)
        await until(lambda: here.told_of(LessonFailed) and here.dead)
        assert here.dead[0].headers[messages.DEAD_CODE] == "deadline_exceeded"
        assert len(here.dead) == 1


async def test_a_handler_that_does_not_heed_the_deadline_is_not_held_past_it_either() -> None:
    async def need_the_provider(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt > 0:
            raise ProviderUnavailable("provider_down", "the provider is down", 500)
        yield enriched(event)

    async with scene(need_the_provider) as here:
        await here.given(requested("task-1", a_request(seconds=60)).raw)
        await here.clock.run_until(lambda: bool(here.dead), step_seconds=20)
        assert here.dead[0].headers[messages.DEAD_CODE] == "deadline_exceeded"
        assert here.attempts == [1, 1]


async def test_what_is_down_for_one_delivery_alone_costs_that_one_its_attempts_and_others_nothing() -> None:
    async def need_the_provider(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if event.task_id == "task-0" and context.attempt > 0:
            raise ProviderUnavailable("provider_down", "the provider is down")
        yield enriched(event)

    async with scene(need_the_provider) as here:
        sent = 0

        def all_is_settled() -> bool:
            return bool(here.dead) and len(here.told_of(LessonEnriched)) == sent - 1

        for body in requests(200):
            await here.given(body)
            sent += 1
            here.clock.advance(1)
            await settled()
        await here.clock.run_until(all_is_settled, step_seconds=1)
        assert [dead.headers[messages.DEAD_CODE] for dead in here.dead] == ["provider_down"]
        assert {envelope.task_id for envelope in here.told_of(LessonFailed)} == {"task-0"}


async def test_a_store_that_is_down_is_waited_for_in_silence_and_longer_than_any_deadline() -> None:
    down = True

    async def need_the_store(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        if down:
            raise StoreUnavailable("the store does not answer")
        yield enriched(event)

    async with scene(need_the_store) as here:
        await here.given(requested("task-1", a_request(seconds=60)).raw)
        await here.clock.run_for(2 * HOLD_SECONDS_MAX + 5, step_seconds=5)
        assert not here.told
        down = False
        await here.clock.run_until(lambda: bool(here.told_of(LessonEnriched)), step_seconds=1)
        assert not here.dead
        assert set(here.attempts) == {1}


async def test_draining_hands_back_what_is_held() -> None:
    provider = Provider(after_seconds=500)
    async with scene(provider.on_lesson_requested) as here:
        provider.clock = here.clock
        await here.given(*requests(3))
        await until(lambda: len(here.told_of(RetryScheduled)) == 3)
        await here.consumer.drain(0.01)
        again: list[Message] = []

        async def take(delivery: Delivery) -> None:
            assert delivery.returns == 0
            again.append(delivery.message)
            await delivery.ack()

        await here.broker.consume(here.topology.queue("enricher"), prefetch=3, on_delivery=take)
        await until(lambda: len(again) == 3)
        assert {message.body for message in again} == set(requests(3))
