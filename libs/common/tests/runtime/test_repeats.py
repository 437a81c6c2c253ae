"""Work that is done is not done again because its delivery comes back."""

import asyncio
from collections.abc import AsyncGenerator

from libs.common.tests.runtime.scene import REQUESTED, enriched, requests, scene
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import AnyEvent, LessonEnriched, LessonRequested
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.runtime.repeats import HANDLED_MAX, HANDLED_MAX_BYTES, Repeats
from tests.waiting import until


async def enrich_any(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
    yield enriched(event)


async def test_what_was_handled_and_comes_back_is_told_again_without_its_handler() -> None:
    async with scene(enrich_any) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: len(here.told) == 1)
        await here.given(REQUESTED.raw)
        await until(lambda: len(here.told) == 2)
        assert here.told[0].raw == here.told[1].raw
        assert here.attempts == [1]


async def test_a_repeat_of_what_is_in_hand_waits_for_it() -> None:
    finish = asyncio.Event()

    async def slowly(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        await finish.wait()
        yield enriched(event)

    async with scene(slowly) as here:
        await here.given(REQUESTED.raw, REQUESTED.raw, *requests(1))
        await until(lambda: len(here.attempts) == 2)
        finish.set()
        await until(lambda: len(here.told) == 3)
        assert len(here.attempts) == 2


async def test_a_repeat_of_what_failed_is_handled_for_it_may_be_the_next_attempt() -> None:
    async def fail_once(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        if len(here.attempts) == 1:
            raise Retry("rate_limited", "slow down")
        yield enriched(event)

    async with scene(fail_once) as here:
        await here.given(REQUESTED.raw, REQUESTED.raw)
        await until(lambda: here.told_of(LessonEnriched))
        await here.clock.run_until(lambda: len(here.told_of(LessonEnriched)) == 2, step_seconds=1)
        assert here.attempts == [1, 1]


async def test_the_oldest_are_forgotten() -> None:
    repeats = Repeats()
    for number in range(HANDLED_MAX + 1):
        repeats.remember(str(number), ())
    async with repeats.turn("0") as oldest, repeats.turn("1") as next_oldest:
        assert (oldest, next_oldest) == (None, ())


async def test_the_oldest_are_forgotten_when_all_are_too_large_together() -> None:
    repeats, third = Repeats(), [Message(b"x" * (HANDLED_MAX_BYTES // 3), "", "", "")]
    for identity in ("1", "2", "3", "3", "2", "4"):
        repeats.remember(identity, third)
    repeats.remember("too large alone", [Message(b"x" * (HANDLED_MAX_BYTES + 1), "", "", "")])
    repeats.remember("5", third)

    kept = []
    for identity in ("1", "2", "3", "4", "too large alone", "5"):
        async with repeats.turn(identity) as led_to:
            kept += [identity] if led_to is not None else []
    assert kept == ["2", "4", "5"]
