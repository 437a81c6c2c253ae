"""Versions that are made of others: an edit is kept as a task with its event in the outbox, and recorded at once.

So whoever edits is answered with the version that came of it, or that another one came before it. Which it is, is
decided where the revision is given: of two edits that follow the same version, the second one fails. If this process
dies in between, the event leaves the outbox for the store, which records it by the same rule.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from pathshala_api.idempotency import KnownTasks, look_up, new_key, task_id_of
from pathshala_api.intake import TIMES, KeyReusedError, MaybeAcceptedError
from pathshala_api.relay import Relay
from pathshala_common.contract.envelope import ORDERED_BY, Envelope, wrap
from pathshala_common.contract.errors import Retry, StoreUnavailable
from pathshala_common.contract.events import LessonEdited, LessonFailed, LessonStored
from pathshala_common.contract.lesson import (
    Derivation,
    Examined,
    Lesson,
    LessonContent,
    LessonRequest,
    Task,
    whole_milliseconds,
)
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Lessons, Outbox, StoredLesson, stored_lesson
from pathshala_common.recording.projection import new_task

Record = Callable[[Sequence[Envelope]], Awaitable[object]]
"""Logs events and folds them into their tasks. Raises StoreUnavailable and Retry."""

OF_THE_CHECKS = {"quality"}
"""The field of a content that says what the checks of the day say."""


class OvertakenError(Exception):
    """Another version was stored before this edit, whose text is in the log of this task."""

    def __init__(self, task_id: str) -> None:
        super().__init__("overtaken")
        self.task_id = task_id


@dataclass(frozen=True, slots=True)
class Edit:
    """A content that is to become the version behind the one that it follows."""

    request: LessonRequest
    follows: int
    content: LessonContent
    examined: Examined

    def told(self, task: Task) -> Envelope:
        """Tell it as the edit of a task: by the same id each time."""
        event = LessonEdited(
            task_id=task.task_id,
            request=task.request,
            follows=self.follows,
            content=self.content,
            examined=self.examined,
        )
        return wrap(event, source=ORDERED_BY, now=task.request.requested_at)


class VersionStore(Outbox, KnownTasks, Lessons, Protocol):
    """Where edits are kept, and found again by their keys."""


class Versions:
    """Makes versions of others."""

    def __init__(
        self, store: VersionStore, record: Record, relay: Relay, clock: Clock, *, deadline_seconds: float
    ) -> None:
        """Give each edit `deadline_seconds` to be recorded, should this process die over it."""
        self._store, self._record, self._relay, self._clock = store, record, relay, clock
        self._allowed = timedelta(seconds=deadline_seconds)

    def request(self, of: Lesson, user_id: str, derivation: Derivation) -> LessonRequest:
        """Give the request of a user to change a version."""
        now = whole_milliseconds(self._clock.now())
        return LessonRequest(
            subject=of.subject,
            topic=of.topic,
            user_id=user_id,
            language=of.language,
            level=of.level,
            include_wikipedia=False,
            derivation=derivation,
            requested_at=now,
            deadline=whole_milliseconds(now + self._allowed),
        )

    async def made_before(self, request: LessonRequest, content: LessonContent, key: str) -> StoredLesson | None:
        """Give the version that this user's key made of the same edit before; None if none came of it yet.

        Raises KeyReusedError if the key made something else, OvertakenError, and MaybeAcceptedError if the log
        cannot be read.
        """
        _, kept = await look_up(self._store, request, key)
        if kept is None:
            return None
        _hold_to(kept, request)
        return await self._came_of(kept.task_id, content, key)

    async def make(self, edit: Edit, key: str | None = None) -> StoredLesson:
        """Keep an edit, and record it. Returns the version that came of it.

        Raises OvertakenError if another version came before it; KeyReusedError if the key made something else, be it
        this moment; StoreUnavailable if the edit is surely not kept, and MaybeAcceptedError if it may be: the same key
        finds what came of it.
        """
        if key is None:
            key = new_key()
            task_id, kept = task_id_of(edit.request.user_id, key), None
        else:
            task_id, kept = await look_up(self._store, edit.request, key)
        if kept is None:
            kept = await self._keep(new_task(task_id, edit.request), edit, key)
        _hold_to(kept, edit.request)
        if not kept.status.final:
            await self._store_version(edit.told(kept), key)
        stored = await self._came_of(task_id, edit.content, key)
        if stored is None:
            raise MaybeAcceptedError(key)
        return stored

    async def _keep(self, task: Task, edit: Edit, key: str) -> Task:
        """Keep an edit as this task; or give the one that the key made a moment before, whatever it asks for."""
        send_by = self._clock.now() + self._relay.retry_after
        try:
            return await self._store.create(task, edit.told(task), send_by=send_by)
        except StoreUnavailable as error:
            if error.unsure:
                raise MaybeAcceptedError(key) from error
            raise

    async def _store_version(self, envelope: Envelope, key: str) -> None:
        """Record the edit, which is kept: what cannot be recorded now leaves the outbox later."""
        try:
            await self._record([envelope])
        except (StoreUnavailable, Retry) as error:
            raise MaybeAcceptedError(key) from error
        self._relay.send(envelope)

    async def _came_of(self, task_id: str, content: LessonContent, key: str) -> StoredLesson | None:
        """Give the version that came of an edit with this text, by its log, behind which its task's document may lag.

        None if nothing came of it yet. Raises KeyReusedError if the log has another text, OvertakenError, and
        MaybeAcceptedError if the log cannot be read.
        """
        try:
            log = await self._store.events(task_id)
        except StoreUnavailable as error:
            raise MaybeAcceptedError(key) from error
        events = [envelope.event for envelope in log]
        written = next((event for event in events if isinstance(event, LessonEdited | LessonStored)), None)
        if written is not None and _text(written.content) != _text(content):
            raise KeyReusedError
        stored = next(filter(None, map(stored_lesson, log)), None)
        if stored is None and any(isinstance(event, LessonFailed) for event in events):
            raise OvertakenError(task_id)
        return stored


def _hold_to(kept: Task, request: LessonRequest) -> None:
    """Raise KeyReusedError if a key's task asks for something else."""
    if _asked(kept.request) != _asked(request):
        raise KeyReusedError


def _asked(request: LessonRequest) -> dict[str, Any]:
    return request.model_dump(exclude=TIMES)


def _text(content: LessonContent) -> dict[str, Any]:
    return content.model_dump(exclude=OF_THE_CHECKS)
