"""The projection: how events become a task. Pure, idempotent, and deaf to the order of events that are not final."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import assert_never

from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    Event,
    GenerationProgressed,
    GenerationStarted,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    LessonStored,
    ProviderAnswered,
    RetryScheduled,
    TaskResumed,
    TaskRetried,
    WithRequest,
    request_of,
)
from pathshala_common.contract.lesson import (
    Absence,
    Article,
    LessonRequest,
    Progress,
    Rank,
    Status,
    Task,
    primary_language,
)
from pathshala_common.recording.languages import language_name

COMPLETED = "Lesson generation completed successfully"
FAILED = "Lesson generation failed"


class Stage(IntEnum):
    """The stages of a task, in their order."""

    REQUESTED = 0
    ENRICHING = 1
    ENRICHED = 2
    GENERATING = 3
    GENERATED = 4
    ENDED = 5


STAGE_OF_SERVICE = {"enricher": Stage.ENRICHING, "generator": Stage.GENERATING, "store": Stage.GENERATED}

WAITING = 1_000
"""Moments of an attempt that waits for what is down begin here, behind those of its writing."""
ATTEMPT_ENDED = 1_000_000
"""Moment of an attempt that is to be made again. It stands behind all that is told while the attempt waits."""

TAKEN = GenerationStarted | GenerationProgressed | LessonGenerated
"""Events that only a generator tells that has the task in hand."""

WITHOUT_ARTICLE = {
    Absence.NOT_REQUESTED: "Going on without Wikipedia, as asked",
    Absence.NOT_FOUND: "Going on without Wikipedia: it has no such article",
    Absence.UNAVAILABLE: "Going on without Wikipedia: it could not be reached",
    Absence.TIMED_OUT: "Going on without Wikipedia: it took too long",
}


def begin(events: Iterable[AnyEvent]) -> Task | None:
    """Begin a task from the first event that says what was asked for; None if none does."""
    for event in events:
        if (request := request_of(event)) is not None:
            return Task(task_id=event.task_id, request=request)
    return None


def decisive(log: Sequence[type[Event]]) -> Sequence[int] | None:
    """Which events of a log, by their types, its fold rests on if not on all: these fold to the same task.

    Once a task has ended, they are the first that says what was asked for, the first that is final, and the first that
    tells of a retry.
    """
    first = next((index for index, event in enumerate(log) if issubclass(event, WithRequest)), None)
    final = next((index for index, event in enumerate(log) if event.FINAL), None)
    retried = next((index for index, event in enumerate(log) if issubclass(event, TaskRetried)), final)
    return None if first is None or final is None or retried is None else sorted({first, final, retried})


def evolve(task: Task, event: AnyEvent) -> Task:
    """Fold one event into its task. The first final event wins; after it nothing changes but that it was retried."""
    if isinstance(event, TaskRetried):
        return task if task.retried_as else task.model_copy(update={"retried_as": event.retried_as})
    if task.status.final:
        return task
    progress = progress_of(event)
    match event:
        case LessonStored():
            return task.model_copy(
                update={
                    "status": Status.COMPLETED,
                    "progress": progress,
                    "completed_at": _after(task, event.stored_at),
                    "revision": event.revision,
                    "lesson": event.content,
                }
            )
        case LessonFailed():
            return task.model_copy(
                update={
                    "status": Status.FAILED,
                    "progress": progress,
                    "completed_at": _after(task, event.failed_at),
                    "error_code": event.code,
                    "error_message": event.message,
                    "suggestion": event.suggestion,
                }
            )
    return _advance(task, progress)


def _after(task: Task, moment: datetime) -> datetime:
    """Let no task end before it began, though the clock that tells its end was behind, or was set back."""
    return max(moment, task.request.requested_at)


def _advance(task: Task, progress: Progress) -> Task:
    if (progress.rank, progress.message) <= (task.progress.rank, task.progress.message):
        return task
    status = Status.IN_PROGRESS if progress.rank.stage > Stage.REQUESTED else Status.PENDING
    return task.model_copy(update={"status": status, "progress": progress})


def progress_of(event: AnyEvent) -> Progress:
    """Say what an event means to the person who waits."""
    match event:
        case LessonRequested() | ProviderAnswered() | TaskResumed() | TaskRetried():
            return Progress()
        case EnrichmentStarted():
            rank, message = Rank(Stage.ENRICHING, event.attempt), f"Reading Wikipedia: {event.query}"
        case LessonEnriched():
            rank, message = Rank(Stage.ENRICHED), _found(event)
        case GenerationStarted():
            rank, message = Rank(Stage.GENERATING, event.attempt), f"Writing{_counted(event)}"
        case GenerationProgressed():
            doing = "Mending" if event.mending else "Writing"
            rank = Rank(Stage.GENERATING, event.attempt, event.number)
            message = f"{doing} the {event.part}{_counted(event)}"
        case LessonGenerated():
            rank, message = Rank(Stage.GENERATED), "Storing the lesson"
        case RetryScheduled():
            rank, message = _waiting(event)
        case LessonStored():
            rank, message = Rank(Stage.ENDED), COMPLETED
        case LessonFailed():
            rank, message = Rank(Stage.ENDED), FAILED
        case _:
            assert_never(event)
    return Progress(rank=rank, message=message, taken=isinstance(event, TAKEN))


def _counted(event: GenerationStarted | GenerationProgressed) -> str:
    """Say which attempt it is, from the second on."""
    return f", attempt {event.attempt} of {event.attempts_max}" if event.attempt > 1 else ""


def _waiting(event: RetryScheduled) -> tuple[Rank, str]:
    """Say how long a retry is waited for, or how often what is down is tried."""
    stage = STAGE_OF_SERVICE.get(event.service, Stage.REQUESTED)
    often = f", with a try every {event.delay_seconds:.0f} s or sooner" if event.telling else ""
    message = f"Waiting{often or f' {event.delay_seconds:.0f} s'}: {event.reason}"
    return Rank(stage, event.attempt, WAITING + event.telling if event.telling else ATTEMPT_ENDED), message


def _found(event: LessonEnriched) -> str:
    if event.request.source_text is not None:
        return "Reading the text that came with the order"
    if event.article is not None:
        return f"Read Wikipedia: {event.article.title}{_in_another_language(event.article, event.request)}"
    if event.sample is not None:
        return f"Read a sample article, for want of Wikipedia's: {event.sample.title}"
    return WITHOUT_ARTICLE[event.absence or Absence.NOT_FOUND]


def _in_another_language(article: Article, request: LessonRequest) -> str:
    """Say that the article is not in the language that was asked for, if so."""
    if primary_language(article.language) == primary_language(request.language):
        return ""
    return f" (in {language_name(article.language)}; none was found in {language_name(request.language)})"
