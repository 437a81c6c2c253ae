"""What a house takes while nobody asks, and what single steps cost: starts, memory, checks, the log, a rebuild."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from bench import rebuild
from bench.contender import Start
from bench.growing.part import Row, Scale, deployed
from bench.help import RUNS
from bench.help import cpu_seconds as help_seconds
from bench.houses import House
from bench.lessons import flood, warm_up
from bench.machine import age_seconds, cpu_seconds, pss_mib, wait_until_quiet
from bench.orders import ORDERS
from pathshala_common.checks.examination import checks
from pathshala_common.contract.lesson import LessonRequest
from pathshala_common.runtime.settings import Settings
from pathshala_generator.draft import Assignment
from pathshala_generator.lesson_plan import shipped_plan
from pathshala_generator.prompt import instructions, lesson_question
from pathshala_generator.proofreading import proofread
from pathshala_generator.shlokas import candidates, shipped_shlokas
from tests.stubs.openai_lessons import lesson

HEAD: Row = ("figure", "measured")
RESTING_SECONDS = 20
LOGGED_LESSONS, CHECKED_LESSONS, REBUILT_TASKS = 100, 500, 10_000
MS = 1_000


def measure(scale: Scale) -> Iterator[Row]:
    """Give a row for each figure."""
    for name, house in {
        "a house in one process, written offline": deployed("embedded", "whole", PATHSHALA_WRITER="offline"),
        "a house in one process, with a model": deployed("embedded", "whole"),
        "four services": deployed("services", "whole", PATHSHALA_WRITER="offline"),
    }.items():
        folder = scale.folder / name
        folder.mkdir()
        yield from _resting(name, house, scale, folder)
    yield ("log of a lesson by a model, kB", f"{_logged_bytes(scale) / 1_000:.1f}")
    yield ("checks of a lesson by a model, ms of CPU", f"{_checks_ms():.2f}")
    yield ("events folded a second by a rebuild", f"{_rebuilt(scale.folder / 'rebuilt'):,.0f}")
    yield ("`pathshala --help`, s of CPU", f"{min(help_seconds([]) for _ in range(RUNS)):.2f}")


def _resting(name: str, house: House, scale: Scale, folder: Path) -> Iterator[Row]:
    """Start it, have it write one lesson, and leave it alone. The time to be ready is the best of a few starts."""
    ages = []
    for number in range(RUNS):
        (place := folder / str(number)).mkdir()
        wait_until_quiet()
        with house.start(Start(), scale.servers, place) as running:
            ages.append(min(age_seconds(pid) for pid in running.pids))
    with house.start(Start(), scale.servers, folder) as running:
        uvloop.run(warm_up(running.port))
        before = cpu_seconds(running.pids)
        time.sleep(RESTING_SECONDS)
        share = (cpu_seconds(running.pids) - before) / RESTING_SECONDS
        if len(running.pids) == 1:
            yield (f"{name}: s until it is ready", f"{min(ages):.2f}")
        yield (f"{name}: MiB at rest", f"{pss_mib(running.pids):.0f}")
        yield (f"{name}: % of a core at rest", f"{100 * share:.2f}")


def _logged_bytes(scale: Scale) -> float:
    """The bytes of events that the file keeps of one lesson, packed as they are there."""
    folder = scale.folder / "logged"
    folder.mkdir()
    with deployed("embedded", "whole").start(Start(), scale.servers, folder) as running:
        uvloop.run(flood(running.port, LOGGED_LESSONS))
    with closing(sqlite3.connect(folder / "pathshala.db")) as file:
        found: int = file.execute("SELECT sum(length(raw)) FROM events").fetchone()[0]
    return found / LOGGED_LESSONS


def _checks_ms() -> float:
    """Milliseconds of the processor for one of the stub's lessons, each on another topic."""
    now, plan, verses = datetime.now(UTC), shipped_plan(), shipped_shlokas()
    answered = []
    for number, order in enumerate(ORDERS[:: len(ORDERS) // CHECKED_LESSONS], 1):
        request = LessonRequest(**json.loads(order), requested_at=now, deadline=now + timedelta(minutes=15))
        assignment = Assignment(request, None, candidates(verses, request, f"task-{number}"))
        question = lesson_question(plan, assignment).messages[-1]["content"]
        answered.append((lesson(question, number), assignment))
    ready = checks(instructions(plan, answered[0][1].request.level))
    proofread(*answered[0], ready)
    began = time.process_time()
    for fields, assignment in answered[1:]:
        proof = proofread(fields, assignment, ready)
        assert not proof.faults, proof.faults
    return MS * (time.process_time() - began) / (len(answered) - 1)


def _rebuilt(folder: Path) -> float:
    folder.mkdir()
    settings = Settings(store_url=f"sqlite:///{folder}/pathshala.db")
    asyncio.run(rebuild.fill(settings, REBUILT_TASKS))
    return asyncio.run(rebuild.measure(settings, folder / "rebuilt.db"))["events_per_second"]
