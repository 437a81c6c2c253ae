"""Makes a pass over the log, swaps if that is wished, and says what was found."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict

from pathshala.exits import FAILED, advising
from pathshala.rebuild.bar import bar
from pathshala.rebuild.checkpoint import Checkpoint, begin, resume
from pathshala.rebuild.scan import Scan
from pathshala.rebuild.swapping import swap
from pathshala.terminal import say, say_json
from pathshala_common.runtime import connect, reading, telemetry
from pathshala_common.runtime.clock import SystemClock
from pathshala_store.settings import StoreSettings

SHOWN_MAX = 20


class Rebuilt(TypedDict):
    """The outcome of a pass over the log."""

    swapped: NotRequired[Annotated[int, "How many documents were written anew; only with --swap."]]
    tasks: Annotated[int, "How many tasks were folded."]
    events: Annotated[int, "How many events these have."]
    seconds: Annotated[float, "The time that it took."]
    events_per_second: Annotated[int, "The pace."]
    wrong: Annotated[dict[str, int], "How many documents are wrong, by the kind of fault; empty if all is well."]
    first: Annotated[list[dict[str, Any]], "The first of these: `task_id`, `wrong`, `fields`."]
    lessons_with_gaps: Annotated[Sequence[Sequence[Any]], "Lessons that lack revisions: subject, topic, how many."]
    editions_with_gaps: Annotated[
        Sequence[Sequence[Any]], "Editions that lack some: subject, topic, language, level, how many."
    ]


def rebuild(file: Path, *, go_on: bool, swapping: bool, as_json: bool) -> int:
    """Make a pass, and say what it found. Returns the exit code. Raises SettingsError or StoreUnavailable."""
    telemetry.configure("error", "text")
    settings = StoreSettings.load()
    store = hashlib.sha256(settings.store_url.encode()).hexdigest()  # it may hold a password
    beside = resume(file, store) if go_on else begin(file, store, SystemClock().now())
    with advising("Go on with --resume."):
        found = asyncio.run(_rebuild(settings, beside, swapping=swapping))
    if as_json:
        say_json(found)
    else:
        _say(found)
    return FAILED if found["wrong"] or found["lessons_with_gaps"] or found["editions_with_gaps"] else 0


async def _rebuild(settings: StoreSettings, beside: Checkpoint, *, swapping: bool) -> Rebuilt:
    """Make the pass, and swap if that is wished. Returns what there is to say."""
    before, began = beside.progress, time.monotonic()
    ttl = timedelta(seconds=settings.task_ttl_seconds)
    async with AsyncExitStack() as stack:
        stack.callback(beside.close)
        log, projections = reading.log(settings), reading.projections(settings)
        for adapter in (log, projections):
            await adapter.open()
            stack.push_async_callback(adapter.close)
        with bar(before) as advanced:
            set_ttl = timedelta(seconds=settings.class_set_ttl_seconds)
            await Scan(log, projections, beside, SystemClock(), ttl=ttl, set_ttl=set_ttl).run(advanced)
        seconds = time.monotonic() - began
        swapped = await _swap(settings, beside) if swapping else 0
        events = beside.progress.events
        found: Rebuilt = {
            "tasks": beside.progress.tasks,
            "events": events,
            "seconds": round(seconds, 3),
            "events_per_second": round((events - before.events) / max(seconds, 1e-3)),
            "wrong": {str(wrong): count for wrong, count in beside.counts().items()},
            "first": [asdict(fault) for fault in beside.faults(limit=SHOWN_MAX)],
            "lessons_with_gaps": beside.gaps(limit=SHOWN_MAX),
            "editions_with_gaps": beside.edition_gaps(limit=SHOWN_MAX),
        }
        if swapping:
            found["swapped"] = swapped
        return found


async def _swap(settings: StoreSettings, beside: Checkpoint) -> int:
    store = connect.store(settings)
    await store.open()
    try:
        return await swap(beside, store)
    finally:
        await store.close()


def _say(found: Rebuilt) -> None:
    for fault in found["first"]:
        fields = f"  {', '.join(fault['fields'])}" if fault["fields"] else ""
        say((f"{fault['wrong']:8}", "bold red"), f"  task {fault['task_id']}{fields}")
    for subject, topic, missing in found["lessons_with_gaps"]:
        say(("gap     ", "bold red"), f"  {subject}/{topic}: {missing} revisions are missing")
    for subject, topic, language, level, missing in found["editions_with_gaps"]:
        say(("gap     ", "bold red"), f"  {subject}/{topic}, {language}, {level}: {missing} revisions are missing")
    if "swapped" in found:
        say(f"{found['swapped']} document{'' if found['swapped'] == 1 else 's'} swapped")
    wrong = ", ".join(f"{count} {name}" for name, count in found["wrong"].items()) or "no differences"
    rate = f"{found['events_per_second']:,} events/s"
    tasks = f"{found['tasks']:,} task{'' if found['tasks'] == 1 else 's'}"
    say(f"{tasks}, {found['events']:,} events, {rate}: {wrong}")
