"""The intake: turns a valid request into a task, kept together with its first event before anyone is answered."""

import json
from datetime import timedelta
from uuid import uuid4

from pathshala_api.admission import Admission, LimitReachedError, Place
from pathshala_api.relay import Relay
from pathshala_api.schemas import LessonOrder
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.lesson import LessonRequest, Task
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Outbox

SOURCE = "api"
TIMES = {"requested_at", "deadline"}


class KeyReusedError(Exception):
    """An idempotency key came again with another request."""


class Intake:
    """Accepts requests for lessons."""

    def __init__(
        self, outbox: Outbox, admission: Admission, relay: Relay, clock: Clock, *, deadline_seconds: float
    ) -> None:
        """Give each task `deadline_seconds` to end."""
        self._outbox, self._admission, self._relay, self._clock = outbox, admission, relay, clock
        self._allowed = timedelta(seconds=deadline_seconds)

    async def accept(self, order: LessonOrder, key: str | None = None) -> Task:
        """Keep a new task; or return the one that this user's `key` made before.

        Raises StoreUnavailable if it is not sure that the task is kept, KeyReusedError if the key's task asks
        for something else, LimitReachedError if there are too many tasks and the key has none.
        """
        now = self._clock.now()
        request = LessonRequest(**order.model_dump(), requested_at=now, deadline=now + self._allowed)
        task = Task(task_id=str(uuid4()), request=request)
        requested = wrap(LessonRequested(task_id=task.task_id, request=request), source=SOURCE, now=now)
        scoped = json.dumps([order.user_id, key]) if key is not None else None
        try:
            place = await self._admission.admit(order.user_id)
        except LimitReachedError:
            kept = await self._outbox.task_of_key(scoped) if scoped is not None else None
            if kept is None:
                raise
        else:
            kept = await self._keep(task, requested, scoped, place)
        if kept.request.model_dump(exclude=TIMES) != request.model_dump(exclude=TIMES):
            raise KeyReusedError
        return kept

    async def _keep(self, task: Task, requested: Envelope, key: str | None, place: Place) -> Task:
        """Keep the task, and send its event unless it has to wait; a repeat gives its place back."""
        send_by = None if place.held else self._clock.now() + self._relay.retry_after
        kept = None
        try:
            kept = await self._outbox.create(task, requested, send_by=send_by, key=key)
        finally:
            if kept is None or kept.task_id != task.task_id:
                self._admission.give_back(place)
        if kept.task_id == task.task_id:
            self._admission.settle(place)
            if not place.held:
                self._relay.send(requested)
        return kept
