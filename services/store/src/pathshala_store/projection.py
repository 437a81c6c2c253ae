"""The projection: how events become a task. Pure, idempotent, and deaf to the order of events that are not final."""

from collections.abc import Iterable, Sequence

from pathshala_common.contract.events import (
    EnrichmentStarted,
    Event,
    GenerationStarted,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    LessonStored,
    RetryScheduled,
)
from pathshala_common.contract.lesson import Absence, Article, LessonRequest, Progress, Status, Task, primary_language
from pathshala_store.languages import language_name

COMPLETED = "Lesson generation completed successfully"
FAILED = "Lesson generation failed"

# How far along the way an event stands; a retry stands behind the attempt that it follows.
REQUESTED, ENRICHING, ENRICHED, GENERATING, GENERATED, ENDED = range(6)
STARTED, RETRYING = (
    0,
    1_000_000,
)  # between them, an attempt that waits for what is down: each telling after the one before
STAGE_OF_SERVICE = {"enricher": ENRICHING, "generator": GENERATING, "store": GENERATED}

WITHOUT_ARTICLE = {
    Absence.NOT_REQUESTED: "Going on without Wikipedia, as asked",
    Absence.NOT_FOUND: "Going on without Wikipedia: it has no such article",
    Absence.UNAVAILABLE: "Going on without Wikipedia: it could not be reached",
    Absence.TIMED_OUT: "Going on without Wikipedia: it took too long",
}


BEGINNING = (LessonRequested, LessonEnriched, LessonGenerated, LessonStored)
"""Events that say what was asked for."""


def begin(events: Iterable[Event]) -> Task | None:
    """Begin a task from the first event that says what was asked for; None if none does."""
    for event in events:
        if isinstance(event, BEGINNING):
            return Task(task_id=event.task_id, request=event.request)
    return None


def decisive(log: Sequence[type[Event]]) -> Sequence[int] | None:
    """Which events of a log, by their types, its fold rests on if not on all: these fold to the same task.

    Once a task has ended, they are the first that says what was asked for, and the first that is final.
    """
    first = next((index for index, event in enumerate(log) if event in BEGINNING), None)
    final = next((index for index, event in enumerate(log) if event.FINAL), None)
    return None if first is None or final is None else sorted({first, final})


def evolve(task: Task, event: Event) -> Task:
    """Fold one event into its task. The first final event wins; after it nothing changes any more."""
    if task.status.final:
        return task
    match event:
        case LessonStored():
            return task.model_copy(
                update={
                    "status": Status.COMPLETED,
                    "progress": Progress(rank=(ENDED, 0, 0), message=COMPLETED),
                    "completed_at": event.stored_at,
                    "revision": event.revision,
                    "lesson": event.content,
                }
            )
        case LessonFailed():
            return task.model_copy(
                update={
                    "status": Status.FAILED,
                    "progress": Progress(rank=(ENDED, 0, 0), message=FAILED),
                    "completed_at": event.failed_at,
                    "error_code": event.code,
                    "error_message": event.message,
                }
            )
        case _:
            return _advance(task, progress_of(event))


def _advance(task: Task, progress: Progress) -> Task:
    if (progress.rank, progress.message) <= (task.progress.rank, task.progress.message):
        return task
    status = Status.IN_PROGRESS if progress.rank > (REQUESTED, 0, 0) else Status.PENDING
    return task.model_copy(update={"status": status, "progress": progress})


def progress_of(event: Event) -> Progress:
    """Say, to the person who waits, what an event that is not final means."""
    match event:
        case EnrichmentStarted():
            rank, message = (ENRICHING, event.attempt, STARTED), f"Reading Wikipedia: {event.query}"
        case LessonEnriched():
            rank, message = (ENRICHED, 0, 0), _found(event)
        case GenerationStarted():
            counted = f", attempt {event.attempt} of {event.attempts_max}" if event.attempt > 1 else ""
            rank, message = (GENERATING, event.attempt, STARTED), f"Writing{counted}"
        case LessonGenerated():
            rank, message = (GENERATED, 0, 0), "Storing the lesson"
        case RetryScheduled():
            rank = (STAGE_OF_SERVICE.get(event.service, REQUESTED), event.attempt, event.telling or RETRYING)
            often = f", with a try every {event.delay_seconds:.0f} s or sooner" if event.telling else ""
            message = f"Waiting{often or f' {event.delay_seconds:.0f} s'}: {event.reason}"
        case _:
            return Progress()
    return Progress(rank=rank, message=message, taken=isinstance(event, GenerationStarted | LessonGenerated))


def _found(event: LessonEnriched) -> str:
    if event.article is not None:
        return f"Read Wikipedia: {event.article.title}{_in_another_language(event.article, event.request)}"
    return WITHOUT_ARTICLE[event.absence or Absence.NOT_FOUND]


def _in_another_language(article: Article, request: LessonRequest) -> str:
    """Say that the article is not in the language that was asked for, if so."""
    if primary_language(article.language) == primary_language(request.language):
        return ""
    return f" (in {language_name(article.language)}; none was found in {language_name(request.language)})"
