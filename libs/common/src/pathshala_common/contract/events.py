"""Every event once: what can happen to a lesson on its way, in the past tense, and all that is known of it.

A new event is one class here with its name in `AnyEvent`, one row in a handler table, one entry in `docs/events.md`.
A class is never changed so that its stored events stop decoding: `VERSION` counts the changes that readers
must know of, and a field added later has a default.
"""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from pathshala_common.contract.class_set import CallsMax, CostMax, SetRow
from pathshala_common.contract.lesson import (
    Absence,
    Article,
    EditionKey,
    Examined,
    HowMade,
    LanguageTag,
    Lesson,
    LessonContent,
    LessonRequest,
    Level,
    Moment,
    Name,
    Note,
    Precedent,
    Revision,
    Stars,
    Suggestion,
    TaskId,
    Text,
    edition_key,
    is_none,
    version_of,
)
from pathshala_common.contract.provider_call import ProviderCall

Attempt = Annotated[int, Field(ge=1)]
Position = Annotated[int, Field(ge=1)]
HttpStatus = Annotated[int, Field(ge=100, le=599)]

CANCELLED = "cancelled"
"""The code of a task that somebody called off."""
OVERTAKEN = "overtaken"
"""The code of an edit of a version that was not the newest any more."""

ROWS_NAMED_MAX = 10


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
    LASTING: ClassVar[bool] = False
    """Whether it stays when its log is cut, as final events do."""
    MANDATORY: ClassVar[bool] = True
    """Whether a queue must take it. Without, it is told to those who listen, if anybody does."""

    task_id: TaskId

    @property
    def happened_at(self) -> datetime | None:
        """When it happened, if it has the same bytes whenever it is told; None: it is dated when it is told."""
        return None

    @abstractmethod
    def summary(self) -> str:
        """Say it in a line, the fields first that one looks for. What strangers wrote is in it as it came."""


class WithRequest(Event):
    """An event that says what was asked for: a task can begin with it."""

    request: LessonRequest


class WithAttempt(Event):
    """An event that tells of one attempt of a service."""

    PER_ATTEMPT = True

    attempt: Attempt


class LessonRequested(WithRequest):
    """Somebody asked for a lesson, and the API accepted."""

    ROUTING_KEY = "lesson.requested"
    DRIVES = True

    def summary(self) -> str:
        """Say what was asked for, by whom, and until when."""
        asked = self.request
        wikipedia = "" if asked.include_wikipedia else ", without Wikipedia"
        if asked.source_text is not None:
            wikipedia = ", on a text of their own"
        return (
            f"{asked.subject}/{asked.topic} for {asked.user_id}, level {asked.level}, "
            f"language {asked.language}{wikipedia}, until {_clock(asked.deadline)}"
        )


class RewriteRequested(WithRequest):
    """Somebody wants one part of a stored version written anew; the request's derivation says which, and by what wish.

    It brings the content of that version along, so that whoever writes the part has to ask nobody for it.
    """

    ROUTING_KEY = "lesson.rewrite_requested"
    DRIVES = True

    content: LessonContent
    examined: Annotated[Examined | None, Field(exclude_if=is_none)] = None

    def summary(self) -> str:
        """Say who wants which part of which version anew, and how."""
        made_of = self.request.derivation
        if made_of is None or made_of.part is None:
            return f"{self.request.user_id} wants a part of a version anew"
        part = made_of.part if made_of.number is None else f"question {made_of.number}"
        return f"{self.request.user_id} wants the {part} of version {version_of(made_of.revision)} anew: {made_of.note}"


class EnrichmentStarted(WithAttempt):
    """The enricher began to look for an article."""

    ROUTING_KEY = "lesson.enrichment_started"

    source: Text
    query: Text

    def summary(self) -> str:
        """Say what is looked for, and where."""
        return f"looks for {self.query!r} in {self.source}"


