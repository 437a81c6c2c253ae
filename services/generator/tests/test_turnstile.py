"""A turnstile lets few on in one turn of the event loop, in their order, and forgets who has gone."""

import asyncio

from pathshala_generator.turnstile import Turnstile
from tests.waiting import one_turn


async def test_few_go_on_in_one_turn_and_in_their_order() -> None:
    turnstile, passed = Turnstile(2), list[int]()

    async def come(number: int) -> None:
        await turnstile()
        passed.append(number)

    coming = [asyncio.create_task(come(number)) for number in range(9)]
    let_on = []
    while not all(task.done() for task in coming):
        before = len(passed)
        await one_turn()
        let_on.append(len(passed) - before)

    assert passed == list(range(9))
    assert max(let_on) <= 2, let_on


async def test_whoever_comes_alone_does_not_wait() -> None:
    turnstile = Turnstile(1)
    for _ in range(3):
        coming = turnstile().__await__()
        assert next(coming, None) is None
        await one_turn()
        await one_turn()


async def test_one_who_has_gone_takes_nobody_s_place() -> None:
    turnstile = Turnstile(1)
    first, gone, last = (asyncio.create_task(turnstile()) for _ in range(3))
    await first
    gone.cancel()

    async with asyncio.timeout(60):
        await last

    assert gone.cancelled()
