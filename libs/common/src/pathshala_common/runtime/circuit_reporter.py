"""Tells, by a notice in the store, which circuits are open in this process."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from uuid import uuid4

from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.notices import Notices
from pathshala_common.logs import get_logger
from pathshala_common.operating import circuits
from pathshala_common.operating.circuits import CircuitReport, OpenCircuit
from pathshala_common.operating.notice_text import REPORT_SECONDS

log = get_logger()

LOOK_SECONDS = 1.0
"""A change is told so soon. While all circuits are closed, nothing is told and nothing is asked."""

ReadCircuits = Callable[[], Sequence[OpenCircuit]]
"""Gives the circuits of something that are open now."""


class CircuitReporter:
    """Tells of the circuits of one process."""

    def __init__(self, notices: Notices, clock: Clock, read: Sequence[ReadCircuits]) -> None:
        self._notices, self._clock, self._read = notices, clock, read
        self._id = uuid4().hex
        self._told: tuple[OpenCircuit, ...] = ()
        self._due = self._again_at = clock.monotonic()

    async def run(self) -> None:
        """Tell until cancelled. A store that is away hears of it later, if it is still true."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Tell what has changed since it was told, and again what has not, every few seconds."""
        found, now = tuple(one for read in self._read for one in read()), self._clock.monotonic()
        told = found == self._told and (not found or now < self._due)
        if told or now < self._again_at:
            return
        if await self._tell(found):
            self._told, self._due = found, now + REPORT_SECONDS
        else:
            self._again_at = now + REPORT_SECONDS

    async def close(self) -> None:
        """Tell that this process waits for nothing any more, if it told otherwise."""
        if self._told:
            await self._tell(())

    async def _tell(self, found: tuple[OpenCircuit, ...]) -> bool:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                if found:
                    told = CircuitReport(host=socket.gethostname(), process_id=os.getpid(), open=found)
                    await circuits.report(self._notices, self._id, told, self._clock.now())
                else:
                    await circuits.forget(self._notices, self._id, self._clock.now())
        except (TimeoutError, Unavailable) as error:
            log.info("the store was not told which circuits are open", reason=str(error))
            return False
        return True
