"""The enricher's handlers: a request gets an article. That is help, never a gate: a lesson goes on without."""

from collections.abc import AsyncGenerator
from datetime import timedelta

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    LessonEnriched,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Absence, Article, LessonRequest
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context, Handlers
from pathshala_common.logs import get_logger
from pathshala_enricher.samples import sample_of
from pathshala_enricher.source import TIMED_OUT, LookUp, Query, Source

SERVICE = "enricher"
ATTEMPTS_MAX = 2

WAIT_SHARE = 0.5
"""The part of the time until its deadline for which a lesson may wait for its article; the rest is for the writer."""

log = get_logger()


def handlers(source: Source, clock: Clock, *, wait_seconds: float, recordings: bool = True) -> Handlers:
    """Give the enricher's table. A request may spend `wait_seconds` on enrichment, retries included.

    Its wait for the look-ups before it does not count. Where the source has no article, a sample may stand in.
    With `recordings`, what the source was asked and said is told before what it led to.
    """
    wait = timedelta(seconds=wait_seconds)

    async def on_lesson_requested(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        """Yield one LessonEnriched, whatever the source does, or raise Retry while there is time for it."""
        task_id, attempt, request = event.task_id, context.attempt, event.request
        if not request.include_wikipedia or request.source_text is not None:
            yield _enriched(event, Absence.NOT_REQUESTED)
            return
        yield EnrichmentStarted(task_id=task_id, attempt=attempt, source=source.name, query=request.topic)
        began = clock.monotonic()
        lookup = await _find(source, request, clock)
        seconds_asking = sum(call.seconds for call in lookup.calls)
        waited = timedelta(seconds=max(clock.monotonic() - began - seconds_asking, 0))
        for call in lookup.calls if recordings else ():
            yield ProviderAnswered(task_id=task_id, attempt=attempt, service=SERVICE, call=call)
        if not isinstance(lookup.outcome, Retry):
            yield _enriched(event, lookup.outcome)
        elif attempt < min(ATTEMPTS_MAX, context.attempts_max) and _fits(lookup.outcome, request, clock, wait + waited):
            raise lookup.outcome
        else:
            timed_out = lookup.outcome.code == TIMED_OUT
            yield _enriched(event, Absence.TIMED_OUT if timed_out else Absence.UNAVAILABLE)

    return {LessonRequested: on_lesson_requested}


async def _find(source: Source, request: LessonRequest, clock: Clock) -> LookUp:
    """Ask the source."""
    seconds = (request.deadline - clock.now()).total_seconds() * WAIT_SHARE
    try:
        return await source.find(Query(request.subject, request.topic, request.language, request.user_id, seconds))
    except Exception:
        # A fault of ours: to be seen in the log, not in a lesson that fails for want of an article.
        log.exception("source failed", source=source.name)
        return LookUp(Absence.UNAVAILABLE)


def _fits(error: Retry, request: LessonRequest, clock: Clock, wait: timedelta) -> bool:
    """Whether the wait ends before the time that a request may spend on enrichment, and before its deadline."""
    until = min(request.requested_at + wait, request.deadline)
    return clock.now() + timedelta(seconds=error.after_seconds or 0) < until


def _enriched(event: LessonRequested, found: Article | Absence) -> LessonEnriched:
    if isinstance(found, Article):
        return LessonEnriched(task_id=event.task_id, request=event.request, article=found)
    request = event.request
    sample = None if found is Absence.NOT_REQUESTED else sample_of(request.topic, request.language)
    return LessonEnriched(task_id=event.task_id, request=request, absence=found, sample=sample)
