"""What is paid for is told while the rest is still being written, so that nobody takes a slow lesson for a lost one."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.draft import Assignment, Doing, Record, Tell, Written, untold
from pathshala_generator.model import MODERATION
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.writing import PROGRESS_MAX, Writing
from services.generator.tests.given import an_assignment
from tests.waiting import until

DOWN = ProviderUnavailable("provider_down", "out of service")


def a_call(answer: str, provider: str = "openai") -> ProviderCall:
    return ProviderCall(provider=provider, request="?", status=200, answer=answer, seconds=1)


class Scripted(OfflineWriter):
    """Makes these calls, each when it may, and ends as it is told."""

    def __init__(self, *calls: ProviderCall, end: Exception | None = None, may: Callable[[int], bool]) -> None:
        self._script, self._end, self._may = calls, end, may
        self.cancelled = False

    async def write(self, assignment: Assignment, record: Record, _tell: Tell = untold) -> Written:
        try:
            for number, call in enumerate(self._script):
                await until(lambda number=number: self._may(number))  # type: ignore[misc]
                record(call)
            if self._end is not None:
                raise self._end
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return await super().write(assignment, record)


async def told(writing: Writing) -> list[str]:
    async with aclosing(writing.calls()) as calls:
        return [call.answer async for call in calls if isinstance(call, ProviderCall)]


def always(_number: int) -> bool:
    return True


async def test_a_call_is_told_while_the_next_ones_are_made() -> None:
    seen: list[str] = []
    writer = Scripted(a_call("one"), a_call("two"), a_call("three"), may=lambda number: number < 2 or bool(seen))
    writing = Writing(writer, an_assignment(), 60)

    async with aclosing(writing.calls()) as calls:
        async for call in calls:
            assert isinstance(call, ProviderCall)
            seen.append(call.answer)

    assert seen == ["one", "two", "three"]
    assert writing.written.draft.title


async def test_a_service_that_is_down_at_once_costs_nothing_and_tells_nothing() -> None:
    writer = Scripted(a_call("fit", MODERATION), a_call(""), end=DOWN, may=always)

    with pytest.raises(ProviderUnavailable):
        await told(Writing(writer, an_assignment(), 60))


async def test_a_service_that_goes_down_over_a_repair_ends_the_attempt() -> None:
    writer = Scripted(a_call("one"), a_call(""), end=DOWN, may=always)

    with pytest.raises(Retry, match="provider_down"):
        await told(Writing(writer, an_assignment(), 60))


async def test_the_deadline_stops_the_writer() -> None:
    writer = Scripted(a_call("never"), may=lambda _number: False)

    with pytest.raises(Reject, match="deadline_exceeded"):
        await told(Writing(writer, an_assignment(), 0.05))

    assert writer.cancelled


async def test_who_stops_listening_stops_the_writer() -> None:
    writer = Scripted(a_call("one"), a_call("two"), a_call("never"), may=lambda number: number < 2)

    async with aclosing(Writing(writer, an_assignment(), 60).calls()) as calls:
        first = await anext(calls)
        assert isinstance(first, ProviderCall)
        assert first.answer == "one"

    assert writer.cancelled


class Busy(OfflineWriter):
    """Begins one part after the other, each when the one before was told."""

    def __init__(self, told: list[Doing], parts: int, *, waits: bool) -> None:
        self._told, self._parts, self._waits = told, parts, waits

    async def write(self, assignment: Assignment, record: Record, tell: Tell = untold) -> Written:
        for number in range(self._parts):
            tell(Doing(f"part {number}"))
            if self._waits:
                await until(lambda number=number: len(self._told) > min(number, PROGRESS_MAX - 1))  # type: ignore[misc]
        return await super().write(assignment, record)


async def progress(parts: int, *, seconds: float, waits: bool = False) -> list[Doing]:
    told: list[Doing] = []
    writing = Writing(Busy(told, parts, waits=waits), an_assignment(), 60, progress_seconds=seconds)
    async with aclosing(writing.calls()) as calls:
        async for call in calls:
            if isinstance(call, Doing):
                told.append(call)  # noqa: PERF401 - the writer waits for the first one
    return told


async def test_each_part_that_is_begun_is_told_up_to_a_number() -> None:
    assert await progress(3, seconds=0, waits=True) == [Doing(f"part {number}") for number in range(3)]
    assert len(await progress(PROGRESS_MAX + 9, seconds=0, waits=True)) == PROGRESS_MAX


async def test_of_what_does_not_take_long_nothing_is_told() -> None:
    assert await progress(3, seconds=600) == []