class LessonEnriched(WithRequest):
    """The search for an article ended: with one, or with the reason why there is none.

    A `sample` stands in for the one that there is not. It has a field of its own, so that an earlier version, which
    does not know it, takes it for no article of Wikipedia's.
    """

    ROUTING_KEY = "lesson.enriched"
    DRIVES = True

    article: Article | None = None
    absence: Absence | None = None
    sample: Article | None = None

    def summary(self) -> str:
        """Name the article, or say why there is none and which sample stands in for it."""
        if self.article is not None:
            return f"article {self.article.title!r}, revision {self.article.revision_id}, {self.article.language}"
        missing = f"no article: {(self.absence or Absence.NOT_FOUND).replace('_', ' ')}"
        return missing if self.sample is None else f"{missing}; sample {self.sample.title!r}, {self.sample.language}"


class GenerationStarted(WithAttempt):
    """A generator began to write the lesson, so that it does not repeat its precedents."""

    ROUTING_KEY = "lesson.generation_started"

    attempts_max: Attempt
    writer: Text
    model: Text | None = None
    precedents: tuple[Precedent, ...] = ()

    def summary(self) -> str:
        """Name the writer, and count attempts and precedents."""
        before = f", beside {len(self.precedents)} earlier" if self.precedents else ""
        return f"{_writer(self.writer, self.model)}, attempt {self.attempt} of {self.attempts_max}{before}"


class GenerationProgressed(WithAttempt):
    """A generator has begun to write a part of the lesson, or to mend it. Told now and then, of what takes long.

    `number` counts these events of an attempt. Which are told, the clock decides, so that no replay tells the same.
    """

    ROUTING_KEY = "lesson.generation_progressed"

    attempts_max: Attempt
    number: Annotated[int, Field(ge=1)]
    part: Text
    mending: bool = False

    def summary(self) -> str:
        """Name the part."""
        return f"{'mends' if self.mending else 'writes'} the {self.part}"


class ProviderAnswered(WithAttempt):
    """A service outside the house was asked, and answered or did not: the recording of it, for replay alone."""

    ROUTING_KEY = "lesson.provider_answered"

    service: Text
    call: Annotated[ProviderCall, Field(alias="exchange")]  # the log and the wire have had that name from the beginning

    @property
    def asked_a_model(self) -> bool:
        """Whether it was a language model: the generator asks nobody else."""
        return self.service == "generator"

    def summary(self) -> str:
        """Say how the call ended, how long it took, and what it cost."""
        return self.call.summary()


class LessonGenerated(WithRequest):
    """The lesson is written; it has no version until it is stored.

    `examined` is what the checks find in the parts that stayed, if one part alone was written anew.
    """

    ROUTING_KEY = "lesson.generated"
    DRIVES = True

    content: LessonContent
    examined: Annotated[Examined | None, Field(exclude_if=is_none)] = None

    def summary(self) -> str:
        """Give the title, and say how the lesson was made."""
        quality = self.content.quality
        ground = "grounded" if quality.grounded else "not grounded"
        said = f"{self.content.title!r}, by {_writer(quality.writer, quality.model)}, {ground}"
        used = quality.usage
        return said if used is None else f"{said}, {used.calls} calls in {used.seconds:.1f} s"


class LessonEdited(WithRequest):
    """Somebody changed a version by hand, or went back to one; the request's derivation says which, and why.

    It leads to the revision behind the one that it `follows`, or fails if that is not the newest any more. The API logs
    it before it tells it, so that whoever edits knows which.
    """

    ROUTING_KEY = "lesson.edited"
    DRIVES = True

    follows: Revision
    content: LessonContent
    examined: Examined

    def summary(self) -> str:
        """Say who changed which version, and what the checks find."""
        made_of, examined = self.request.derivation, self.examined
        version = version_of(made_of.revision) if made_of else "?"
        way = "went back to" if made_of and made_of.how is HowMade.ROLLED_BACK else "edited"
        said = f"{self.request.user_id} {way} version {version}"
        overruled = ", ".join(one.check for one in examined.overruled)
        found = f"{len(examined.found)} finding{'' if len(examined.found) == 1 else 's'}"
        return f"{said}, {found}{f', overruled: {overruled}' if overruled else ''}"


