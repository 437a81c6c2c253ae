"""A service as a trial's process finds it; what becomes of a request, its topic says."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncGenerator

from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry, Unavailable
from pathshala_common.contract.events import AnyEvent, EnrichmentStarted, LessonEnriched, LessonRequested
from pathshala_common.contract.lesson import Absence
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.trial import TrialChannel

FAILURES = {
    "retry": Retry("busy", "it is busy", 7),
    "reject": Reject("unfit", "not this one"),
    "unavailable": Unavailable("the store is away"),
    "provider": ProviderUnavailable("down", "it is down", 3),
    "fault": ValueError("a fault of ours"),
}


async def on_lesson_requested(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
    sys.stdout.write("what is printed is no line of ours\n")
    yield EnrichmentStarted(task_id=event.task_id, attempt=context.attempt, source="s", query="q")
    topic = event.request.topic
    if topic == "die":
        os._exit(66)
    if topic == "signals":
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
    if topic == "hang":
        sys.stderr.write(f"hanging {os.getpid()}\n")
        sys.stderr.flush()
        _hang()
    if topic in FAILURES:
        raise FAILURES[topic]
    yield LessonEnriched(task_id=event.task_id, request=event.request, absence=Absence.NOT_FOUND)


def _hang() -> None:
    """Stop the event loop too."""
    threading.Event().wait()


if __name__ == "__main__":
    channel = TrialChannel()
    asyncio.run(channel.serve("enricher", {LessonRequested: on_lesson_requested}, SystemClock()))
