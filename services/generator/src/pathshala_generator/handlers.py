"""The generator's handlers: a request, with or without an article, becomes a written lesson; a part is written anew."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from pathshala_common.contract.errors import Reject
from pathshala_common.contract.events import (
    AnyEvent,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
    LessonRequested,
    RewriteRequested,
)
from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context, Handlers
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.logs import get_logger
from pathshala_generator.desk import Hold, hold_freely
from pathshala_generator.draft import LESSON_REFUSED, Assignment, Writer, content_of
from pathshala_generator.precedents import Precedents, no_precedents, recalled
from pathshala_generator.reporting import refuse_unfit, reported, seconds_left
from pathshala_generator.rewrite_handler import rewriting_handler
from pathshala_generator.sanitising import sanitised
from pathshala_generator.shlokas import Shloka, candidates
from pathshala_generator.source_text import article_of
from pathshala_generator.suggestions import suggestion_for
from pathshala_generator.writing import PROGRESS_SECONDS, Writing

log = get_logger()


def handlers(
    writer: Writer,
    shlokas: Sequence[Shloka],
    clock: Clock,
    *,
    precedents: Precedents = no_precedents,
    recordings: bool = True,
    progress_seconds: float = PROGRESS_SECONDS,
    hold: Hold = hold_freely,
) -> Handlers:
    """Bind the events that reach the generator to what it does with them; it tells of progress so often at the most.

    `hold` is asked for each task before anything is done for it, and has it in hand until all is told.
    """

    async def on_lesson_enriched(
        event: LessonEnriched | LessonRequested, context: Context
    ) -> AsyncGenerator[AnyEvent, None]:
        """Write the lesson, or say what to order instead where the order is to blame."""
        try:
            async with hold(event.task_id), aclosing(write(event, context)) as told:
                async for each in told:
                    yield each
        except Reject as reject:
            reject.suggestion = suggestion_for(reject, event.request, _given(event))
            raise

    async def write(event: LessonEnriched | LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        """Write the lesson; the writing is cancelled at the request's deadline."""
        request = event.request
        seconds_left(request.deadline, clock)
        refuse_unfit(request)
        earlier = await recalled(precedents, request)
        yield GenerationStarted(
            task_id=event.task_id,
            attempt=context.attempt,
            attempts_max=context.attempts_max,
            writer=writer.name,
            model=writer.model,
            precedents=earlier,
        )
        article, absence = await asyncio.to_thread(_found, event) if _given(event) else _found(event)
        assignment = Assignment(request, article, candidates(shlokas, request, event.task_id), earlier)
        writing = Writing(writer, assignment, seconds_left(request.deadline, clock), progress_seconds=progress_seconds)
        try:
            reporting = reported(writing, event.task_id, context.attempt, context.attempts_max, recordings=recordings)
            async with aclosing(reporting) as told:
                async for each in told:
                    yield each
            written = writing.written
        except Reject as refused:
            if article is None or writer.model is not None or refused.code != LESSON_REFUSED:
                raise
            # No model wrote, so the article is at fault: it must not fail a lesson that would have come without one.
            assignment, absence = replace(assignment, article=None), Absence.NOT_FOUND
            written = await writer.write(assignment, _unrecorded)
        content = content_of(assignment, written, writer, absence)
        yield LessonGenerated(task_id=event.task_id, request=request, content=content)

    return {
        LessonEnriched: on_lesson_enriched,
        LessonRequested: on_lesson_enriched,
        RewriteRequested: rewriting_handler(
            writer, shlokas, clock, recordings=recordings, progress_seconds=progress_seconds, hold=hold
        ),
    }


def _found(event: LessonEnriched | LessonRequested) -> tuple[Article | None, Absence | None]:
    """Give the article, or why there is none. Of a request that comes as it is, nobody looked for one in time."""
    found = _given(event)
    if found is None and not isinstance(event, LessonEnriched):
        return None, Absence.TIMED_OUT if event.request.include_wikipedia else Absence.NOT_REQUESTED
    absence = event.absence if isinstance(event, LessonEnriched) else None
    article = sanitised(found, event.request) if found else None
    if article is not found:
        log.warning("sentences left out of an article", task_id=event.task_id, url=found.url if found else None)
    return article, absence if found is None or article else Absence.NOT_FOUND


def _given(event: LessonEnriched | LessonRequested) -> Article | None:
    """Give the article that came with the order, or else the one that was found."""
    own = article_of(event.request)
    return own or (event.article or event.sample if isinstance(event, LessonEnriched) else None)


def _unrecorded(_call: ProviderCall) -> None:
    """Keep no call: a writer without a model makes none."""