class LessonStored(WithRequest):
    """The lesson is kept for good under its revision. Final: the task is completed.

    The store logs it before it tells it, so it takes it from nobody. The revision counts within the edition that was
    ordered, `serial` over all editions of the lesson. Earlier versions told no serial: their revision was that.
    `examined` is what the checks find in it, if it was changed by hand, or made of a version that was.
    """

    ROUTING_KEY = "lesson.stored"
    FINAL = True
    MANDATORY = False

    content: LessonContent
    revision: Annotated[int, Field(ge=1)]
    serial: Annotated[int, Field(ge=1)] | None = None
    examined: Annotated[Examined | None, Field(exclude_if=is_none)] = None
    stored_at: Moment

    @property
    def happened_at(self) -> datetime:
        """When it was logged: what is told again is what is logged."""
        return self.stored_at

    @property
    def lesson(self) -> Lesson:
        """The revision that is kept."""
        return Lesson(
            subject=self.request.subject,
            topic=self.request.topic,
            language=self.request.language,
            level=self.request.level,
            revision=self.revision,
            serial=self.serial,
            task_id=self.task_id,
            created_at=self.stored_at,
            made_by=self.request.user_id,
            derivation=self.request.derivation,
            examined=self.examined,
            content=self.content,
        )

    def summary(self) -> str:
        """Give the version."""
        return f"kept as version {version_of(self.revision)}"


class RetryScheduled(WithAttempt):
    """A service could not do its part now and will try again.

    While what it needs is down, the event waits, and that is told now and then: `telling` counts these events, the
    next try is at `retry_at`, and none is more than `delay_seconds` after the one before. 0 is a retry that costs an
    attempt.
    """

    ROUTING_KEY = "lesson.retry_scheduled"

    service: Text
    attempts_max: Attempt
    retry_at: Moment
    delay_seconds: Annotated[float, Field(ge=0)]
    code: Text
    reason: Text
    telling: Annotated[int, Field(ge=0, alias="held")] = 0  # the log and the wire have had that name

    @property
    def why(self) -> str:
        """Code and reason."""
        return f"{self.code}: {self.reason}"

    def summary(self) -> str:
        """Say when the next try is, and why."""
        again = f"again at {_clock(self.retry_at)} (in {self.delay_seconds:.1f} s)"
        return f"{again}, after attempt {self.attempt} of {self.attempts_max}: {self.why}"


class TaskResumed(Event):
    """The house died while one of its services had the task in hand, and takes it up again.

    `returns` counts these deaths since the last event that drove the task on, which the envelope names as the cause.
    `service` had it in hand; earlier versions did not tell.
    """

    ROUTING_KEY = "lesson.task_resumed"
    PER_ATTEMPT = True

    returns: Annotated[int, Field(ge=1)]
    service: Text | None = None

    def summary(self) -> str:
        """Count the deaths."""
        return f"the house died with it in hand, death {self.returns}, and takes it up again"


class LessonFailed(Event):
    """No lesson will come of this task, and why. Final.

    Where the order is the cause, `suggestion` is another one that would do.
    """

    ROUTING_KEY = "lesson.failed"
    FINAL = True

    service: Text
    code: Text
    message: Text
    failed_at: Moment
    suggestion: Annotated[Suggestion | None, Field(exclude_if=is_none)] = None

    @property
    def why(self) -> str:
        """Code and message."""
        return f"{self.code}: {self.message}"

    def summary(self) -> str:
        """Say why."""
        return self.why


class LessonCancelled(LessonFailed):
    """Somebody called the lesson off before it was written: a failure with a code of its own. Final.

    The API logs it before it tells it, so that whoever cancelled knows the end; to the store it is a repeat.
    """

    ROUTING_KEY = "lesson.cancelled"

    service: Text = "api"
    code: Text = CANCELLED
    message: Text = "The lesson was cancelled."


