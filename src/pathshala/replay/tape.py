"""Plays back what services outside said in one attempt, in the order in which it was said."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NoReturn

from pathshala_common.contract.errors import ProviderUnavailable
from pathshala_common.contract.provider_call import ProviderCall


class Tape:
    """The recorded calls of an attempt, each handed out once, after as long as it took then.

    What is asked for beyond them is a gap, unless the attempt `ran_out_of_time` over it: then it is never answered,
    or, if the service was `down`, so it stays. One that was `cancelled` is broken off there, as it was then.
    """

    def __init__(
        self,
        calls: Sequence[ProviderCall],
        *,
        ran_out_of_time: bool = False,
        cancelled: bool = False,
        down: ProviderUnavailable | None = None,
    ) -> None:
        self._calls, self._ran_out_of_time, self._down = calls, ran_out_of_time, down
        self._cancelled = cancelled
        self._played = 0
        self.gap: str | None = None
        """The request that is not on the tape; None if every request was."""

    def next_is_of(self, provider: str) -> bool:
        """Whether the next call is one with this provider."""
        return self._played < len(self._calls) and self._calls[self._played].provider == provider

    async def play(self, request: Callable[[str], str]) -> ProviderCall:
        """Give the next answer, as the answer to what is asked now: `request` writes that as the recorded one is.

        Breaks the attempt off after noting a gap.
        """
        if self._played == len(self._calls):
            await self._beyond()
        call = self._calls[self._played]
        self._played += 1
        if call.cut:
            self._refuse(
                f"the recording of request {self._played} to {call.provider} is not whole: its words were left out, "
                "or cut to their limit"
            )
        await asyncio.sleep(call.seconds)
        return call.model_copy(update={"request": request(call.request)})

    async def _beyond(self) -> None:
        """End what is asked beyond the last recording, as it ended then."""
        if self._ran_out_of_time and self._down:
            raise self._down
        if self._ran_out_of_time:
            await asyncio.Event().wait()
        if self._cancelled:
            raise asyncio.CancelledError("the task was cancelled")
        self._refuse(f"request {self._played + 1} to a service outside has no recorded answer")

    def _refuse(self, gap: str) -> NoReturn:
        """Note it, and break the attempt off: that is not an error that a handler could take for an answer."""
        self.gap = gap
        raise asyncio.CancelledError(gap)
