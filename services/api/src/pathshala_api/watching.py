"""Watching: those who follow tasks are told of each change that is found, by one read for all who follow the task.

There is one watcher in a process. A hint says which task to read; while none can arrive, it looks at every task that
is followed once a second. What it reads is what a poll reads. Where a task has gone on by more than one change since
it was read last, the states between are folded from its log, so that each change is told, in order.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pathshala_api.between import beginning, states
from pathshala_api.followers import NOTHING, Follower, Mark, ToldState, mark_of
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.lesson import NumberedTask
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import Hint, HintKind, Hints, Listening
from pathshala_common.contract.ports.store import EventLog

LOOK_SECONDS = 1.0
"""While no hints arrive, all that is followed is looked at so often; what could not be read, again after so long."""

LOOK_ANYWAY_SECONDS = 30.0
"""While hints arrive, all is looked at so often, for one that was lost."""

READ_MAX = 200
"""Tasks that are read at once; who follows them takes what was found before the next are read."""

ReadTask = Callable[[str], Awaitable[NumberedTask | None]]
"""Reads one task; None if it is not kept. Raises UnreadableError and StoreUnavailable."""

UserTasks = Callable[[str], Awaitable[Sequence[str]]]
"""Names the newest tasks of a user. Raises StoreUnavailable."""

Render = Callable[[NumberedTask], bytes]


class TooManyError(Exception):
    """There are as many followers as this process has room for."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The ways by which a watcher reads: one task, the newest tasks of a user, and a task's log."""

    task: ReadTask
    of_user: UserTasks
    log: EventLog


