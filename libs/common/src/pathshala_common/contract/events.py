"""Every event once: what can happen to a lesson on its way, in the past tense.

A new event is one class here, one row in a handler table, one entry in `docs/events.md`.
A class is never changed so that its stored events stop decoding: `VERSION` counts the changes that readers
must know of, and a field added later has a default.
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from pathshala_common.contract.lesson import (
    Absence,
    Article,
    LessonContent,
    LessonRequest,
    Moment,
    Precedent,
    Text,
)
from pathshala_common.contract.provider_call import ProviderCall

TaskId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
Attempt = Annotated[int, Field(ge=1)]


class Event(BaseModel):
    """Something that happened to one task. Frozen; unknown fields of later writers are ignored."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    VERSION: ClassVar[int] = 1
    ROUTING_KEY: ClassVar[str]
    PER_ATTEMPT: ClassVar[bool] = False
    """Whether the event tells of one attempt, so that each attempt's is an event of its own."""
    DRIVES: ClassVar[bool] = False
    """Whether the task cannot go on without it: if it is lost, the task has failed; sent again, the task goes on."""
    FINAL: ClassVar[bool] = False
    """Whether it ends the task, unless another did before."""

    task_id: TaskId


class LessonRequested(Event):
    """Somebody asked for a lesson, and the API accepted."""

    ROUTING_KEY = "lesson.requested"
    DRIVES = True

    request: LessonRequest


class EnrichmentStarted(Event):
    """The enricher began to look for an article."""

    ROUTING_KEY = "lesson.enrichment_started"
    PER_ATTEMPT = True

    attempt: Attempt
    source: Text
    query: Text


class LessonEnriched(Event):
    """The search for an article ended: with one, or with the reason why there is none."""

    ROUTING_KEY = "lesson.enriched"
    DRIVES = True

    request: LessonRequest
    article: Article | None = None
    absence: Absence | None = None


class GenerationStarted(Event):
    """A generator began to write the lesson, so that it does not repeat its precedents."""

    ROUTING_KEY = "lesson.generation_started"
    PER_ATTEMPT = True

    attempt: Attempt
    attempts_max: Attempt
    writer: Text
    model: Text | None = None
    precedents: tuple[Precedent, ...] = ()


class ProviderAnswered(Event):
    """A service outside the house was asked, and answered or did not: the recording of it, for replay alone."""

    ROUTING_KEY = "lesson.provider_answered"
    PER_ATTEMPT = True

    attempt: Attempt
    service: Text
    call: Annotated[ProviderCall, Field(alias="exchange")]  # the log and the wire have had that name from the beginning


class LessonGenerated(Event):
    """The lesson is written; it has no version until it is stored."""

    ROUTING_KEY = "lesson.generated"
    DRIVES = True

    request: LessonRequest
    content: LessonContent


class LessonStored(Event):
    """The lesson is kept for good under its revision. Final: the task is completed."""

    ROUTING_KEY = "lesson.stored"
    FINAL = True

    request: LessonRequest
    content: LessonContent
    revision: Annotated[int, Field(ge=1)]
    stored_at: Moment


class RetryScheduled(Event):
    """A service could not do its part now and will try again.

    While what it needs is down, the event waits, and that is told now and then: `telling` counts these events, the
    next try is at `retry_at`, and none is more than `delay_seconds` after the one before. 0 is a retry that costs an
    attempt.
    """

    ROUTING_KEY = "lesson.retry_scheduled"
    PER_ATTEMPT = True

    service: Text
    attempt: Attempt
    attempts_max: Attempt
    retry_at: Moment
    delay_seconds: Annotated[float, Field(ge=0)]
    code: Text
    reason: Text
    telling: Annotated[int, Field(ge=0, alias="held")] = 0  # the log and the wire have had that name


class TaskResumed(Event):
    """The house died while one of its services had the task in hand, and takes it up again.

    `returns` counts these deaths since the last event that drove the task on, which the envelope names as the cause.
    """

    ROUTING_KEY = "lesson.task_resumed"
    PER_ATTEMPT = True

    returns: Annotated[int, Field(ge=1)]


class LessonFailed(Event):
    """No lesson will come of this task, and why. Final."""

    ROUTING_KEY = "lesson.failed"
    FINAL = True

    service: Text
    code: Text
    message: Text
    failed_at: Moment


EVENTS: tuple[type[Event], ...] = (
    LessonRequested,
    EnrichmentStarted,
    LessonEnriched,
    GenerationStarted,
    ProviderAnswered,
    LessonGenerated,
    LessonStored,
    RetryScheduled,
    TaskResumed,
    LessonFailed,
)
EVENT_BY_NAME = {event.__name__: event for event in EVENTS}
