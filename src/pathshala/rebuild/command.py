"""`pathshala rebuild`: fold every task anew from the log, compare with the live documents, and swap on request.

Exit codes: 0 all is as the log makes it, 1 something is not, or the store does not answer, 2 a setting or an option is
wrong.
"""

import asyncio
import hashlib
import time
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from pathshala.options import JsonOption
from pathshala.rebuild.bar import bar
from pathshala.rebuild.checkpoint import Checkpoint, begin, resume
from pathshala.rebuild.scan import Scan
from pathshala.rebuild.swapping import swap
from pathshala.terminal import say, say_json
from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.runtime import connect, reading, telemetry
from pathshala_common.runtime.clock import SystemClock
from pathshala_store.settings import StoreSettings

SHOWN_MAX = 20
WRONG, BAD_SETTING = 1, 2

FileOption = Annotated[Path, typer.Option("--file", help="Where rebuilt documents are kept meanwhile.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on where a pass was broken off.")]
SwapOption = Annotated[bool, typer.Option("--swap", help="Write what is wrong anew. On SQLite, stop the house first.")]


def rebuild(
    *,
    file: FileOption = Path("pathshala-rebuilt.db"),
    go_on: ResumeOption = False,
    swapping: SwapOption = False,
    as_json: JsonOption = False,
) -> None:
    """Fold every task anew from the log, beside the live documents, and say where they differ. The house may run."""
    telemetry.configure("error", "text")
    try:
        settings = StoreSettings.load()
        store = hashlib.sha256(settings.store_url.encode()).hexdigest()  # it may hold a password
        beside = resume(file, store) if go_on else begin(file, store, SystemClock().now())
        found = asyncio.run(_rebuild(settings, beside, swapping=swapping))
    except SettingsError as error:
        say(f"pathshala: {error}", error=True)
        raise typer.Exit(BAD_SETTING) from None
    except StoreUnavailable as error:
        say(f"pathshala: the store: {error}. Go on with --resume.", error=True)
        raise typer.Exit(WRONG) from None
    if as_json:
        say_json(found)
    else:
        _say(found)
    raise typer.Exit(WRONG if found["wrong"] or found["lessons_with_gaps"] else 0)


async def _rebuild(settings: StoreSettings, beside: Checkpoint, *, swapping: bool) -> dict[str, Any]:
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
            await Scan(log, projections, beside, SystemClock(), ttl=ttl).run(advanced)
        seconds = time.monotonic() - began
        found = {"swapped": await _swap(settings, beside)} if swapping else {}
        events = beside.progress.events
        return found | {
            "tasks": beside.progress.tasks,
            "events": events,
            "seconds": round(seconds, 3),
            "events_per_second": round((events - before.events) / max(seconds, 1e-3)),
            "wrong": {str(wrong): count for wrong, count in beside.counts().items()},
            "first": [asdict(fault) for fault in beside.faults(limit=SHOWN_MAX)],
            "lessons_with_gaps": beside.gaps(limit=SHOWN_MAX),
        }


async def _swap(settings: StoreSettings, beside: Checkpoint) -> int:
    store = connect.store(settings)
    await store.open()
    try:
        return await swap(beside, store)
    finally:
        await store.close()


def _say(found: dict[str, Any]) -> None:
    for fault in found["first"]:
        fields = f"  {', '.join(fault['fields'])}" if fault["fields"] else ""
        say((f"{fault['wrong']:8}", "bold red"), f"  task {fault['task_id']}{fields}")
    for subject, topic, missing in found["lessons_with_gaps"]:
        say(("gap     ", "bold red"), f"  {subject}/{topic}: {missing} revisions are missing")
    if "swapped" in found:
        say(f"{found['swapped']} document{'' if found['swapped'] == 1 else 's'} swapped")
    wrong = ", ".join(f"{count} {name}" for name, count in found["wrong"].items()) or "no differences"
    rate = f"{found['events_per_second']:,} events/s"
    tasks = f"{found['tasks']:,} task{'' if found['tasks'] == 1 else 's'}"
    say(f"{tasks}, {found['events']:,} events, {rate}: {wrong}")
