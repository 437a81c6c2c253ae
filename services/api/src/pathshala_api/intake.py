"""The intake: turns a valid request into a task, kept together with its first event before anyone is answered."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from pathshala_api.admission import Admission
from pathshala_api.ceilings import MonthCeiling
from pathshala_api.idempotency import KnownTasks, look_up, new_key, task_id_of
from pathshala_api.places import Place
from pathshala_api.relay import Relay
from pathshala_api.schemas import LessonOrder, RewriteOrder
from pathshala_common.contract.class_set import ClassSet, SetRow, task_id_of_row
from pathshala_common.contract.envelope import Envelope, requested_of
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.lesson import Derivation, HowMade, Lesson, LessonRequest, Task, whole_milliseconds
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import Hint, HintKind, HintSender
from pathshala_common.contract.ports.store import Lessons, Outbox
from pathshala_common.operating.control import retry_of
from pathshala_common.operating.orders import order_of
from pathshala_common.recording.projection import new_task

TIMES = {"requested_at", "deadline"}
"""Fields of a request that nobody orders."""


class KeyReusedError(Exception):
    """An idempotency key came again with another request."""


class OldVersionError(Exception):
    """A part was ordered of a version that is not the newest."""


class MaybeAcceptedError(Exception):
    """The store did not say whether it kept the task. A repeat with this idempotency key finds it, or makes it."""

    def __init__(self, key: str) -> None:
        super().__init__("maybe accepted")
        self.key = key


class TaskStore(Outbox, KnownTasks, Lessons, Protocol):
    """The store of tasks, found again by their keys, and of the versions that parts are ordered of."""


class Intake:
    """Accepts requests for lessons."""

    def __init__(
        self,
        store: TaskStore,
        admission: Admission,
        relay: Relay,
        hints: HintSender,
        ceiling: MonthCeiling,
        clock: Clock,
        *,
        deadline_seconds: float,
    ) -> None:
        """Give each task `deadline_seconds` to end. Who follows its user learns of it by a hint."""
        self._store, self._admission, self._relay, self._clock = store, admission, relay, clock
        self._hints, self._ceiling = hints, ceiling
        self._allowed = timedelta(seconds=deadline_seconds)

    async def accept(self, order: LessonOrder, key: str | None = None) -> Task:
        """Keep a new task; or return the one that this user's `key` made before.

        Raises StoreUnavailable if the task is surely not kept, MaybeAcceptedError if it may be, KeyReusedError if the
        key's task asks for something else, and if the key has none LimitReachedError if there are too many tasks,
        CeilingReachedError if the user has nothing left for this month.
        """
        # Not validated a second time: an order is held to more than a request is.
        now, deadline = self._times()
        return await self._accept(
            LessonRequest.model_construct(**vars(order), requested_at=now, deadline=deadline), key
        )

    async def accept_rewrite(
        self, order: RewriteOrder, user_id: str, version: Lesson, key: str | None = None, *, is_newest: bool
    ) -> Task:
        """Keep a new task that has a part of this version written anew; or return the one that the key made before.

        Raises what `accept` raises, and OldVersionError if the key has no task and there is a newer version.
        """
        now, deadline = self._times()
        derivation = Derivation(
            how=HowMade.REWRITTEN, revision=version.revision, note=order.wish, part=order.part, number=order.question
        )
        request = LessonRequest(
            subject=version.subject,
            topic=version.topic,
            user_id=user_id,
            language=version.language,
            level=version.level,
            callback_url=order.callback_url,
            derivation=derivation,
            requested_at=now,
            deadline=deadline,
        )
        return await self._accept(request, key, is_old=not is_newest)

    async def _accept(self, request: LessonRequest, key: str | None, *, is_old: bool = False) -> Task:
        if key is None:
            key = new_key()
            task_id, kept = task_id_of(request.user_id, key), None
        else:
            task_id, kept = await look_up(self._store, request, key)
        if kept is None:
            if is_old:
                raise OldVersionError
            await self._ceiling.check(request.user_id)
            kept = await self._keep(new_task(task_id, request), key)
        if kept.request is not request and _asked(kept.request) != _asked(request):
            raise KeyReusedError
        return kept

    async def accept_again(self, failed: Task) -> Task:
        """Keep a new task that asks for what a failed one asked for; or return the one that was made of that before.

        Raises StoreUnavailable, LimitReachedError if there are too many tasks, and CeilingReachedError.
        """
        await self._ceiling.check(failed.request.user_id)
        return await self._keep(retry_of(failed, *self._times()), None)

    async def accept_row(self, made: ClassSet, row: SetRow) -> Task:
        """Keep the task of a class set's row; or return it as it is kept. However often, it is one task.

        Raises StoreUnavailable, and LimitReachedError if there are too many tasks.
        """
        assert row.order is not None
        now, deadline = self._times()
        request = LessonRequest(
            **row.order.model_dump(),
            user_id=made.user_id,
            class_set=made.set_id,
            requested_at=now,
            deadline=deadline,
        )
        task_id = task_id_of_row(made.set_id, row.row, row.tries)
        return await self._keep(Task(task_id=task_id, request=request), None)

    def _times(self) -> tuple[datetime, datetime]:
        now = whole_milliseconds(self._clock.now())
        return now, whole_milliseconds(now + self._allowed)

    async def _keep(self, task: Task, key: str | None) -> Task:
        """Keep the task, and send its event unless it has to wait; a repeat gives its place back."""
        requested = await order_of(self._store, task) if task.request.is_for_a_part else requested_of(task)
        place = await self._admission.admit(task.request.user_id)
        kept = None
        try:
            kept = await self._create(task, requested, place, key)
        finally:
            if kept is not task:
                self._admission.give_back(place)
        if kept is task:
            self._admission.settle(place)
            self._hints.hint(Hint(HintKind.CHANGED, task.task_id, task.request.user_id))
            if not place.held:
                self._relay.send(requested)
        return kept

    async def _create(self, task: Task, requested: Envelope, place: Place, key: str | None) -> Task:
        send_by = None if place.held else self._clock.now() + self._relay.retry_after
        try:
            return await self._store.create(task, requested, send_by=send_by)
        except StoreUnavailable as error:
            if error.unsure and key is not None:
                raise MaybeAcceptedError(key) from error
            raise


def _asked(request: LessonRequest) -> dict[str, Any]:
    return request.model_dump(exclude=TIMES)
