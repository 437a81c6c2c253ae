"""Who follows tasks is told of each change once, by no more reads than there are changes."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala_api.compose import READ_MAX
from pathshala_api.followers import NOTHING, UNTOLD_MAX, Follower, Mark, ToldState, mark_named, name_of
from pathshala_api.watching import Reads, TooManyError, Watcher
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    GenerationStarted,
    LessonEnriched,
    LessonGenerated,
)
from pathshala_common.contract.lesson import Absence, NumberedTask, Task
from pathshala_common.contract.ports.store import Logged, Unreadable
from pathshala_common.contract.task_status import task_change
from pathshala_common.contract.topology import Topology
from pathshala_common.recording.projection import new_task
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime.batch import Batch
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import CONTENT, MovableClock
from tests.stories.events import requested
from tests.stories.lessons import a_request
from tests.waiting import until

FOLLOWERS = 1_000
TASKS = 50
CHANGES = 4
"""Changes of each task in these tests: it is read for, begun, written, and stored."""


class CountedStore(SQLiteStore):
    """A SQLite file that counts the reads of tasks."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads = 0

    async def numbered(self, task_ids: Collection[str]) -> Mapping[str, NumberedTask]:
        self.reads += 1
        return await super().numbered(task_ids)

    async def logged(self, task_id: str, *, after: int, limit: int) -> Sequence[Logged | Unreadable]:
        self.reads += 1
        return await super().logged(task_id, after=after, limit=limit)


class Scene:
    """A watcher on a store that events are recorded in."""

    def __init__(self, store: CountedStore) -> None:
        self.store, self.clock = store, MovableClock()
        self.broker = MemoryBroker(Topology(), clock=self.clock)
        self.recorder = Recorder(store, self.clock, task_ttl_seconds=3_600, hints=self.broker)
        self.watcher = self.another_watcher()

    def another_watcher(self) -> Watcher:
        """One that reads only when it is told to."""
        reads = Reads(Batch(self._read, size_max=READ_MAX), self._of_user, self.store)
        return Watcher(reads, task_change, self.broker, self.clock, followers_max=FOLLOWERS)

    async def seen(self, task: Task) -> NumberedTask:
        return (await self.store.numbered([task.task_id]))[task.task_id]

    async def create(self, user_id: str = "asha") -> Task:
        task = new_task(uuid4().hex, a_request(user_id=user_id))
        return await self.store.create(task, requested(task.task_id, task.request), send_by=None)

    async def record(self, *events: AnyEvent) -> None:
        await self.recorder.record([wrap(event, source="test", now=self.clock.now()) for event in events])

    async def _read(self, task_ids: Sequence[str]) -> list[NumberedTask | None]:
        found = await self.store.numbered(task_ids)
        return [found.get(task_id) for task_id in task_ids]

    async def _of_user(self, user_id: str) -> list[str]:
        return [summary.task_id for summary in await self.store.unfinished(limit=100) if summary.user_id == user_id]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    store = CountedStore(tmp_path / "pathshala.db")
    await store.open()
    made = Scene(store)
    await made.broker.start()
    running = asyncio.create_task(made.watcher.run())
    await until(lambda: bool(made.broker._hints._listeners))
    yield made
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await made.broker.close()
    await store.close()


def reading(task: Task) -> AnyEvent:
    return EnrichmentStarted(task_id=task.task_id, attempt=1, source="wikipedia", query="Verb")


def read_for(task: Task) -> AnyEvent:
    return LessonEnriched(task_id=task.task_id, request=task.request, article=None, absence=Absence.NOT_FOUND)


def writing(task: Task) -> AnyEvent:
    return GenerationStarted(task_id=task.task_id, attempt=1, attempts_max=4, writer="offline")


def written(task: Task) -> AnyEvent:
    return LessonGenerated(task_id=task.task_id, request=task.request, content=CONTENT)


async def numbers_told(follower: Follower) -> list[int]:
    """Take all that waits for a follower who has ended."""
    told = []
    while (one := await follower.next(0)) is not None:
        told.append(one.mark[0])
    return told


async def all_told(follower: Follower, count: int = 1) -> list[ToldState]:
    """Take what a follower is told until so many tasks have ended."""
    told: list[ToldState] = []
    while sum(one.final for one in told) < count:
        one = await follower.next(30)
        assert one is not None
        told.append(one)
    return told


