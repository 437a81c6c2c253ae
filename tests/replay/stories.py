"""Logs of tasks as a house writes them, told event by event, and handlers to replay them with."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any

from pathshala.replay.engine import Tables
from pathshala.replay.steps import Step
from pathshala.replay.tape import Tape
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import (
    AnyEvent,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
    LessonRequested,
    LessonStored,
    ProviderAnswered,
    RewriteRequested,
)
from pathshala_common.contract.lesson import Absence, LessonContent, Quality
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context, Handlers
from pathshala_common.contract.ports.store import Logged
from pathshala_common.contract.provider_call import ProviderCall
from tests.clock import NOON
from tests.stories.lessons import a_request

SECOND = timedelta(seconds=1)
TASK = "task-1"
REQUEST = a_request(seconds=300)
RATE_LIMITED = Retry("rate_limited", "the model is rate limited")


def content(title: str = "Verbs") -> LessonContent:
    return LessonContent(
        title=title,
        shloka="विद्या ददाति विनयम्",
        shloka_source="Hitopadesha",
        translation="Knowledge gives humility",
        explanation="A verb says what happens.",
        activity="Find five verbs.",
        question="What is a verb?",
        quality=Quality(writer="openai", model="m", grounded=False, ungrounded_reason=Absence.NOT_FOUND),
    )


def call(answer: str, seconds: float = 2.0, **more: Any) -> ProviderCall:
    return ProviderCall(provider="openai", request="write", status=200, answer=answer, seconds=seconds, **more)


class Story:
    """A log that grows. Each event is told a second after the one before, by `service` because of `cause`."""

    def __init__(self) -> None:
        self.log: list[Logged] = []
        self._counts: dict[tuple[str, str, int], int] = {}

    def tell(self, event: AnyEvent, service: str, cause: Envelope | None = None, *, attempt: int = 1) -> Envelope:
        key = (cause.id if cause else "", type(event).__name__, attempt if event.PER_ATTEMPT else 0)
        index = self._counts.setdefault(key, 0)
        self._counts[key] += 1
        now = NOON + len(self.log) * SECOND
        envelope = wrap(event, source=service, now=now, cause=cause, index=index, attempt=attempt)
        self.log.append(Logged(len(self.log) + 1, envelope))
        return envelope

    def requested(self) -> Envelope:
        return self.tell(LessonRequested(task_id=TASK, request=REQUEST), "api")

    def enriched(self, cause: Envelope) -> Envelope:
        event = LessonEnriched(task_id=TASK, request=REQUEST, absence=Absence.NOT_FOUND)
        return self.tell(event, "enricher", cause)

    def started(self, cause: Envelope, attempt: int = 1) -> Envelope:
        return self.tell(started(attempt), "generator", cause, attempt=attempt)

    def answered(self, cause: Envelope, recorded: ProviderCall, attempt: int = 1) -> Envelope:
        event = ProviderAnswered(task_id=TASK, attempt=attempt, service="generator", call=recorded)
        return self.tell(event, "generator", cause, attempt=attempt)

    def generated(self, cause: Envelope, title: str = "Verbs") -> Envelope:
        return self.tell(LessonGenerated(task_id=TASK, request=REQUEST, content=content(title)), "generator", cause)

    def stored(self, cause: Envelope, revision: int = 1) -> Envelope:
        event = cause.event
        assert isinstance(event, LessonGenerated)
        moment = NOON + len(self.log) * SECOND
        stored = LessonStored(
            task_id=TASK,
            request=REQUEST,
            content=event.content,
            revision=revision,
            serial=revision,
            stored_at=moment,
        )
        return self.tell(stored, "store", cause)


def started(attempt: int = 1) -> GenerationStarted:
    return GenerationStarted(task_id=TASK, attempt=attempt, attempts_max=4, writer="openai", model="m")


def written(*, title: str = "Verbs") -> Story:
    """A lesson that was written at the first attempt, by a model that was asked once."""
    story = Story()
    enriched = story.enriched(story.requested())
    story.started(enriched)
    story.answered(enriched, call(title))
    story.stored(story.generated(enriched, title))
    return story


def tables(
    *,
    absence: Absence = Absence.NOT_FOUND,
    asks: int = 1,
    request: str = "write",
    title: Callable[[str], str] = str,
) -> Tables:
    """An enricher that finds nothing, and a generator whose model answers with the lesson's title, or with "429".

    They are faithful unless another absence, number of calls, question or reading of the title is given.
    """

    def enricher(_step: Step, _tape: Tape, _clock: Clock) -> Handlers:
        async def on_lesson_requested(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
            yield LessonEnriched(task_id=event.task_id, request=event.request, absence=absence)

        return {LessonRequested: on_lesson_requested}

    def generator(_step: Step, tape: Tape, _clock: Clock) -> Handlers:
        async def on_lesson_enriched(event: LessonEnriched, context: Context) -> AsyncGenerator[AnyEvent, None]:
            yield started(context.attempt)
            answer = ""
            for _ in range(asks):
                recorded = await tape.play(lambda _recorded: request)
                answer = recorded.answer
                yield ProviderAnswered(task_id=TASK, attempt=context.attempt, service="generator", call=recorded)
            if answer == "429":
                raise RATE_LIMITED
            yield LessonGenerated(task_id=event.task_id, request=event.request, content=content(title(answer)))

        return dict.fromkeys((LessonEnriched, LessonRequested, RewriteRequested), on_lesson_enriched)

    return {"enricher": enricher, "generator": generator}
