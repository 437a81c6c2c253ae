"""The desk of a generator: what it has in hand, and whether it may begin; both are told and asked in the store.

An operator pauses all writing by a notice there, so a generator that restarts stays paused. What comes meanwhile waits
as for a service that is down: in hand or in the queue, told to whoever waits, and at no cost of an attempt.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from uuid import uuid4

from pathshala_common.contract.errors import ProviderUnavailable, Unavailable
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.notices import Notices
from pathshala_common.logs import get_logger
from pathshala_common.operating import writing
from pathshala_common.operating.notice_text import REPORT_SECONDS
from pathshala_generator.draft import Writer

log = get_logger()

PAUSED = "writing_paused"
LOOK_SECONDS = 1.0
"""A pause is obeyed this soon: while lessons come, each generator asks once in this time."""

IDLE_LOOK_SECONDS = 2.0
"""A generator without lessons asks this often, so that an operator sees what it has learnt."""

Hold = Callable[[str], AbstractAsyncContextManager[None]]
"""Holds a task while it is written. Raises ProviderUnavailable while nothing may be begun."""


def hold_freely(_task_id: str) -> AbstractAsyncContextManager[None]:
    """Hold a task, and ask nobody."""
    return nullcontext()


class Desk:
    """Knows what one generator has in hand."""

    def __init__(self, notices: Notices, clock: Clock, writer: Writer, *, concurrency: int) -> None:
        """Ask and tell by these notices; nothing is told until `run` runs."""
        self._notices, self._clock, self._writer = notices, clock, writer
        self._id, self._concurrency, self._started_at = uuid4().hex, concurrency, clock.now()
        self._in_hand: dict[str, datetime] = {}
        self._state = writing.WritingState(paused=False)
        self._looked_at: float | None = None
        self._asking: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def hold(self, task_id: str) -> AsyncIterator[None]:
        """Have a task in hand. Raises ProviderUnavailable while writing is paused."""
        await self._look()
        if self._state.paused:
            why = f": {self._state.reason}" if self._state.reason else ""
            raise ProviderUnavailable(PAUSED, f"writing is paused by the operator{why}", ours=True)
        self._in_hand[task_id] = self._clock.now()
        try:
            yield
        finally:
            self._in_hand.pop(task_id, None)

    async def run(self) -> None:
        """Tell of this generator every few seconds, and at once when it learns of a pause or its end, until cancelled.

        A store that is away hears of it later.
        """
        told, due = None, self._clock.monotonic()
        while True:
            await self._look()
            if self._state.paused != told or self._clock.monotonic() >= due:
                told, due = self._state.paused, self._clock.monotonic() + REPORT_SECONDS
                await self._tell()
            await self._clock.sleep(IDLE_LOOK_SECONDS)

    async def close(self) -> None:
        """Tell that it has stopped, if the store hears it."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await writing.forget(self._notices, self._id, self._clock.now())
        except (TimeoutError, Unavailable) as error:
            log.info("the store was not told that this generator stops", reason=str(error))

    async def _look(self) -> None:
        """Learn whether writing is paused, unless that is known. All that wait for one answer go on in one turn."""
        if self._looked_at is not None and self._clock.monotonic() < self._looked_at + LOOK_SECONDS:
            return
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        await asyncio.shield(self._asking)

    async def _ask(self) -> None:
        """Ask whether writing is paused. If the store does not say, it stays as it was."""
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                state = await writing.writing_state(self._notices)
        except (TimeoutError, Unavailable) as error:
            log.warning("whether writing is paused is not known", reason=str(error))
        else:
            if state.paused != self._state.paused:
                log.warning("writing is paused" if state.paused else "writing goes on", reason=state.reason)
            self._state = state
        self._looked_at = began

    async def _tell(self) -> None:
        try:
            await writing.report(self._notices, self._report(), self._clock.now())
        except Unavailable as error:
            log.info("the store was not told of this generator", reason=str(error))

    def _report(self) -> writing.GeneratorReport:
        return writing.GeneratorReport(
            generator_id=self._id,
            host=socket.gethostname(),
            process_id=os.getpid(),
            writer=self._writer.name,
            model=self._writer.model,
            concurrency=self._concurrency,
            paused=self._state.paused,
            started_at=self._started_at,
            in_hand=tuple(writing.InHand(task_id=task, since=since) for task, since in self._in_hand.items()),
        )
