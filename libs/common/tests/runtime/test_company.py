"""Blocks run together, or one alone."""

import asyncio

from pathshala_common.runtime.company import Company
from tests.waiting import settled


async def test_one_who_wants_to_be_alone_waits_for_those_inside_and_keeps_others_out() -> None:
    company, seen = Company(), list[str]()
    may_leave, may_end = asyncio.Event(), asyncio.Event()

    async def together(name: str, until: asyncio.Event) -> None:
        async with company.together():
            seen.append(name)
            await until.wait()

    async def alone() -> None:
        async with company.alone():
            seen.append("alone")
            await may_end.wait()

    tasks = [asyncio.create_task(together(name, may_leave)) for name in ("first", "second")]
    await settled()
    tasks += [asyncio.create_task(alone()), asyncio.create_task(together("late", may_leave))]
    await settled()
    assert seen == ["first", "second"]
    may_leave.set()
    await settled()
    assert seen == ["first", "second", "alone"]
    may_end.set()
    await asyncio.gather(*tasks)
    assert seen == ["first", "second", "alone", "late"]


async def test_one_who_gives_up_waiting_to_be_alone_lets_others_in() -> None:
    company = Company()
    async with company.together():
        waiting = asyncio.create_task(company.alone().__aenter__())
        await settled()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        async with company.together():
            pass
