"""A store of either kind for commands that read its log, and tasks to fill it with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    GenerationStarted,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    ProviderAnswered,
    RetryScheduled,
    attempt_of,
)
from pathshala_common.contract.lesson import LessonRequest, Quality, Task
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.recording.recorder import Recorder
from tests.clock import NOON, HeldClock
from tests.operators.command import Ended, pathshala
from tests.stories.lessons import ARTICLE, a_lesson, a_request

SECOND = timedelta(seconds=1)
CONTENT = a_lesson("All about verbs", Quality(writer="openai", model="model-1", grounded=True))


@dataclass(frozen=True, slots=True)
class House:
    """A store that events are recorded in, and the settings of a command that finds it."""

    store: Store
    settings: Mapping[str, str]

    async def lived(self, *told: Envelope) -> str:
        """Record events. Returns their task."""
        recorder = Recorder(self.store, HeldClock(told[-1].time), task_ttl_seconds=3_600)
        for envelope in told:
            await recorder.record([envelope])
        return told[0].task_id

    async def run(self, *arguments: str) -> Ended:
        return await pathshala(*arguments, **self.settings)


def request(topic: str = "verbs", user_id: str = "asha", at: datetime = NOON) -> LessonRequest:
    return a_request(topic=topic, user_id=user_id, at=at)


def requested(asked: LessonRequest | None = None, task_id: str | None = None, at: datetime = NOON) -> Envelope:
    event = LessonRequested(task_id=task_id or str(uuid4()), request=asked or request(at=at))
    return wrap(event, source="api", now=at)


def wrapped(events: Sequence[AnyEvent], cause: Envelope, source: str, after: timedelta) -> list[Envelope]:
    """Wrap what one attempt told, a tenth of a second after each other."""
    return [
        wrap(
            event,
            source=source,
            now=cause.time + after + number * SECOND / 10,
            cause=cause,
            attempt=attempt_of(event) or 1,
        )
        for number, event in enumerate(events)
    ]


def call(provider: str, answer: str, seconds: float = 0.5) -> ProviderCall:
    return ProviderCall.recorded(provider, "asked", status=200, answer=answer, seconds=seconds)


def whole_life(asked: LessonRequest | None = None, at: datetime = NOON) -> list[Envelope]:
    """All that a task tells that is retried once, but for its LessonStored."""
    first = requested(asked, at=at)
    task_id, order = first.task_id, asked or request(at=at)
    looked: list[AnyEvent] = [
        EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query="verbs"),
        ProviderAnswered(task_id=task_id, attempt=1, service="enricher", call=call("wikipedia", "{}")),
        LessonEnriched(task_id=task_id, request=order, article=ARTICLE),
    ]
    enriched = wrapped(looked, first, "enricher", SECOND)
    failing: list[AnyEvent] = [
        GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="openai", model="model-1"),
        RetryScheduled(
            task_id=task_id,
            service="generator",
            attempt=1,
            attempts_max=4,
            retry_at=at + 5 * SECOND,
            delay_seconds=2,
            code="provider_busy",
            reason="The model \x1b[31mis\nbusy",
        ),
    ]
    answer = '{"usage": {"total_tokens": 812}}'
    writing: list[AnyEvent] = [
        GenerationStarted(task_id=task_id, attempt=2, attempts_max=4, writer="openai", model="model-1"),
        ProviderAnswered(task_id=task_id, attempt=2, service="generator", call=call("openai", answer, 3.2)),
        LessonGenerated(task_id=task_id, request=order, content=CONTENT),
    ]
    return [
        first,
        *enriched,
        *wrapped(failing, enriched[-1], "generator", SECOND),
        *wrapped(writing, enriched[-1], "generator", 5 * SECOND),
    ]


def failed(cause: Envelope) -> Envelope:
    event = LessonFailed(
        task_id=cause.task_id, service="generator", code="refused", message="It would not.", failed_at=cause.time
    )
    return wrap(event, source="generator", now=cause.time + SECOND, cause=cause)


def task_of(first: Envelope) -> Task:
    assert isinstance(first.event, LessonRequested)
    return Task(task_id=first.task_id, request=first.event.request)