class TaskRetried(Event):
    """A task that failed was asked for anew, as another one. The API logs it, behind the end of the task."""

    ROUTING_KEY = "lesson.retried"

    retried_as: TaskId

    def summary(self) -> str:
        """Name the other task."""
        return f"asked for anew as {self.retried_as}"


class WebhookDelivered(WithAttempt):
    """The order's callback URL took word of the task's end. The task stays as it is.

    `change` is the position of the final event, which the word was about.
    """

    ROUTING_KEY = "lesson.webhook_delivered"

    change: Position
    status: HttpStatus

    def summary(self) -> str:
        """Say what was told, and what the receiver answered."""
        return f"change {self.change} told, attempt {self.attempt}: answered {self.status}"


class WebhookAbandoned(WithAttempt):
    """The callback URL is told of the task's end no more, and why. The task stays as it is."""

    ROUTING_KEY = "lesson.webhook_abandoned"
    AFTER: ClassVar[timedelta] = timedelta(days=1)
    """A webhook is tried for so long from the event on that called for it."""

    change: Position
    code: Text
    reason: Text

    def summary(self) -> str:
        """Say why."""
        return f"change {self.change} not told, attempt {self.attempt}: {self.code}: {self.reason}"


class RedeliveryRequested(Event):
    """An operator wants the callback URL to be told of the task's end once more. `number` counts these of a task."""

    ROUTING_KEY = "lesson.redelivery_requested"

    number: Annotated[int, Field(ge=1)]

    def summary(self) -> str:
        """Count them."""
        return f"the webhook is wanted again, time {self.number}"


class WithVersion(Event):
    """Somebody's word on a version of an edition, by its revision.

    It belongs to no task: its log is the edition's, whose name the task id is. It stays for good. The API logs it
    before it tells it.
    """

    LASTING = True

    subject: Name
    topic: Name
    language: LanguageTag
    level: Level
    revision: Revision
    user_id: Name
    said_at: Moment

    @property
    def happened_at(self) -> datetime:
        """When it was said."""
        return self.said_at

    @property
    def edition(self) -> EditionKey:
        """The edition whose version it is about."""
        return edition_key(self.subject, self.topic, self.language, self.level)

    @property
    def version(self) -> str:
        """The version as people see it."""
        return version_of(self.revision)


class LessonApproved(WithVersion):
    """A teacher approved a version."""

    ROUTING_KEY = "lesson.approved"

    note: Annotated[Note | None, Field(exclude_if=is_none)] = None

    def summary(self) -> str:
        """Say who approved which version."""
        return f"{self.user_id} approved version {self.version}"


class ApprovalWithdrawn(WithVersion):
    """A teacher took the approval of a version back: it is a draft again."""

    ROUTING_KEY = "lesson.approval_withdrawn"

    note: Annotated[Note | None, Field(exclude_if=is_none)] = None

    def summary(self) -> str:
        """Say who took it back."""
        return f"{self.user_id} withdrew the approval of version {self.version}"


class LessonRated(WithVersion):
    """Somebody rated a version, and why. Of the same user's for the same version the newest counts."""

    ROUTING_KEY = "lesson.rated"

    stars: Stars
    reason: Note

    def summary(self) -> str:
        """Say who gave how many stars."""
        stars = f"{self.stars} star{'' if self.stars == 1 else 's'}"
        return f"{self.user_id} gave version {self.version} {stars}: {self.reason}"


