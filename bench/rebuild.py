"""How fast a rebuild folds a log: `python bench/rebuild.py [TASKS]...` (default 2500 10000), on a new SQLite file each.

For each number of tasks a line of JSON: events a second by the clock and by the processor's time, and how much memory
the pass took beyond what the process had before. The first should not fall, and the last not grow, with the number.
"""

import asyncio
import json
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from pathshala.rebuild.checkpoint import begin
from pathshala.rebuild.scan import Scan
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Article, LessonContent, LessonRequest, Quality, Statement
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import connect, reading
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.settings import Settings

TASKS = (2_500, 10_000)
TOGETHER = 250
TTL = timedelta(days=1)
SENTENCE = "A verb is a word that tells of an action, of something that occurs, or of a state of being. "
CLOCK = SystemClock()


def told(number: int) -> list[Envelope]:
    """The events of one lesson that a model wrote on an article, as long as they are in a house."""
    task_id, now = str(uuid4()), CLOCK.now()
    request = LessonRequest(
        subject="english",
        topic=f"topic {number % 1_000}",
        user_id="bench",
        requested_at=now,
        deadline=now + timedelta(minutes=15),
    )
    article = Article(
        title="Verb",
        summary=SENTENCE * 10,
        url="https://en.wikipedia.org/wiki/Verb",
        language="en",
        revision_id=1,
        licence="CC BY-SA 4.0",
    )
    content = LessonContent(
        title="How verbs work",
        shloka="विद्या ददाति विनयं विनयाद्याति पात्रताम् ।",
        shloka_source="Hitopadesha",
        translation="Learning gives humility, humility makes worthy.",
        explanation=SENTENCE * 10,
        statements=tuple(Statement(text=SENTENCE, quote=SENTENCE) for _ in range(6)),
        activity=SENTENCE * 3,
        question=SENTENCE,
        wikipedia_info=article,
        quality=Quality(writer="openai", model="bench", grounded=True),
    )
    requested = wrap(LessonRequested(task_id=task_id, request=request), source="api", now=now)
    enriched = wrap(LessonEnriched(task_id=task_id, request=request, article=article), source="enricher", now=now)
    between: list[AnyEvent] = [
        EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query="verbs"),
        ProviderAnswered(task_id=task_id, attempt=1, service="enricher", call=_call("wikipedia", 30)),
    ]
    after: list[AnyEvent] = [
        GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="openai", model="bench"),
        ProviderAnswered(task_id=task_id, attempt=1, service="generator", call=_call("openai", 60)),
        LessonGenerated(task_id=task_id, request=request, content=content),
    ]
    return [
        requested,
        *(wrap(event, source="enricher", now=now, cause=requested) for event in between),
        enriched,
        *(wrap(event, source="generator", now=now, cause=enriched) for event in after),
    ]


def _call(provider: str, sentences: int) -> ProviderCall:
    return ProviderCall(provider=provider, request=SENTENCE * sentences, status=200, answer=SENTENCE * 30, seconds=1)


async def fill(settings: Settings, tasks: int) -> None:
    """Record so many lessons."""
    store = connect.store(settings)
    await store.open()
    recorder = Recorder(store, CLOCK, task_ttl_seconds=TTL.total_seconds())
    for start in range(0, tasks, TOGETHER):
        together = range(start, min(start + TOGETHER, tasks))
        await recorder.record([envelope for number in together for envelope in told(number)])
    await store.close()


async def measure(settings: Settings, file: Path) -> dict[str, float]:
    """Make one pass."""
    log, projections, beside = reading.log(settings), reading.projections(settings), begin(file, "bench", CLOCK.now())
    await log.open()
    await projections.open()
    memory = _memory_mib()
    wall, processor = time.perf_counter(), time.process_time()
    await Scan(log, projections, beside, CLOCK, ttl=TTL).run()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    await projections.close()
    await log.close()
    progress, wrong = beside.progress, beside.counts()
    beside.close()
    return {
        "tasks": progress.tasks,
        "events": progress.events,
        "wrong": sum(wrong.values()),
        "events_per_second": round(progress.events / wall),
        "events_per_processor_second": round(progress.events / processor),
        "memory_mib": round(_memory_mib() - memory, 1),
    }


def _memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def main() -> None:
    """Measure each number of tasks."""
    for tasks in [int(argument) for argument in sys.argv[1:]] or TASKS:
        with TemporaryDirectory() as folder:
            settings = Settings(store_url=f"sqlite:///{folder}/pathshala.db")
            asyncio.run(fill(settings, tasks))
            print(json.dumps(asyncio.run(measure(settings, Path(folder, "rebuilt.db")))), flush=True)


if __name__ == "__main__":
    main()
