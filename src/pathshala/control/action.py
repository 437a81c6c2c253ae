"""Cancels tasks, and asks for failed ones anew, by the code of the routes that do the same.

They raise SettingsError and StoreUnavailable. Generators learn of a cancel when they renew their leases, within 3 s. A
new task is held in the store until its user has room; a house that runs takes it up. So is the end of a cancelled one
told, if the broker cannot be reached from here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import typer

from pathshala.exits import FAILED, MISUSED, stop
from pathshala.opened import opened
from pathshala.terminal import say
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.errors import BrokerUnavailable
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
CHOOSE = "pathshala: name a TASK, or choose by --user, by --subject with --topic, by --code for a retry, or say --all"
NO_TASK = "There is no such task, or it has expired: `pathshala events TASK` shows what the log has of it."


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """The tasks that are wanted: one of them, or those that match all that is given."""

    task: str | None = None
    user: str | None = None
    subject: str | None = None
    topic: str | None = None
    code: str | None = None
    everything: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether it names one task, or says which ones."""
        filtered = bool(self.user or self.subject or self.topic or self.code or self.everything)
        return filtered == (self.task is None) and (self.subject is None) == (self.topic is None)


@dataclass(frozen=True, slots=True)
class Hands:
    """The store's tasks, and what ends and begins them."""

    store: Store
    control: Control
    filtered: FilteredTasks


def cancel(wanted: WantedTasks, *, yes: bool) -> int:
    """Cancel one task, or those that are wanted. Returns the exit code."""
    return asyncio.run(_do(wanted, _cancel_one, _cancel_many, yes=yes))


def retry(wanted: WantedTasks, *, yes: bool) -> int:
    """Retry one task, or those that are wanted. Returns the exit code."""
    return asyncio.run(_do(wanted, _retry_one, _retry_many, yes=yes))


async def _do(
    wanted: WantedTasks,
    one: Callable[[Hands, Task], Awaitable[int]],
    many: Callable[..., Awaitable[int]],
    *,
    yes: bool,
) -> int:
    if not wanted.is_clear:
        stop(MISUSED, CHOOSE)
    telemetry.configure("error", "text")
    async with _hands() as hands:
        if wanted.task is None:
            return await many(hands, wanted, yes=yes)
        task = await hands.store.task(wanted.task)
        if task is None:
            stop(FAILED, NO_TASK)
        return await one(hands, task)


async def _cancel_one(hands: Hands, task: Task) -> int:
    for ended in await hands.control.cancel([task]):
        if ended.error_code != CANCELLED:
            stop(FAILED, f"It has ended before: it is {ended.status}. A task that has ended stays as it is.")
    say("Cancelled.")
    return 0


async def _retry_one(hands: Hands, task: Task) -> int:
    if task.status is not Status.FAILED:
        stop(FAILED, f"Only a failed task can be retried, and this one is {task.status}.")
    again = await hands.control.retry(task)
    say(f"Asked for anew: {again.task_id}")
    return 0


async def _cancel_many(hands: Hands, wanted: WantedTasks, *, yes: bool) -> int:
    found = await hands.filtered.unfinished(user_id=wanted.user, lesson_key=_lesson(wanted))
    return await _counted(found, hands.control.cancel_all, "Cancel", "cancelled", yes=yes)


async def _retry_many(hands: Hands, wanted: WantedTasks, *, yes: bool) -> int:
    found = await hands.filtered.failed(user_id=wanted.user, lesson_key=_lesson(wanted), error_code=wanted.code)
    return await _counted(found, hands.control.retry_all, "Retry", "asked for anew", yes=yes)


async def _counted(
    found: Sequence[Task], act: Callable[[Sequence[Task]], Awaitable[int]], wish: str, done: str, *, yes: bool
) -> int:
    """Count, ask, and do it to those that were counted."""
    chosen = found[:FILTERED_MAX]
    say(f"{len(chosen)} task{'' if len(chosen) == 1 else 's'} match{'es' if len(chosen) == 1 else ''}.")
    if not chosen:
        return FAILED
    if len(found) > FILTERED_MAX:
        say(f"There are more; {FILTERED_MAX} are taken at once.")
    if not yes and not await asyncio.to_thread(typer.confirm, f"{wish} {len(chosen)}?"):
        say("Nothing was done.")
        return FAILED
    say(f"{await act(chosen)} {done}.")
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
