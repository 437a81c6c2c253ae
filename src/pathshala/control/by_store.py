"""Cancels tasks in a store, and asks for failed ones anew, by the code of the routes that do the same.

They raise SettingsError and StoreUnavailable. Generators learn of a cancel when they renew their leases, within 3 s. A
new task is held in the store until its user has room; a house that runs takes it up. So is the end of a cancelled one
told, if the broker cannot be reached from here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from pathshala.control.wanted import WantedTasks
from pathshala.exits import FAILED, stop
from pathshala.opened import opened
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.errors import BrokerUnavailable, EditNotRetriedError
from pathshala_common.contract.events import CANCELLED
from pathshala_common.contract.lesson import LessonKey, Status, Task, lesson_key, whole_milliseconds
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.hints import Hint
from pathshala_common.contract.ports.operator import Sender
from pathshala_common.contract.ports.store import Store
from pathshala_common.operating.control import Control, retry_of
from pathshala_common.operating.filtered_tasks import FILTERED_MAX, FilteredTasks
from pathshala_common.operating.orders import order_of
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import connect, telemetry
from pathshala_common.runtime.clock import SystemClock

ROUTES = (
    "DELETE /lessons/status/TASK, POST /lessons/status/TASK/retry, DELETE /lessons/tasks or POST /lessons/tasks/retry"
)
SOURCE = "operator"
NO_TASK = "There is no such task, or it has expired: `pathshala events TASK` shows what the log has of it."


@dataclass(frozen=True, slots=True)
class Hands:
    """The store's tasks, and what ends and begins them."""

    store: Store
    control: Control
    filtered: FilteredTasks


def cancel(wanted: WantedTasks) -> int:
    """Cancel one task, or those that are wanted. Returns the exit code."""
    return asyncio.run(_do(wanted, _cancel_one, _cancel_many))


def retry(wanted: WantedTasks) -> int:
    """Retry one task, or those that are wanted. Returns the exit code."""
    return asyncio.run(_do(wanted, _retry_one, _retry_many))


async def _do(
    wanted: WantedTasks,
    one: Callable[[Hands, WantedTasks, Task], Awaitable[int]],
    many: Callable[[Hands, WantedTasks], Awaitable[int]],
) -> int:
    telemetry.configure("error", "text")
    async with _hands() as hands:
        if wanted.task is None:
            return await many(hands, wanted)
        task = await hands.store.task(wanted.task)
        if task is None:
            stop(FAILED, NO_TASK)
        return await one(hands, wanted, task)


async def _cancel_one(hands: Hands, wanted: WantedTasks, task: Task) -> int:
    for ended in await hands.control.cancel([task]):
        if ended.error_code != CANCELLED:
            stop(FAILED, f"It has ended before: it is {ended.status}. A task that has ended stays as it is.")
    wanted.say_done("Cancelled.", task=task.task_id)
    return 0


async def _retry_one(hands: Hands, wanted: WantedTasks, task: Task) -> int:
    if task.status is not Status.FAILED:
        stop(FAILED, f"Only a failed task can be retried, and this one is {task.status}.")
    try:
        again = await hands.control.retry(task)
    except EditNotRetriedError as error:
        stop(FAILED, str(error))
    wanted.say_done(f"Asked for anew: {again.task_id}", task=again.task_id)
    return 0


async def _cancel_many(hands: Hands, wanted: WantedTasks) -> int:
    found = await hands.filtered.unfinished(user_id=wanted.user, lesson_key=_lesson(wanted))
    return await _counted(wanted, found, hands.control.cancel_all, "Cancel", "cancelled")


async def _retry_many(hands: Hands, wanted: WantedTasks) -> int:
    found = await hands.filtered.failed(user_id=wanted.user, lesson_key=_lesson(wanted), error_code=wanted.code)
    return await _counted(wanted, found, hands.control.retry_all, "Retry", "asked for anew")


async def _counted(
    wanted: WantedTasks,
    found: Sequence[Task],
    act: Callable[[Sequence[Task]], Awaitable[int]],
    wish: str,
    words: str,
) -> int:
    """Count, ask, and do it to those that were counted."""
    chosen, more = found[:FILTERED_MAX], len(found) > FILTERED_MAX
    if not await asyncio.to_thread(wanted.agreed, len(chosen), wish, more=more):
        return FAILED
    done = await act(chosen)
    wanted.say_done(f"{done} {words}.", matched=len(chosen), more=more, done=done, task=None)
    return 0


def _lesson(wanted: WantedTasks) -> LessonKey | None:
    return lesson_key(wanted.subject, wanted.topic) if wanted.subject is not None and wanted.topic is not None else None


@asynccontextmanager
async def _hands() -> AsyncIterator[Hands]:
    """Open the store, and tell at the end what was cancelled, if the broker can be reached."""
    settings, clock = ApiSettings.load(), SystemClock()
    ttl, allowed = settings.task_ttl_seconds, timedelta(seconds=settings.task_deadline_seconds)
    async with opened(settings, ROUTES) as store:

        async def accept_again(failed: Task) -> Task:
            now = whole_milliseconds(clock.now())
            again = retry_of(failed, now, whole_milliseconds(now + allowed))
            return await store.create(again, await order_of(store, again), send_by=None)

        recorder, outside = Recorder(store, clock, task_ttl_seconds=ttl), _Outside(connect.sender(settings))
        exchange = settings.topology.exchange
        control = Control(
            store, recorder.record, accept_again, outside, outside, clock, exchange=exchange, source=SOURCE
        )
        try:
            yield Hands(store, control, FilteredTasks(store, clock, task_ttl_seconds=ttl))
        finally:
            with suppress(BrokerUnavailable):
                await control.tell()
            await outside.close()


class _Outside:
    """Reaches the broker when there is something to tell, and sends no hints."""

    def __init__(self, sender: Sender | None) -> None:
        self._sender, self._is_open = sender, False

    async def publish(self, messages: Sequence[Message]) -> None:
        if self._sender is None:
            raise BrokerUnavailable("the broker is inside the house's own process")
        if not self._is_open:
            await self._sender.open()
            self._is_open = True
        await self._sender.publish(messages)

    def hint(self, *hints: Hint) -> None:
        """Send none: a generator learns the same from the store."""

    async def close(self) -> None:
        if self._sender is not None and self._is_open:
            await self._sender.close()
