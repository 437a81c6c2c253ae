"""A house in one process, in which one service dies of a marked topic: `python -m tests.faults.poisoned_house`.

POISON_IN names the service. It dies before it has told of anything. The rest of the environment is as for
`tests.faults.poisoned_generator`.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import AnyEvent, Event, LessonEnriched, LessonGenerated, LessonRequested
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import BatchHandler, Context, Handler
from pathshala_common.runtime.process import Process, Service, main
from pathshala_common.runtime.trial import Tried
from tests.faults.poisoned_generator import EXIT_CODE, FUSE_SECONDS, LESSON_SECONDS, POISON, TRIED_APART, WRITING, log

VARIABLE = "POISON_IN"
TAKEN: dict[str, type[Event]] = {"enricher": LessonRequested, "generator": LessonEnriched, "store": LessonGenerated}
"""The event that each service dies of which has a part in every lesson."""


def _process(settings: HouseSettings, clock: Clock) -> Process:
    process = embedded.process(settings, clock)
    return replace(process, services=[_poisoned(part) for part in process.services])


def _poisoned(part: Service) -> Service:
    """The same service; it takes its time if it is the generator, and dies if it is the one."""
    taken = TAKEN.get(part.name)
    if part.consuming is None or taken is None:
        return part
    table = part.consuming.handlers
    seconds = LESSON_SECONDS if part.name == "generator" else 0
    handler = _slow(table[taken], seconds, deadly=part.name == os.environ[VARIABLE])
    tried = part.consuming.tried if TRIED_APART else Tried.NEVER
    consuming = replace(part.consuming, handlers={**table, taken: handler}, tried=tried)
    if consuming.together is not None and part.name == os.environ[VARIABLE]:
        consuming = replace(consuming, together=_dying(consuming.together, taken))
    return replace(part, consuming=consuming)


def _slow(handler: Handler, seconds: float, *, deadly: bool) -> Handler:
    async def handle(event: Any, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if deadly and event.request.topic == POISON:
            await asyncio.sleep(FUSE_SECONDS)
            os._exit(EXIT_CODE)
        if seconds:
            log.info(WRITING)
        await asyncio.sleep(seconds)
        async for told in handler(event, context):
            yield told

    return handle


def _dying(together: BatchHandler, taken: type[Event]) -> BatchHandler:
    """Die of a batch that has the marked topic in it."""

    async def handle(envelopes: Sequence[Envelope]) -> Sequence[AnyEvent | None]:
        events: list[Any] = [envelope.event for envelope in envelopes if isinstance(envelope.event, taken)]
        if any(event.request.topic == POISON for event in events):
            await asyncio.sleep(FUSE_SECONDS)
            os._exit(EXIT_CODE)
        return await together(envelopes)

    return handle


if __name__ == "__main__":
    sys.exit(main(HouseSettings, _process))
