"""A generator that dies of a marked topic: `python -m tests.faults.poisoned_generator`.

LESSON_SECONDS is how long it takes for the others. With UNTRIED, it handles suspects itself.
"""

import asyncio
import os
import sys

import structlog

from pathshala_common.contract.ports.clock import Clock
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Consuming, Process, Service, main
from pathshala_common.runtime.trial import Tried
from pathshala_generator.draft import Assignment, Record, Tell, Written, untold
from pathshala_generator.handlers import handlers
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.settings import GeneratorSettings
from pathshala_generator.shlokas import shipped_shlokas

POISON = "poison"
EXIT_CODE = 66
FUSE_SECONDS = 0.5
LESSON_SECONDS = float(os.environ.get("LESSON_SECONDS", "1"))
TRIED_APART = not os.environ.get("UNTRIED")
WRITING = "writing slowly"

log = structlog.get_logger()


class PoisonedWriter(OfflineWriter):
    """Dies of the topic `poison`, while others are being written."""

    async def write(self, assignment: Assignment, record: Record, _tell: Tell = untold) -> Written:
        if assignment.request.topic == POISON:
            await asyncio.sleep(FUSE_SECONDS)
            os._exit(EXIT_CODE)
        log.info(WRITING)
        await asyncio.sleep(LESSON_SECONDS)
        return await super().write(assignment, record)


def _process(settings: GeneratorSettings, clock: Clock) -> Process:
    consuming = Consuming(
        "generator",
        handlers(PoisonedWriter(), shipped_shlokas(), clock),
        concurrency=settings.generator_concurrency,
        attempts_max=settings.attempts_max,
        grace_seconds=settings.grace_seconds,
        tried=Tried.FIRST if TRIED_APART else Tried.NEVER,
    )
    return Process(
        settings=settings,
        clock=clock,
        broker=connect.shared_broker(settings, clock),
        services=[Service(name="generator", consuming=consuming)],
        address=(settings.health_host, settings.health_port),
    )


if __name__ == "__main__":
    sys.exit(main(GeneratorSettings, _process))
