"""The projection: how events become a task. Pure, idempotent, and deaf to the order of events that are not final."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import assert_never

from pathshala_common.contract.events import (
    AnyEvent,
    ApprovalWithdrawn,
    ClassSetRequested,
    EnrichmentStarted,
    Event,
    GenerationProgressed,
    GenerationStarted,
    LessonApproved,
    LessonEdited,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRated,
    LessonRequested,
    LessonStored,
    OfClassSet,
    ProviderAnswered,
    RedeliveryRequested,
    RetryScheduled,
    RewriteRequested,
    TaskResumed,
    TaskRetried,
    WebhookAbandoned,
    WebhookDelivered,
    WithRequest,
    request_of,
)
from pathshala_common.contract.lesson import (
    Absence,
    LanguageTag,
    LessonRequest,
    Progress,
    Rank,
    Stage,
    Status,
    Task,
    primary_language,
)
from pathshala_common.contract.topology import BESIDE
from pathshala_common.recording.languages import language_name
from pathshala_common.recording.progress_texts import part_text, reason_text, text

STAGE_OF_SERVICE = {"enricher": Stage.ENRICHING, "generator": Stage.GENERATING, "store": Stage.GENERATED}

WAITING = 1_000
"""Moments of an attempt that waits for what is down begin here, behind those of its writing."""
ATTEMPT_ENDED = 1_000_000
"""Moment of an attempt that is to be made again. It stands behind all that is told while the attempt waits."""

NEVER = datetime.min.replace(tzinfo=UTC)

TAKEN = GenerationStarted | GenerationProgressed | LessonGenerated | LessonEdited
"""Events that nobody tells but who has the task in hand."""


def begin(events: Iterable[AnyEvent]) -> Task | None:
    """Begin a task from the first event that says what was asked for; None if none does."""
    for event in events:
        if (request := request_of(event)) is not None:
            return new_task(event.task_id, request)
    return None


def new_task(task_id: str, request: LessonRequest) -> Task:
    """Begin the task of a request."""
    return Task(task_id=task_id, request=request, progress=_asked(primary_language(request.language)))


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
    progress = progress_of(event, task.request.language)
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
    if _place(progress) <= _place(task.progress):
        return task
    status = Status.IN_PROGRESS if progress.rank.stage > Stage.REQUESTED else Status.PENDING
    return task.model_copy(update={"status": status, "progress": progress})


def _place(progress: Progress) -> tuple[Rank, str, str, int, datetime]:
    """Tell of two whichever is the later, so that no order of arrival matters; equal ones are the same."""
    waiting_for, until = progress.waiting_for or "", progress.until or NEVER
    return progress.rank, progress.message, waiting_for, progress.of or 0, until


def progress_of(event: AnyEvent, language: LanguageTag) -> Progress:
    """Say what an event means to the person who waits, in the language of the order.

    Of webhooks and class sets, and of what people think of a version, it says nothing.
    """
    say = partial(text, language)
    match event:
        case EnrichmentStarted():
            rank, message = Rank(Stage.ENRICHING, event.attempt), say("reading", query=event.query)
        case LessonEnriched():
            rank, message = Rank(Stage.ENRICHED), _found(event)
        case GenerationStarted():
            rank = Rank(Stage.GENERATING, event.attempt)
            message = say(_counted("writing", event), attempt=event.attempt, of=event.attempts_max)
        case GenerationProgressed():
            return _written(event, language)
        case LessonGenerated() | LessonEdited():
            rank, message = Rank(Stage.GENERATED), say("storing")
        case RetryScheduled() if event.service not in BESIDE:
            return _waiting(event, language)
        case LessonStored():
            rank, message = Rank(Stage.ENDED), say("completed")
        case LessonFailed():
            rank, message = Rank(Stage.ENDED), say("failed")
        case (
            LessonRequested()
            | RewriteRequested()
            | ProviderAnswered()
            | TaskResumed()
            | TaskRetried()
            | RetryScheduled()
            | WebhookDelivered()
            | WebhookAbandoned()
            | RedeliveryRequested()
            | LessonApproved()
            | ApprovalWithdrawn()
            | LessonRated()
            | ClassSetRequested()
            | OfClassSet()
        ):
            return _asked(primary_language(language))
        case _:
            assert_never(event)
    of = event.attempts_max if isinstance(event, GenerationStarted) else None
    return Progress(rank=rank, message=message, taken=isinstance(event, TAKEN), of=of)


def _counted(code: str, event: GenerationStarted | GenerationProgressed) -> str:
    """Name the text that says which attempt it is, from the second on."""
    return f"{code}_again" if event.attempt > 1 else code


def _written(event: GenerationProgressed, language: LanguageTag) -> Progress:
    """Say which part is being written, or mended."""
    code = _counted("mending_part" if event.mending else "writing_part", event)
    part = part_text(language, event.part)
    message = text(language, code, part=part, attempt=event.attempt, of=event.attempts_max)
    rank = Rank(Stage.GENERATING, event.attempt, event.number)
    return Progress(rank=rank, message=message, taken=True, of=event.attempts_max)


def _waiting(event: RetryScheduled, language: LanguageTag) -> Progress:
    """Say how long a retry is waited for, or how often what is down is tried."""
    stage = STAGE_OF_SERVICE.get(event.service, Stage.REQUESTED)
    code, moment = ("probing", WAITING + event.telling) if event.telling else ("waiting", ATTEMPT_ENDED)
    reason = reason_text(language, event.code, event.reason)
    return Progress(
        rank=Rank(stage, event.attempt, moment),
        message=text(language, code, seconds=f"{event.delay_seconds:.0f}", reason=reason),
        of=event.attempts_max,
        waiting_for=event.code,
        until=event.retry_at,
    )


def _found(event: LessonEnriched) -> str:
    language, article = event.request.language, event.article
    if event.request.source_text is not None:
        return text(language, "read_own_text")
    if article is not None and primary_language(article.language) == primary_language(language):
        return text(language, "read", title=article.title)
    if article is not None:
        found, asked = language_name(article.language), language_name(language)
        return text(language, "read_in_another_language", title=article.title, found=found, asked=asked)
    if event.sample is not None:
        return text(language, "read_sample", title=event.sample.title)
    return text(language, f"without_{event.absence or Absence.NOT_FOUND}")


@cache
def _asked(language: str) -> Progress:
    """Give the progress that every task begins with."""
    return Progress(message=text(language, "asked"))
