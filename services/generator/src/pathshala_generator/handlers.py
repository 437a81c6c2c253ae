"""The generator's handlers: a request, with or without an article, becomes a written lesson."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.events import (
    Event,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
    LessonRequested,
)
from pathshala_common.contract.lesson import Absence
from pathshala_common.contract.ports import Clock, Context, Handlers
from pathshala_generator.draft import Assignment, Writer, Written, content_of
from pathshala_generator.shlokas import Shloka, choose


def handlers(writer: Writer, shlokas: Sequence[Shloka], clock: Clock) -> Handlers:
    """Bind the events that reach the generator to what it does with them."""

    async def on_lesson_enriched(event: LessonEnriched, context: Context) -> AsyncGenerator[Event | Envelope, None]:
        """Write the lesson; the writing is cancelled at the request's deadline."""
        _seconds_left(event.request.deadline, clock)
        yield GenerationStarted(
            task_id=event.task_id,
            attempt=context.attempt,
            attempts_max=context.attempts_max,
            writer=writer.name,
            model=writer.model,
        )
        shloka = choose(shlokas, event.request, event.task_id)
        assignment = Assignment(event.request, event.article, [shloka])
        written = await _in_time(writer, assignment, _seconds_left(event.request.deadline, clock))
        content = content_of(assignment, written, writer, event.absence)
        yield LessonGenerated(task_id=event.task_id, request=event.request, content=content)

    def on_lesson_requested(event: LessonRequested, context: Context) -> AsyncGenerator[Event | Envelope, None]:
        """Write without an article: nobody looked for one in time, or none was asked for."""
        absence = Absence.TIMED_OUT if event.request.include_wikipedia else Absence.NOT_REQUESTED
        enriched = LessonEnriched(task_id=event.task_id, request=event.request, absence=absence)
        return on_lesson_enriched(enriched, context)

    return {LessonEnriched: on_lesson_enriched, LessonRequested: on_lesson_requested}


def _seconds_left(deadline: datetime, clock: Clock) -> float:
    """How long the lesson is still worth writing."""
    seconds = (deadline - clock.now()).total_seconds()
    if seconds <= 0:
        raise Reject("deadline_exceeded", "the time for this lesson ran out before its writing began")
    return seconds


async def _in_time(writer: Writer, assignment: Assignment, seconds: float) -> Written:
    """Write, but not beyond the deadline."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await writer.write(assignment, lambda _exchange: None)
    except TimeoutError:
        if not limit.expired():
            raise
    raise Reject("deadline_exceeded", "the time for this lesson ran out while it was being written")
