"""One lesson in the making: calls and progress are told while it is written, and it is given up at its deadline."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.draft import Assignment, Doing, Writer, Written
from pathshala_generator.model import MODERATION

PROGRESS_SECONDS = 5.0
"""From one change that is told to the next: what takes less long is done before anybody has read of it."""
PROGRESS_MAX = 24
"""Changes of one attempt that are told. Each is an event, and logged."""


class Writing:
    """Has a writer write, for `seconds` at the most. What it wrote is `written`, once all its calls were told.

    Progress is told every `progress_seconds` at the most.
    """

    written: Written

    def __init__(
        self, writer: Writer, assignment: Assignment, seconds: float, *, progress_seconds: float = PROGRESS_SECONDS
    ) -> None:
        """Begin when the calls are asked for."""
        self._writer, self._assignment, self._seconds = writer, assignment, seconds
        self._doing: Doing | None = None
        self._progress_seconds, self._progress_left = progress_seconds, PROGRESS_MAX
        self._progress_due = asyncio.get_running_loop().time() + progress_seconds
        self._calls: list[ProviderCall] = []
        self._new = asyncio.Event()

    async def calls(self) -> AsyncGenerator[ProviderCall | Doing, None]:
        """Tell of each call to the model when the next one has ended, and of the rest at the end; of progress at once.

        Raises what the writer raises. A service that is down is not told of: the attempt begins again, and costs
        nothing. If calls were told before, it cannot: Retry, so that the next attempt's calls are its own.
        """
        writing = asyncio.create_task(self._write())
        writing.add_done_callback(lambda _writing: self._new.set())
        told = 0
        try:
            while not writing.done():
                await self._wait()
                if (doing := self._progress()) is not None:
                    yield doing
                settled = len(self._calls) - 1
                if any(call.provider != MODERATION for call in self._calls[:settled]):
                    while told < settled:
                        yield self._calls[told]
                        told += 1
            fault = writing.exception()
            if isinstance(fault, ProviderUnavailable):
                raise Retry(fault.code, fault.reason, fault.after_seconds) if told else fault
            for call in self._calls[told:]:
                yield call
            self.written = writing.result()
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _write(self) -> Written:
        """Write, but not beyond the deadline."""
        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                return await self._writer.write(self._assignment, self._record, self._tell)
        except TimeoutError:
            if not limit.expired():
                raise
        raise Reject("deadline_exceeded", "the time for this lesson ran out while it was being written")

    async def _wait(self) -> None:
        """Wait for something new, or until progress is to be told."""
        due = self._progress_due if self._doing and self._progress_left else None
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await self._new.wait()
        self._new.clear()

    def _progress(self) -> Doing | None:
        """The stage that it is at, if it is new and time to tell it."""
        loop = asyncio.get_running_loop()
        if not self._doing or not self._progress_left or loop.time() < self._progress_due:
            return None
        doing, self._doing = self._doing, None
        self._progress_left -= 1
        self._progress_due = loop.time() + self._progress_seconds
        return doing

    def _tell(self, doing: Doing) -> None:
        self._doing = doing
        self._new.set()

    def _record(self, call: ProviderCall) -> None:
        self._calls.append(call)
        self._new.set()
