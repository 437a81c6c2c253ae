"""What happens to a task, as the services tell it."""

from datetime import datetime

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import AnyEvent, LessonRequested
from pathshala_common.contract.lesson import LessonRequest
from pathshala_common.contract.ports.handlers import Context
from tests.clock import NOON
from tests.stories.lessons import a_request

TASK = "task-1"


def told(
    event: AnyEvent, cause: Envelope | None = None, *, source: str = "test", at: datetime = NOON, attempt: int = 1
) -> Envelope:
    """Wrap an event as a service does that tells of it."""
    return wrap(event, source=source, now=at, cause=cause, attempt=attempt)


def requested(task_id: str = TASK, request: LessonRequest | None = None) -> Envelope:
    """Tell of a request, at the moment at which it was made."""
    asked = request or a_request()
    return told(LessonRequested(task_id=task_id, request=asked), source="api", at=asked.requested_at)


def delivered(event: AnyEvent, *, attempt: int = 1, attempts_max: int = 4) -> Context:
    """Hand an event to a handler."""
    return Context(told(event), attempt, attempts_max)
