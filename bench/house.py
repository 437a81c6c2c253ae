"""Some services of the house in one process, with or without a writer like the peers': `python -m bench.house`.

BENCH_PARTS names the services. With BENCH_WRITER_SECONDS the lesson is always the same 3 KB, after so long; then no
verse is chosen, no earlier lesson is looked at and nothing is checked. The rest of the environment is the house's own.
"""

import asyncio
import os
import sys
from dataclasses import replace

from bench.orders import WARM_UP_TOPIC
from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.checks.draft import Draft, Paragraph, Said
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Process, Service, main
from pathshala_generator.draft import Assignment, Record, Tell, Written, untold
from pathshala_generator.handlers import handlers
from pathshala_generator.shlokas import Shlokas, shipped_shlokas

PARTS, WRITER_SECONDS = "BENCH_PARTS", "BENCH_WRITER_SECONDS"
OWNING = frozenset({"api", "store"})
"""The services that a store which is one process's file must be with."""

SENTENCE = "A wheel that turns a wheel passes on its work and keeps a little of it as heat."
PARAGRAPH: Paragraph = tuple(Said(text=SENTENCE) for _ in range(3))
DRAFT = Draft(
    language="en",
    title="How one wheel turns another",
    explanation=(PARAGRAPH,) * 3,
    activity="1. Draw two wheels that touch.\n2. Turn one of them.\n3. Write down which way the other goes.",
    question="Why does the second wheel turn the other way?",
)
"""In the answer to a poll, with its statements beside the text, it is as long as the peers' lesson: 3 KB."""


class InstantWriter:
    """Writes one lesson for every order, after a while; at once, if the order is there to see whether it is up."""

    name = "instant"
    model = None

    def __init__(self, seconds: float) -> None:
        """Take so long for a lesson."""
        self._seconds = seconds

    async def write(self, assignment: Assignment, _record: Record, _tell: Tell = untold) -> Written:
        """Wait, as for a model."""
        if self._seconds and assignment.request.topic != WARM_UP_TOPIC:
            await asyncio.sleep(self._seconds)
        return Written(DRAFT)


def _process(settings: HouseSettings, clock: Clock) -> Process:
    """Compose the whole house, and keep the parts that are asked for; no store, if another process owns its file."""
    made, parts = embedded.process(settings, clock), os.environ[PARTS].split(",")
    made = replace(
        made,
        services=[_like_peers(part, clock) for part in made.services if part.name in parts],
        address=(settings.host, settings.port if "api" in parts else 0),
    )
    if OWNING.isdisjoint(parts) and connect.shared_store(settings) is None:
        return replace(made, store=None, prepare=None)
    return made


def _like_peers(part: Service, clock: Clock) -> Service:
    """The same service; the generator with the writer of the benchmark, if it is asked for."""
    seconds = os.environ.get(WRITER_SECONDS)
    if part.name != "generator" or part.consuming is None or seconds is None:
        return part
    table = handlers(InstantWriter(float(seconds)), Shlokas(shipped_shlokas()[:1]), clock)
    return replace(part, consuming=replace(part.consuming, handlers=table))


if __name__ == "__main__":
    sys.exit(main(HouseSettings, _process))
