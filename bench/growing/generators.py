"""Waiting work shared by 1 to 4 generators, each a process with room for few lessons at once."""

from collections.abc import Iterator
from dataclasses import replace

import uvloop

from bench.contender import Start
from bench.growing.part import Row, Scale, deployed
from bench.lessons import flood, warm_up

HEAD: Row = ("generators", "lessons a second", "of one generator")
GENERATORS = (1, 2, 4)
AT_ONCE, WRITER_SECONDS, ROUNDS = 8, 1.0, 12
"""A generator has room for so many lessons, which take so long; there are so many rounds of them to write."""


def measure(scale: Scale) -> Iterator[Row]:
    """Order as many lessons a generator each time."""
    first = 0.0
    for number in GENERATORS:
        folder = scale.folder / str(number)
        folder.mkdir()
        split = deployed("split", "like for like", PATHSHALA_GENERATOR_CONCURRENCY=str(AT_ONCE))
        house = replace(split, processes=(("api", "store"), ("enricher",), *[("generator",)] * number))
        lessons = AT_ONCE * ROUNDS * number
        with house.start(Start(writer_seconds=WRITER_SECONDS), scale.servers, folder) as running:
            uvloop.run(warm_up(running.port))
            rate = lessons / uvloop.run(flood(running.port, lessons)).completed_seconds
        first = first or rate
        yield (str(number), f"{rate:.1f}", f"{rate / first:.2f} x")