class ClassSetRequested(Event):
    """Somebody ordered a class set, whose id stands for a task's. The API logs it, and orders its rows one by one."""

    ROUTING_KEY = "class_set.requested"

    user_id: Name
    title: Annotated[Name | None, Field(exclude_if=is_none)] = None
    rows: tuple[SetRow, ...]
    calls_max: CallsMax = None
    cost_max: CostMax = None
    requested_at: Moment

    @property
    def happened_at(self) -> datetime:
        """When it was accepted."""
        return self.requested_at

    def summary(self) -> str:
        """Count the rows."""
        refused = sum(row.refusal is not None for row in self.rows)
        named = f"{self.title!r}: " if self.title else ""
        ceilings = [f"{self.calls_max} calls"] if self.calls_max else []
        ceilings += [f"a cost of {self.cost_max:g}"] if self.cost_max else []
        at_most = f", at most {' and '.join(ceilings)}" if ceilings else ""
        return f"{named}{len(self.rows)} rows for {self.user_id}, {refused} refused{at_most}"


class OfClassSet(Event):
    """An event of a class set behind the first. It has an effect if `number` events had one before; else it has none.

    So of two that were told of one state of a set, the first one logged counts.
    """

    number: Annotated[int, Field(ge=1)]
    told_at: Moment

    @property
    def happened_at(self) -> datetime:
        """When it was told."""
        return self.told_at


class ClassRowsOrdered(OfClassSet):
    """Rows of a class set that were refused, or whose tasks failed, were ordered anew, perhaps by other orders."""

    ROUTING_KEY = "class_set.rows_ordered"

    rows: tuple[SetRow, ...]

    def summary(self) -> str:
        """Name the rows, the first of them."""
        named = ", ".join(str(one.row) for one in self.rows[:ROWS_NAMED_MAX])
        more = ", ..." if len(self.rows) > ROWS_NAMED_MAX else ""
        return f"rows ordered anew: {named}{more}"


class ClassSetStopped(OfClassSet):
    """No more of a class set is ordered: it was cancelled, or a ceiling is reached."""

    ROUTING_KEY = "class_set.stopped"

    code: Text
    message: Text

    def summary(self) -> str:
        """Say why."""
        return f"orders no more: {self.code}: {self.message}"


class ClassSetEnded(OfClassSet):
    """All tasks of a class set have ended. It goes on when rows are ordered anew."""

    ROUTING_KEY = "class_set.ended"

    completed: Annotated[int, Field(ge=0)]
    failed: Annotated[int, Field(ge=0)]
    refused: Annotated[int, Field(ge=0)]

    def summary(self) -> str:
        """Count what became of the rows."""
        return f"{self.completed} completed, {self.failed} failed, {self.refused} not ordered"


AnyEvent = (
    LessonRequested
    | RewriteRequested
    | EnrichmentStarted
    | LessonEnriched
    | GenerationStarted
    | GenerationProgressed
    | ProviderAnswered
    | LessonGenerated
    | LessonEdited
    | LessonStored
    | RetryScheduled
    | TaskResumed
    | LessonFailed
    | LessonCancelled
    | TaskRetried
    | WebhookDelivered
    | WebhookAbandoned
    | RedeliveryRequested
    | LessonApproved
    | ApprovalWithdrawn
    | LessonRated
    | ClassSetRequested
    | ClassRowsOrdered
    | ClassSetStopped
    | ClassSetEnded
)
"""Every event there is, so that the type checker finds a match that forgets one."""

ClassSetEvent = ClassSetRequested | ClassRowsOrdered | ClassSetStopped | ClassSetEnded
"""The events that are a class set's and no task's. The API logs them before it tells them: to the store, repeats."""

EVENTS: tuple[type[AnyEvent], ...] = get_args(AnyEvent)
ORDERS = (LessonRequested, RewriteRequested)
"""Events that a task begins with: what somebody ordered."""

EVENT_BY_NAME = {event.__name__: event for event in EVENTS}


def request_of(event: Event) -> LessonRequest | None:
    """Give what was asked for, if the event says so."""
    return event.request if isinstance(event, WithRequest) else None


def attempt_of(event: Event) -> int | None:
    """Give the attempt that the event tells of, if it tells of one."""
    return event.attempt if isinstance(event, WithAttempt) else None


def _writer(writer: str, model: str | None) -> str:
    return f"{writer} ({model})" if model else writer


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}"