class Watcher:
    """Reads what changed of the tasks that are followed, and tells their followers."""

    def __init__(self, reads: Reads, render: Render, hints: Hints, clock: Clock, *, followers_max: int) -> None:
        """Have room for so many followers."""
        self._reads, self._render, self._hints, self._clock = reads, render, hints, clock
        self._max, self._count = followers_max, 0
        self._of_task: dict[str, set[Follower]] = defaultdict(set)
        self._of_users: dict[str, set[Follower]] = defaultdict(set)
        self._last: dict[str, NumberedTask] = {}
        self._due: dict[str, None] = {}
        self._woken = asyncio.Event()
        self._stopped = False

    @contextmanager
    def following(self, task_id: str, follower: Follower) -> Iterator[Follower]:
        """Have a task followed while inside. Raises TooManyError."""
        with self._counted(follower), _member(self._of_task, task_id, follower):
            yield follower
        if task_id not in self._of_task:
            self._last.pop(task_id, None)

    @contextmanager
    def following_user(self, user_id: str) -> Iterator[Follower]:
        """Follow all tasks of a user while inside. Raises TooManyError."""
        with self._counted(Follower()) as follower, _member(self._of_users, user_id, follower):
            yield follower
        if user_id not in self._of_users:
            left = [task_id for task_id, seen in self._last.items() if seen.task.request.user_id == user_id]
            for task_id in left:
                if task_id not in self._of_task:
                    del self._last[task_id]

    def stop(self) -> None:
        """End all who follow, now and from now on: the process stops."""
        self._stopped = True
        for group in (*self._of_task.values(), *self._of_users.values()):
            for follower in group:
                follower.end()

    async def run(self) -> None:
        """Tell of changes for as long as the process runs."""
        listening = await self._hints.listen({HintKind.CHANGED}, self._hear)
        try:
            await self._watch(listening)
        finally:
            await listening.cancel()

    async def newest_of(self, user_id: str) -> None:
        """Tell who follows this user of the states of the newest tasks. Raises StoreUnavailable."""
        await self._tell(await self._reads.of_user(user_id))

    async def begin(self, follower: Follower, seen: NumberedTask, since: Mark) -> None:
        """Have who begins to follow a task told of the state that was read, and of each before it behind this mark.

        Nobody else is told: others may have states before it to come. Raises StoreUnavailable.
        """
        has_some = NOTHING < since < (seen.number - 1, False)
        before = await self._between(beginning(seen), seen) if has_some else ()
        self._remember(seen, is_told=False)
        follower.begin(self._told(state) for state in (*before, seen))

    def _hear(self, hint: Hint) -> None:
        if hint.task_id in self._of_task or hint.user_id in self._of_users:
            self._due[hint.task_id] = None
            self._woken.set()

    async def _watch(self, listening: Listening) -> None:
        heard, looked_at = listening.heard_since, self._clock.monotonic()
        while True:
            await self._wait()
            now = self._clock.monotonic()
            deaf = listening.heard_since is None or listening.heard_since != heard
            if now - looked_at >= (LOOK_SECONDS if deaf else LOOK_ANYWAY_SECONDS):
                heard, looked_at = listening.heard_since, now
                await self._look()
            due, self._due = tuple(self._due), {}
            for start in range(0, len(due), READ_MAX):
                if not await self._tell(due[start : start + READ_MAX]):
                    await self._clock.sleep(LOOK_SECONDS)

    async def _wait(self) -> None:
        """Wait for a hint, for as long as a look may wait. Who follows nothing is woken by nothing else."""
        self._woken.clear()
        if not self._due:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()

    async def _look(self) -> None:
        """Have everything read that is followed."""
        self._due.update(dict.fromkeys(self._of_task))
        for user_id in tuple(self._of_users):
            with suppress(StoreUnavailable):
                self._due.update(dict.fromkeys(await self._reads.of_user(user_id)))

    async def _tell(self, task_ids: Sequence[str]) -> bool:
        """Read tasks, all at once, and tell of each. What the store does not give is due again; False if that is."""
        well = True
        found = await asyncio.gather(*map(self._with_states_between, task_ids), return_exceptions=True)
        for task_id, seen in zip(task_ids, found, strict=True):
            if isinstance(seen, list):
                for state in seen:
                    self.tell_of(state)
            elif isinstance(seen, StoreUnavailable):
                self._due[task_id], well = None, False
            else:  # it is forgotten, or cannot be read: a poll says which
                for follower in self._of_task.get(task_id, ()):
                    follower.end()
        return well

    async def _with_states_between(self, task_id: str) -> list[NumberedTask] | None:
        """Read a task, and the states that it was in since it was told of last."""
        seen = await self._reads.task(task_id)
        if seen is None:
            return None
        base = self._last.get(task_id)
        if base is None and any(follower.held for follower in self._of_task.get(task_id, ())):
            base = beginning(seen)  # it may have read a state that is older than this one
        gap = base is not None and seen.number - base.number > 1
        return [*(await self._between(base, seen) if base is not None and gap else ()), seen]

    async def _between(self, base: NumberedTask, seen: NumberedTask) -> list[NumberedTask]:
        count = seen.number - base.number - 1
        log = await self._reads.log.logged(seen.task.task_id, after=base.number, limit=count)
        return [state for state in states(base, log) if state.number < seen.number]

    def tell_of(self, seen: NumberedTask) -> None:
        """Offer a state that was read, rendered once, to all whom it concerns."""
        task = seen.task
        concerned = (*self._of_task.get(task.task_id, ()), *self._of_users.get(task.request.user_id, ()))
        if concerned:
            self._remember(seen, is_told=True)
            told = self._told(seen)
            for follower in concerned:
                follower.offer(told)

    def _told(self, seen: NumberedTask) -> ToldState:
        return ToldState(seen.task.task_id, mark_of(seen), seen.task.status.final, self._render(seen))

    def _remember(self, seen: NumberedTask, *, is_told: bool) -> None:
        """Know the state of a task behind which all who follow it are still to be told."""
        task_id = seen.task.task_id
        if seen.task.status.final:
            if is_told:
                self._last.pop(task_id, None)
        elif task_id not in self._last or (is_told and self._last[task_id].number < seen.number):
            self._last[task_id] = seen

    @contextmanager
    def _counted(self, follower: Follower) -> Iterator[Follower]:
        if self._count >= self._max:
            raise TooManyError
        self._count += 1
        if self._stopped:
            follower.end()
        try:
            yield follower
        finally:
            follower.end()
            self._count -= 1


@contextmanager
def _member(groups: dict[str, set[Follower]], name: str, follower: Follower) -> Iterator[None]:
    groups[name].add(follower)
    try:
        yield
    finally:
        groups[name].discard(follower)
        if not groups[name]:
            del groups[name]
