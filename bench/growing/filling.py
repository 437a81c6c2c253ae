"""Fills a house's SQLite file with finished lessons, by the house's own recorder."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from bench.house import DRAFT
from bench.orders import ORDERS
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
    LessonRequested,
)
from pathshala_common.contract.lesson import Absence, LessonRequest
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_generator.draft import Assignment, Written, content_of
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.shlokas import shipped_shlokas

TOGETHER = 100
"""Tasks recorded at once: of four events each, and the fifth is told of their lesson."""

DEADLINE = timedelta(minutes=15)
SOURCE = "bench"
VERSES = shipped_shlokas()[:1]


async def fill(file: Path, tasks: int, kept_seconds: float) -> list[str]:
    """Add so many finished tasks, made now. Returns their ids."""
    clock, store = SystemClock(), SQLiteStore(file)
    await store.open()
    try:
        recorder = Recorder(store, clock, task_ttl_seconds=kept_seconds)
        task_ids = [str(uuid4()) for _ in range(tasks)]
        for start in range(0, tasks, TOGETHER):
            lives = [
                _life(task_id, start + index, clock.now())
                for index, task_id in enumerate(task_ids[start : start + TOGETHER])
            ]
            await recorder.record([envelope for life in lives for envelope in life])
    finally:
        await store.close()
    return task_ids


def _life(task_id: str, number: int, now: datetime) -> Sequence[Envelope]:
    """What is told of a lesson until it is written."""
    request = LessonRequest(**json.loads(ORDERS[number % len(ORDERS)]), requested_at=now, deadline=now + DEADLINE)
    assignment = Assignment(request, None, VERSES)
    content = content_of(assignment, Written(DRAFT), OfflineWriter(), Absence.NOT_REQUESTED)
    told: list[AnyEvent] = [
        LessonRequested(task_id=task_id, request=request),
        LessonEnriched(task_id=task_id, request=request, absence=Absence.NOT_REQUESTED),
        GenerationStarted(task_id=task_id, attempt=1, attempts_max=1, writer=OfflineWriter.name),
        LessonGenerated(task_id=task_id, request=request, content=content),
    ]
    return [wrap(event, source=SOURCE, now=now, index=index) for index, event in enumerate(told)]
