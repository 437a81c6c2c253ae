"""What the enricher does about a request: look for an article. That is help, never a gate: a lesson goes on without."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import structlog

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import EnrichmentStarted, Event, LessonEnriched, LessonRequested
from pathshala_common.contract.lesson import Absence, Article, LessonRequest
from pathshala_common.contract.ports import Clock, Context, Handlers
from pathshala_enricher.source import TIMED_OUT, Query, Source

ATTEMPTS_MAX = 2

log = structlog.get_logger()


def handlers(source: Source, clock: Clock, *, wait_seconds: float) -> Handlers:
    """Give the enricher's table. A request may spend `wait_seconds` on enrichment, retries included."""
    wait = timedelta(seconds=wait_seconds)

    async def on_lesson_requested(event: LessonRequested, context: Context) -> AsyncGenerator[Event, None]:
        """Yield one LessonEnriched, whatever the source does, or raise Retry while there is time for it."""
        request = event.request
        found: Article | Absence = Absence.NOT_REQUESTED
        if request.include_wikipedia:
            yield EnrichmentStarted(
                task_id=event.task_id, attempt=context.attempt, source=source.name, query=request.topic
            )
            found = await _find(source, request, context, clock, wait)
        yield _enriched(event, found)

    return {LessonRequested: on_lesson_requested}


async def _find(
    source: Source, request: LessonRequest, context: Context, clock: Clock, wait: timedelta
) -> Article | Absence:
    """Ask the source. Only a failure that may pass, and that can be waited for, is raised."""
    try:
        return await source.find(Query(request.subject, request.topic, _primary(request.language)))
    except Retry as error:
        if context.attempt < min(ATTEMPTS_MAX, context.attempts_max) and _fits(error, request, clock, wait):
            raise
        return Absence.TIMED_OUT if error.code == TIMED_OUT else Absence.UNAVAILABLE
    except Exception:
        # A fault of ours: to be seen in the log, not in a lesson that fails for want of an article.
        log.exception("source failed", source=source.name)
        return Absence.UNAVAILABLE


def _fits(error: Retry, request: LessonRequest, clock: Clock, wait: timedelta) -> bool:
    """Whether the wait ends before the time that a request may spend on enrichment, and before its deadline."""
    until = min(request.requested_at + wait, request.deadline)
    return clock.now() + timedelta(seconds=error.after_seconds or 0) < until


def _primary(language: str) -> str:
    """Name the encyclopedia of a language tag: en of en-GB."""
    return language.partition("-")[0].lower()


def _enriched(event: LessonRequested, found: Article | Absence) -> LessonEnriched:
    if isinstance(found, Absence):
        return LessonEnriched(task_id=event.task_id, request=event.request, absence=found)
    return LessonEnriched(task_id=event.task_id, request=event.request, article=found)
