"""A message that kills its consumers is found out alone, and those who were in hand with it are spared."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from libs.common.tests.runtime.scene import REQUESTED, Scene, enriched, requests, scene
from pathshala_common.contract import messages
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import AnyEvent, LessonEnriched, LessonFailed, LessonRequested
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.topology import DELIVERY_LIMIT
from pathshala_common.runtime.consumer import RETURNS_MAX, SUSPECT_RETURNS_MAX
from tests.waiting import settled, until


async def die_with(here: Scene, queue: str, count: int) -> None:
    """Have a consumer die that has so many deliveries in hand."""
    held: list[Delivery] = []

    async def hold(delivery: Delivery) -> None:
        held.append(delivery)

    dying = await here.broker.consume(queue, prefetch=count, on_delivery=hold)
    await until(lambda: len(held) == count)
    await dying.cancel()
    for delivery in held:
        await delivery.requeue()


def test_a_broker_lets_a_message_return_often_enough_to_be_suspected() -> None:
    assert DELIVERY_LIMIT > RETURNS_MAX + SUSPECT_RETURNS_MAX


@pytest.mark.parametrize(("deaths", "at_once_max"), [(RETURNS_MAX - 1, 5), (RETURNS_MAX, 1)])
async def test_what_consumers_died_over_too_often_is_handled_one_at_a_time(deaths: int, at_once_max: int) -> None:
    at_once: list[int] = []
    running: list[asyncio.Future[None]] = []

    async def count(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        may_end = asyncio.get_running_loop().create_future()
        running.append(may_end)
        await may_end
        yield enriched(event)

    def end_all_that_run() -> None:
        at_once.append(len(running))
        while running:
            running.pop().set_result(None)

    async with scene(count) as here:
        await here.consumer.drain(0)
        await here.given(*requests(5))
        for _ in range(deaths):
            await die_with(here, here.topology.queue("enricher"), 5)
        await here.consumer.start()
        while len(here.told_of(LessonEnriched)) < 5:
            await settled()
            end_all_that_run()
        assert max(at_once) == at_once_max
        assert not here.dead


async def test_a_suspect_over_which_a_consumer_dies_again_is_dead_before_it_kills_another() -> None:
    async def enrich_any(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        yield enriched(event)

    async with scene(enrich_any) as here:
        await here.consumer.drain(0)
        suspects = here.topology.suspects_queue("enricher")
        poison, innocent = requests(2)
        await here.broker.publish([Message(poison, "", suspects, message_id="p")])
        for _ in range(SUSPECT_RETURNS_MAX):
            await die_with(here, suspects, 1)
        await here.broker.publish([Message(innocent, "", suspects, message_id="i")])
        await here.consumer.start()
        await until(lambda: here.told_of(LessonFailed) and here.told_of(LessonEnriched))
        assert [dead.body for dead in here.dead] == [poison]
        assert here.dead[0].headers[messages.DEAD_CODE] == "crashed"
        assert [envelope.task_id for envelope in here.told_of(LessonFailed)] == ["task-0"]
        assert len(here.attempts) == 1


async def test_a_suspect_that_is_to_be_tried_again_is_an_ordinary_message_again() -> None:
    async def fail_once(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt == 1:
            raise Retry("rate_limited", "slow down")
        yield enriched(event)

    async with scene(fail_once) as here:
        suspects = here.topology.suspects_queue("enricher")
        await here.broker.publish([Message(REQUESTED.raw, "", suspects, message_id="s")])
        await here.clock.run_until(lambda: bool(here.told_of(LessonEnriched)), step_seconds=1)
        assert here.attempts == [1, 2]


async def test_a_suspect_that_does_not_finish_in_the_grace_period_stays_a_suspect() -> None:
    async def never(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        await asyncio.Event().wait()
        yield enriched(event)

    async with scene(never) as here:
        suspects = here.topology.suspects_queue("enricher")
        await here.broker.publish([Message(REQUESTED.raw, "", suspects, message_id="s")])
        await until(lambda: here.attempts)
        await here.consumer.drain(0.01)
        await die_with(here, suspects, 1)
