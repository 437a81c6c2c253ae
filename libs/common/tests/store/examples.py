"""Tasks, events and changes to tell the store's story with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    LessonStored,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Lesson, LessonContent, LessonRequest, Quality, Status, Task
from pathshala_common.contract.ports.store import Change, Page, Store
from pathshala_common.contract.provider_call import ProviderCall
from tests import clock
from tests.stories.lessons import a_request

NOON = clock.NOON + timedelta(milliseconds=123)
"""A store keeps milliseconds."""

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def request(
    subject: str = "english", topic: str = "verbs", *, user_id: str = "asha", at: datetime = NOON, **more: Any
) -> LessonRequest:
    return a_request(subject, topic, user_id=user_id, at=at, seconds=HOUR.total_seconds(), **more)


def new_task(asked: LessonRequest | None = None, task_id: str | None = None) -> Task:
    return Task(task_id=task_id or str(uuid4()), request=asked or request())


def told(event: AnyEvent, cause: Envelope | None = None) -> Envelope:
    return wrap(event, source="test", now=NOON, cause=cause)


def requested(task: Task) -> Envelope:
    return told(LessonRequested(task_id=task.task_id, request=task.request))


def enriching(task: Task, attempt: int = 1) -> Envelope:
    event = EnrichmentStarted(task_id=task.task_id, attempt=attempt, source="wikipedia", query="Verb")
    return wrap(event, source="enricher", now=NOON, attempt=attempt)


def content(title: str = "Verbs") -> LessonContent:
    return LessonContent(
        title=title,
        shloka="विद्या ददाति विनयम्",
        shloka_source="Hitopadesha",
        translation="Knowledge gives humility",
        explanation="A verb says what happens.",
        activity="Find five verbs.",
        question="What is a verb?",
        quality=Quality(writer="offline", grounded=False),
    )


def generated(task: Task) -> Envelope:
    return told(LessonGenerated(task_id=task.task_id, request=task.request, content=content()))


def recorded(task: Task, attempt: int = 1, at: datetime = NOON) -> Envelope:
    call = ProviderCall.recorded("wikipedia", "GET /", seconds=0.5, status=200, answer="{}")
    event = ProviderAnswered(task_id=task.task_id, attempt=attempt, service="enricher", call=call)
    return wrap(event, source="enricher", now=at, attempt=attempt)


def stored(task: Task, revision: int, title: str = "Verbs", at: datetime = NOON, serial: int | None = None) -> Envelope:
    """Tell of a lesson; without a serial as versions without editions did."""
    event = LessonStored(
        task_id=task.task_id,
        request=task.request,
        content=content(title),
        revision=revision,
        serial=serial,
        stored_at=at,
    )
    return wrap(event, source="test", now=at)


def failed(task: Task, at: datetime = NOON) -> Envelope:
    return told(LessonFailed(task_id=task.task_id, service="store", code="late", message="Too late", failed_at=at))


def in_status(task: Task, status: Status, at: datetime = NOON) -> Task:
    return task.model_copy(update={"status": status, "completed_at": at if status.final else None})


def lesson_of(envelope: Envelope) -> Lesson:
    event = envelope.event
    assert isinstance(event, LessonStored)
    return event.lesson


def change(position: int, envelopes: Sequence[Envelope], task: Task) -> Change:
    """Log these events; the task is as it results. A LessonStored among them stands for a lesson."""
    lessons = [lesson_of(envelope) for envelope in envelopes if isinstance(envelope.event, LessonStored)]
    return Change(task.task_id, position, envelopes, task, lessons[-1] if lessons else None)


def every_task(**filters: object) -> Page:
    return Page(finished_since=NOON - HOUR, limit=100, **filters)  # type: ignore[arg-type]  # a test's short hand


async def put(store: Store, *tasks: Task) -> None:
    """Accept tasks, and log what brings them into their status."""
    for task in tasks:
        first = requested(task)
        await store.create(in_status(task, Status.PENDING), first, send_by=NOON)
        if task.status is not Status.PENDING:
            [applied] = await store.append([change(0, [first], task)])
            assert applied


async def store_lesson(
    store: Store, task: Task, revision: int, title: str = "Verbs", at: datetime = NOON, serial: int | None = None
) -> bool:
    """Complete a task with a lesson of this revision and serial, if they are free."""
    done = in_status(task, Status.COMPLETED, at)
    [applied] = await store.append([change(0, [stored(task, revision, title, at, serial)], done)])
    return applied
