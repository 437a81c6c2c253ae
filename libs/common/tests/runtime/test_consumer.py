"""The consumer loop: every delivery has one fate, and what it leads to is safe before it is acknowledged."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from libs.common.tests.runtime.scene import ENRICHED, REQUESTED, enrich, scene
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract import messages
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.errors import Reject, Retry, StoreUnavailable
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    LessonEnriched,
    LessonFailed,
    LessonRequested,
    RetryScheduled,
)
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.consumer import Consumer, Limits
from pathshala_common.runtime.retry import RetryPolicy
from tests.clock import NOON, HeldClock
from tests.waiting import settled, until


async def test_what_a_handler_yields_is_published_with_derived_ids() -> None:
    async with scene(enrich) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: len(here.told) == 2)
        enriched = here.told_of(LessonEnriched)[0]
        assert enriched.id == wrap(ENRICHED, source="enricher", now=NOON, cause=REQUESTED).id
        assert (enriched.causation_id, enriched.source) == (REQUESTED.id, "/pathshala/enricher")


async def test_the_same_event_delivered_twice_leads_to_the_same_ids() -> None:
    async with scene(enrich) as here:
        await here.given(REQUESTED.raw, REQUESTED.raw)
        await until(lambda: len(here.told) == 4)
        assert len({envelope.id for envelope in here.told}) == 2


async def test_an_event_is_published_while_its_handler_still_works() -> None:
    finish = asyncio.Event()

    async def slowly(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        async for item in enrich(event, context):
            yield item
            await finish.wait()

    async with scene(slowly) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: here.told_of(EnrichmentStarted))
        assert not here.told_of(LessonEnriched)
        finish.set()
        await until(lambda: here.told_of(LessonEnriched))


async def test_a_retry_is_told_and_comes_back_later_as_the_next_attempt() -> None:
    async def fail_once(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt == 1:
            raise Retry("rate_limited", "the model is rate limited", after_seconds=30)
        async for item in enrich(event, context):
            yield item

    async with scene(fail_once) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: here.told_of(RetryScheduled))
        told = here.told_of(RetryScheduled)[0].event
        assert isinstance(told, RetryScheduled)
        assert (told.code, told.attempt, told.attempts_max) == ("rate_limited", 1, 3)
        assert told.delay_seconds >= 30
        here.clock.advance(29)
        await settled()
        assert here.attempts == [1]
        await here.clock.run_until(lambda: len(here.attempts) == 2, step_seconds=1)
        await until(lambda: here.told_of(LessonEnriched))
        assert not here.dead


async def test_a_wait_longer_than_the_longest_delay_is_kept_too() -> None:
    async def fail_once(_event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt == 1:
            raise Retry("rate_limited", "come back in an hour", after_seconds=3_600)
        yield ENRICHED

    async with scene(fail_once) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: here.told_of(RetryScheduled))
        for _ in range(59):
            here.clock.advance(60)
            await settled()
        assert here.attempts == [1]
        await here.clock.run_until(lambda: here.attempts == [1, 2], step_seconds=60)


async def test_after_the_last_attempt_the_message_is_dead_and_the_task_has_failed() -> None:
    async def always_fail(_event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt > 0:
            raise Retry("provider_error", "the model's server failed")
        yield ENRICHED

    async with scene(always_fail) as here:
        await here.given(REQUESTED.raw)
        await here.clock.run_until(lambda: bool(here.dead), step_seconds=100)
        assert here.attempts == [1, 2, 3]
        assert here.dead[0].body == REQUESTED.raw
        assert here.dead[0].headers[messages.DEAD_CODE] == "provider_error"
        await until(lambda: here.told_of(LessonFailed))
        failed = here.told_of(LessonFailed)[0].event
        assert isinstance(failed, LessonFailed)
        assert (failed.code, failed.service) == ("provider_error", "enricher")
        assert failed.message == "The model's server failed (after 3 attempts)"


async def test_a_rejected_event_is_dead_at_once_with_the_reason_and_the_stack() -> None:
    async def refuse(_event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt > 0:
            raise Reject("model_refused", "the model refuses this topic")
        yield ENRICHED

    async with scene(refuse) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: here.dead and here.told_of(LessonFailed))
        assert here.attempts == [1]
        assert here.dead[0].headers[messages.DEAD_REASON] == "the model refuses this topic"
        assert "in refuse" in str(here.dead[0].headers[messages.DEAD_STACK])


async def test_a_fault_of_our_own_is_tried_again_in_bounds() -> None:
    async def stumble(_event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt < 3:
            raise ZeroDivisionError
        yield ENRICHED

    async with scene(stumble) as here:
        await here.given(REQUESTED.raw)
        await here.clock.run_until(lambda: bool(here.told_of(LessonEnriched)), step_seconds=100)
        assert here.attempts == [1, 2, 3]


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"x" * 100_001], ids=["empty", "no event", "bytes", "large"])
async def test_bytes_that_are_no_event_are_dead_at_once_and_harm_nobody(body: bytes) -> None:
    async with scene(enrich) as here:
        await here.given(body, REQUESTED.raw)
        await until(lambda: here.dead and len(here.told) == 2)
        assert here.dead[0].body == body
        assert here.dead[0].headers[messages.DEAD_CODE] == "not_an_event"
        assert here.attempts == [1]


def too_new(**changes: str) -> bytes:
    head = json.loads(REQUESTED.raw) | {"dataschema": "urn:pathshala:LessonRequested:2"} | changes
    return json.dumps(head).encode()


async def test_an_event_that_is_too_new_waits_ever_longer_and_is_dead_after_a_day_and_harms_nobody() -> None:
    with capture_logs() as logs:
        async with scene(enrich) as here:
            began = here.clock.now()
            await here.given(too_new(), REQUESTED.raw)
            await until(lambda: len(here.told) == 2)
            await here.clock.run_until(lambda: bool(here.dead), step_seconds=30)
            lived = here.clock.now() - began
    waits = [entry for entry in logs if entry["event"] == "too new to be read yet"]

    assert [here.dead[0].body, here.dead[0].headers[messages.DEAD_CODE]] == [too_new(), "too_new"]
    assert here.dead[0].headers[messages.ATTEMPT] == 1
    assert timedelta(days=1) < lived < timedelta(days=1, minutes=20)
    assert 100 < len(waits) < 200
    assert not here.told_of(LessonFailed)


@pytest.mark.parametrize("time", ["2026-11-20T12:00:00.000Z", "2027-11-20T12:00:00.000Z"])
async def test_an_event_that_was_too_new_for_long_or_comes_from_a_far_future_is_dead_at_once(time: str) -> None:
    async with scene(enrich) as here:
        await here.given(too_new(time=time))
        await until(lambda: here.dead)
        assert here.dead[0].headers[messages.DEAD_CODE] == "too_new"


async def test_an_event_for_another_queue_is_dead_without_a_failure_of_its_task() -> None:
    started = EnrichmentStarted(task_id="task-1", attempt=1, source="wikipedia", query="verbs")
    async with scene(enrich) as here:
        await here.given(wrap(started, source="enricher", now=NOON).raw)
        await until(lambda: here.dead)
        assert here.dead[0].headers[messages.DEAD_CODE] == "unexpected_event"
        assert not here.told


async def test_what_is_down_is_waited_for_and_costs_no_attempt() -> None:
    down = True

    async def need_the_store(_event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        if down:
            raise StoreUnavailable("the store does not answer")
        yield ENRICHED

    async with scene(need_the_store) as here:
        await here.given(REQUESTED.raw)
        await here.clock.run_until(lambda: len(here.attempts) > 10, step_seconds=1)
        down = False
        await here.clock.run_until(lambda: bool(here.told_of(LessonEnriched)), step_seconds=5)
        assert set(here.attempts) == {1}
        assert not here.dead


async def test_what_was_handled_is_not_handled_again_because_it_cannot_be_published() -> None:
    small = Topology(enrichment_wait_seconds=86_400, queue_length_max=1)
    async with scene(enrich, topology=small) as here:
        generator = small.queue("generator")
        await here.broker.publish([Message(b"filler", "", generator, message_id="f")])
        await here.given(REQUESTED.raw)
        await here.clock.run_until(lambda: bool(here.told_of(EnrichmentStarted)), step_seconds=1)
        await until(lambda: here.clock.sleeping)
        assert not here.told_of(LessonEnriched)

        async def swallow(delivery: Delivery) -> None:
            await delivery.ack()

        await here.broker.consume(generator, prefetch=1, on_delivery=swallow)
        await here.clock.run_until(lambda: bool(here.told_of(LessonEnriched)), step_seconds=5)
        assert here.attempts == [1]


async def test_draining_lets_what_is_in_hand_finish_and_takes_nothing_more() -> None:
    finish = asyncio.Event()

    async def slowly(_event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        await finish.wait()
        yield ENRICHED

    async with scene(slowly) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: here.attempts)
        draining = asyncio.create_task(here.consumer.drain(10))
        await settled()
        await here.given(REQUESTED.raw)
        finish.set()
        await draining
        await until(lambda: here.told_of(LessonEnriched))
        assert here.attempts == [1]


async def test_what_does_not_finish_in_the_grace_period_is_handed_back() -> None:
    async def never(_event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        await asyncio.Event().wait()
        yield ENRICHED

    async with scene(never) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: here.attempts)
        await here.consumer.drain(0.01)
        again: list[Message] = []

        async def take(delivery: Delivery) -> None:
            again.append(delivery.message)
            await delivery.ack()

        await here.broker.consume(here.topology.queue("enricher"), prefetch=1, on_delivery=take)
        await until(lambda: again)
        assert again[0].body == REQUESTED.raw


def test_a_handler_table_that_is_not_the_topologys_is_refused() -> None:
    topology, clock = Topology(), HeldClock()
    with pytest.raises(ValueError, match="differ"):
        Consumer(
            "enricher",
            {},
            broker=MemoryBroker(topology, clock=clock),
            topology=topology,
            clock=clock,
            limits=Limits(1, RetryPolicy(1, 1, 1), 1),
        )
