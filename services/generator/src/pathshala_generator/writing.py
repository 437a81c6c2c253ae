"""One lesson in the making: its calls are told while it is written, and it is given up at its deadline."""

import asyncio
from collections.abc import AsyncGenerator

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.draft import Assignment, Writer, Written
from pathshala_generator.model import MODERATION


class Writing:
    """Has a writer write, for `seconds` at the most. What it wrote is `written`, once all its calls were told."""

    written: Written

    def __init__(self, writer: Writer, assignment: Assignment, seconds: float) -> None:
        """Begin when the calls are asked for."""
        self._writer, self._assignment, self._seconds = writer, assignment, seconds
        self._calls: list[ProviderCall] = []
        self._new = asyncio.Event()

    async def calls(self) -> AsyncGenerator[ProviderCall, None]:
        """Tell of each call to the model when the next one has ended, and of the rest at the end.

        Raises what the writer raises. A service that is down is not told of: the attempt begins again, and costs
        nothing. If calls were told before, it cannot: Retry, so that the next attempt's calls are its own.
        """
        writing = asyncio.create_task(self._write())
        writing.add_done_callback(lambda _writing: self._new.set())
        told = 0
        try:
            while not writing.done():
                await self._new.wait()
                self._new.clear()
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
                return await self._writer.write(self._assignment, self._record)
        except TimeoutError:
            if not limit.expired():
                raise
        raise Reject("deadline_exceeded", "the time for this lesson ran out while it was being written")

    def _record(self, call: ProviderCall) -> None:
        self._calls.append(call)
        self._new.set()
