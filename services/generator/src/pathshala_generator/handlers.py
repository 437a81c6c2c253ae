"""The generator's handlers: a request, with or without an article, becomes a written lesson."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime

from pathshala_common.contract.errors import Reject
from pathshala_common.contract.events import (
    AnyEvent,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Absence, Article, LessonRequest
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context, Handlers
from pathshala_generator.draft import Assignment, Writer, content_of
from pathshala_generator.moderation import TOPIC_REFUSED
from pathshala_generator.precedents import Precedents, no_precedents, recalled
from pathshala_generator.safety import refusal
from pathshala_generator.shlokas import Shloka, candidates
from pathshala_generator.writing import Writing

SERVICE = "generator"


def handlers(
    writer: Writer,
    shlokas: Sequence[Shloka],
    clock: Clock,
    *,
    precedents: Precedents = no_precedents,
    recordings: bool = True,
) -> Handlers:
    """Bind the events that reach the generator to what it does with them."""

    async def on_lesson_enriched(
        event: LessonEnriched | LessonRequested, context: Context
    ) -> AsyncGenerator[AnyEvent, None]:
        """Write the lesson; the writing is cancelled at the request's deadline."""
        request, (article, absence) = event.request, _found(event)
        _seconds_left(request.deadline, clock)
        _refuse_unfit(request)
        earlier = await recalled(precedents, request)
        yield GenerationStarted(
            task_id=event.task_id,
            attempt=context.attempt,
            attempts_max=context.attempts_max,
            writer=writer.name,
            model=writer.model,
            precedents=earlier,
        )
        assignment = Assignment(request, article, candidates(shlokas, request, event.task_id), earlier)
        writing = Writing(writer, assignment, _seconds_left(request.deadline, clock))
        async with aclosing(writing.calls()) as calls:
            async for call in calls:
                if recordings:
                    yield ProviderAnswered(task_id=event.task_id, attempt=context.attempt, service=SERVICE, call=call)
        content = content_of(assignment, writing.written, writer, absence)
        yield LessonGenerated(task_id=event.task_id, request=request, content=content)

    return {LessonEnriched: on_lesson_enriched, LessonRequested: on_lesson_enriched}


def _found(event: LessonEnriched | LessonRequested) -> tuple[Article | None, Absence | None]:
    """Give the article, or why there is none. Of a request that comes as it is, nobody looked for one in time."""
    if isinstance(event, LessonEnriched):
        return event.article or event.sample, event.absence
    return None, Absence.TIMED_OUT if event.request.include_wikipedia else Absence.NOT_REQUESTED


def _refuse_unfit(request: LessonRequest) -> None:
    """Write nothing on what no classroom should get."""
    reason = refusal(request)
    if reason is not None:
        raise Reject(TOPIC_REFUSED, reason)


def _seconds_left(deadline: datetime, clock: Clock) -> float:
    """The seconds for which the lesson is still worth writing."""
    seconds = (deadline - clock.now()).total_seconds()
    if seconds <= 0:
        raise Reject("deadline_exceeded", "the time for this lesson ran out before its writing began")
    return seconds
