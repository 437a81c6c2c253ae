"""The handler of a rewriting: of a stored version and a wish, one part is written anew, and all else stays."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from pathshala_common.contract.errors import Reject
from pathshala_common.contract.events import AnyEvent, GenerationStarted, LessonGenerated, RewriteRequested
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context, Handler
from pathshala_generator.desk import Hold
from pathshala_generator.draft import Assignment, Writer
from pathshala_generator.reporting import refuse_unfit, reported, seconds_left
from pathshala_generator.rewriting import Rewriting
from pathshala_generator.rewritten import rewritten_content, still_examined
from pathshala_generator.sanitising import sanitised
from pathshala_generator.shlokas import Shloka, other_candidates
from pathshala_generator.wish_fitness import refuse_unfit_wish
from pathshala_generator.writing import Writing

UNEXPECTED_EVENT = "unexpected_event"


def rewriting_handler(
    writer: Writer, shlokas: Sequence[Shloka], clock: Clock, *, recordings: bool, progress_seconds: float, hold: Hold
) -> Handler:
    """Bind the order for a part to what is done with it."""

    async def on_rewrite_requested(event: RewriteRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        """Write one part of the lesson that came along."""
        async with hold(event.task_id), aclosing(write(event, context)) as told:
            async for each in told:
                yield each

    async def write(event: RewriteRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        """Write the part; that is cancelled at the order's deadline."""
        request, rewriting = event.request, _rewriting(event)
        seconds_left(request.deadline, clock)
        refuse_unfit(request)
        refuse_unfit_wish(rewriting.wish, request)
        yield GenerationStarted(
            task_id=event.task_id,
            attempt=context.attempt,
            attempts_max=context.attempts_max,
            writer=writer.name,
            model=writer.model,
        )
        article = await asyncio.to_thread(sanitised, rewriting.article, request) if rewriting.article else None
        verses = other_candidates(shlokas, request, event.task_id, rewriting.lesson.shloka)
        assignment = Assignment(request, article, verses, rewriting=rewriting)
        writing = Writing(writer, assignment, seconds_left(request.deadline, clock), progress_seconds=progress_seconds)
        reporting = reported(writing, event.task_id, context.attempt, context.attempts_max, recordings=recordings)
        async with aclosing(reporting) as told:
            async for each in told:
                yield each
        content = rewritten_content(rewriting, assignment, writing.written, writer)
        examined = still_examined(rewriting, writing.written)
        yield LessonGenerated(task_id=event.task_id, request=request, content=content, examined=examined)

    return on_rewrite_requested


def _rewriting(event: RewriteRequested) -> Rewriting:
    """Read what is to be written anew. Raises Reject for an order that says nothing of it."""
    made_of = event.request.derivation
    if made_of is None or made_of.part is None or made_of.note is None:
        raise Reject(UNEXPECTED_EVENT, "the order does not say which part of the lesson is wished for, or how")
    return Rewriting(event.content, made_of.part, made_of.note, made_of.number, event.examined)