async def test_a_thousand_followers_cost_no_more_reads_than_there_are_changes(scene: Scene) -> None:
    tasks = [await scene.create() for _ in range(TASKS)]
    with ExitStack() as stack:
        followers = [
            stack.enter_context(scene.watcher.following(tasks[number % TASKS].task_id, Follower()))
            for number in range(FOLLOWERS)
        ]
        with pytest.raises(TooManyError):
            stack.enter_context(scene.watcher.following("one too many", Follower()))
        following = [asyncio.create_task(all_told(follower)) for follower in followers]
        scene.store.reads = 0
        for change in (reading, writing, written):
            for task in tasks:
                await scene.record(change(task))
        told = await asyncio.gather(*following)

    assert 0 < scene.store.reads <= TASKS * CHANGES
    for one in told:
        assert [state.mark[0] for state in one] == [1, 2, 3, 4]
        assert one[-1].final
    assert len({state.body for one in told for state in one if state.final}) == TASKS


async def test_who_follows_a_user_is_told_of_all_their_tasks_and_of_no_other(scene: Scene) -> None:
    mine, others = await scene.create(), await scene.create("someone")
    with scene.watcher.following_user(mine.request.user_id) as follower:
        for change in (reading, writing, written):
            await scene.record(change(mine), change(others))
        told = await all_told(follower)

    assert {one.task_id for one in told} == {mine.task_id}


async def test_a_task_that_nobody_follows_is_not_read(scene: Scene) -> None:
    followed, other = await scene.create(), await scene.create()
    with scene.watcher.following(followed.task_id, Follower()) as follower:
        scene.store.reads = 0
        for change in (reading, writing, written):
            await scene.record(change(other))
        await scene.record(written(followed))
        await all_told(follower)

    assert scene.store.reads <= 2


async def test_without_hints_it_is_looked_at_now_and_then(scene: Scene) -> None:
    task = await scene.create()
    await scene.broker.close()
    with scene.watcher.following(task.task_id, Follower()) as follower:
        await scene.record(written(task))
        [*_, last] = await all_told(follower)

    assert last.final


async def test_a_slow_follower_is_cut_and_the_others_are_told_all() -> None:
    started = asyncio.Event()
    followers: list[Follower] = []

    async def hang() -> None:
        followers.append(Follower())
        started.set()
        await asyncio.Event().wait()

    slow = asyncio.create_task(hang())
    await started.wait()
    quick = Follower()
    taken = []
    for number in range(UNTOLD_MAX + 1):
        for follower in (*followers, quick):
            follower.offer(ToldState("task", (number, False), final=False, body=b""))
        taken.append(await quick.next(1))
    with suppress(asyncio.CancelledError):
        await slow

    assert slow.cancelled()
    assert followers[0].ended
    assert await followers[0].next(1) is None
    assert [one.mark[0] for one in taken if one] == list(range(UNTOLD_MAX + 1))


async def test_who_comes_back_is_told_each_change_behind_the_one_it_has_seen(scene: Scene) -> None:
    task = await scene.create()
    await scene.record(reading(task))
    await scene.record(read_for(task))
    await scene.record(writing(task))
    with scene.watcher.following(task.task_id, Follower((1, False), held=True)) as follower:
        await scene.watcher.begin(follower, await scene.seen(task), (1, False))
        await scene.record(written(task))
        told = await all_told(follower)

    assert [one.mark[0] for one in told] == [2, 3, 4, 5]


async def test_who_begins_at_a_later_state_keeps_none_from_those_who_follow(scene: Scene) -> None:
    watcher, task = scene.another_watcher(), await scene.create()
    await scene.record(reading(task))
    with (
        watcher.following(task.task_id, Follower(held=True)) as first,
        watcher.following(task.task_id, Follower(held=True)) as newcomer,
    ):
        await watcher.begin(first, await scene.seen(task), NOTHING)
        await scene.record(read_for(task))
        await scene.record(writing(task))
        await watcher.begin(newcomer, await scene.seen(task), NOTHING)
        await watcher.newest_of(task.request.user_id)

    assert await numbers_told(first) == [1, 2, 3]
    assert await numbers_told(newcomer) == [3]


@pytest.mark.parametrize(("since", "told"), [(NOTHING, [1, 2, 3]), ((0, False), [1, 2, 3]), ((1, False), [2, 3])])
async def test_what_is_found_while_somebody_begins_comes_behind_what_they_begin_with(
    scene: Scene, since: Mark, told: list[int]
) -> None:
    watcher, task = scene.another_watcher(), await scene.create()
    await scene.record(reading(task))
    with watcher.following(task.task_id, Follower(since, held=True)) as follower:
        read_early = await scene.seen(task)
        await scene.record(read_for(task))
        await scene.record(writing(task))
        await watcher.newest_of(task.request.user_id)
        await watcher.begin(follower, read_early, since)

    assert await numbers_told(follower) == told


@pytest.mark.parametrize("name", ["0", "7", "12-fault"])
def test_a_mark_is_read_back(name: str) -> None:
    assert name_of(mark_named(name)) == name


@pytest.mark.parametrize("name", [None, "", "-1", "x", "7-", "٣", "-fault"])
def test_what_is_no_mark_is_behind_every_one(name: str | None) -> None:
    assert mark_named(name) < (0, False)
