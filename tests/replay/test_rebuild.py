"""A rebuild finds what is not as the log makes it, and mends it, while the house may run."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pymongo import MongoClient

from libs.common.tests.store.class_sets import a_set, record_set
from pathshala.rebuild.checkpoint import Checkpoint, ScanProgress, begin, resume
from pathshala.rebuild.folding import Discrepancy, Wrong
from pathshala.rebuild.scan import Scan
from pathshala.rebuild.swapping import swap
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.events import (
    AnyEvent,
    EnrichmentStarted,
    GenerationStarted,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    ProviderAnswered,
)
from pathshala_common.contract.lesson import Lesson, Task
from pathshala_common.contract.ports.store import Change
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.recording.recorder import Recorder
from tests.clock import NOON, HeldClock
from tests.replay.conftest import Kept
from tests.replay.stories import content
from tests.stories.lessons import a_request

TTL = timedelta(hours=1)
LATER = timedelta(minutes=1)
PAGE = 20


def told(task_id: str, *, end: str = "stored", topic: str = "verbs", language: str = "en") -> list[Envelope]:
    """What a recorder is told of a task that comes to this end."""
    asked = a_request(topic=topic, language=language)
    events: list[AnyEvent] = [
        LessonRequested(task_id=task_id, request=asked),
        EnrichmentStarted(task_id=task_id, attempt=1, source="wikipedia", query=topic),
        GenerationStarted(task_id=task_id, attempt=1, attempts_max=4, writer="offline"),
    ]
    if end == "stored":
        events.append(LessonGenerated(task_id=task_id, request=asked, content=content()))
    if end == "failed":
        failed = LessonFailed(task_id=task_id, service="store", code="late", message="Too late.", failed_at=NOON)
        events.append(failed)
    return [wrap(event, source="test", now=NOON) for event in events]


class Scene:
    """A store with tasks, and passes over it."""

    def __init__(self, kept: Kept, file: Path) -> None:
        self.kept, self.file, self.clock = kept, file, HeldClock(NOON)
        self.recorder = Recorder(kept.store, self.clock, task_ttl_seconds=TTL.total_seconds())

    async def record(self, *tasks: Sequence[Envelope]) -> None:
        await self.recorder.record([envelope for envelopes in tasks for envelope in envelopes])

    def begin(self) -> Checkpoint:
        return begin(self.file, "this store", self.clock.now() + LATER)

    def pass_(self, beside: Checkpoint) -> Scan:
        return Scan(self.kept.log, self.kept.projections, beside, self.clock, ttl=TTL, page_max=PAGE)

    async def found(self) -> list[Discrepancy]:
        """What a whole pass finds wrong."""
        beside = self.begin()
        await self.pass_(beside).run()
        return [*beside.faults(limit=1_000)]

    async def tamper(self, task_id: str, **fields: object) -> None:
        """Write a document that the log does not make."""
        task = await self.kept.store.task(task_id)
        assert task is not None
        position = len(await self.kept.store.events(task_id))
        [done] = await self.kept.store.append([Change(task_id, position, [], task.model_copy(update=fields))])
        assert done


async def execute(kept: Kept, statement: str) -> None:
    """Damage what is kept, behind the store's back. Of a MongoDB the same is done as of a SQLite file."""
    if kept.url.startswith("sqlite"):
        with closing(sqlite3.connect(kept.url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(statement)
        return
    task_id = statement.split("'")[1]
    with MongoClient[dict[str, object]](kept.url) as client:
        events = client.get_default_database()["events"]
        if statement.startswith("DELETE"):
            events.delete_many({"task_id": task_id})
        else:
            events.update_many({"task_id": task_id, "revision": 1}, {"$set": {"revision": 5}})


@pytest.fixture
def scene(kept: Kept, tmp_path: Path) -> Scene:
    return Scene(kept, tmp_path / "rebuilt.db")


ENDS = ("stored", "failed", "none")


async def test_a_class_set_is_compared_with_the_fold_of_its_events_and_swapped(scene: Scene) -> None:
    made = a_set()
    await record_set(scene.kept.store, made)
    assert await scene.found() == []
    wrong = made.model_copy(update={"calls_max": 1})
    assert await scene.kept.store.append([Change(made.set_id, 1, [], None, class_set=wrong)]) == [True]

    beside = scene.begin()
    await scene.pass_(beside).run()

    assert [*beside.faults(limit=9)] == [Discrepancy(made.set_id, Wrong.DIFFERS, ["calls_max"])]
    assert await swap(beside, scene.kept.store) == 1
    kept = await scene.kept.store.class_set(made.set_id)
    assert kept is not None
    assert kept.class_set == made
    assert await scene.found() == []


async def test_documents_that_are_as_the_log_makes_them_are_found_well(scene: Scene) -> None:
    await scene.record(*(told(f"task-{number}", end=ENDS[number % 3]) for number in range(60)))

    beside = scene.begin()
    steps: list[ScanProgress] = []
    await scene.pass_(beside).run(steps.append)

    assert [*beside.faults(limit=10)] == []
    assert not beside.gaps(limit=10)
    assert (steps[-1].tasks, steps[-1].events) == (60, 20 * 5 + 20 * 4 + 20 * 3)


async def test_rebuilt_documents_are_the_live_ones(scene: Scene) -> None:
    await scene.record(*(told(f"task-{number}", end=ENDS[number % 3]) for number in range(6)))

    beside = scene.begin()
    await scene.pass_(beside).run()

    for number in range(6):
        rebuilt = beside.document(f"task-{number}")
        assert rebuilt is not None
        assert Task.model_validate_json(rebuilt[1]) == await scene.kept.store.task(f"task-{number}")


async def test_a_document_that_differs_is_named_with_its_fields_and_swapped(scene: Scene) -> None:
    await scene.record(told("a"), told("b"))
    await scene.tamper("b", error_code="odd", error_message="made up")

    beside = scene.begin()
    await scene.pass_(beside).run()
    assert [*beside.faults(limit=10)] == [Discrepancy("b", Wrong.DIFFERS, ["error_code", "error_message"])]

    assert await swap(beside, scene.kept.store) == 1
    assert [*beside.faults(limit=10)] == []
    assert await scene.found() == []


async def test_a_document_that_is_missing_is_made_again(scene: Scene) -> None:
    await scene.record(told("a"), told("b", end="none"))
    assert await scene.kept.store.delete_finished(NOON + TTL, limit=10) == 1

    beside = scene.begin()
    await scene.pass_(beside).run()
    assert [*beside.faults(limit=10)] == [Discrepancy("a", Wrong.MISSING, [])]

    assert await swap(beside, scene.kept.store) == 1
    assert await scene.found() == []


async def test_a_document_that_lacks_the_last_events_is_brought_up(scene: Scene) -> None:
    *before, generated = told("a")
    await scene.record(before)
    assert await scene.kept.store.append([Change("a", 3, [generated], None)]) == [True]

    beside = scene.begin()
    await scene.pass_(beside).run()
    assert [*beside.faults(limit=10)] == [Discrepancy("a", Wrong.BEHIND, [])]

    assert await swap(beside, scene.kept.store) == 1
    assert await scene.found() == []


async def test_a_finished_task_that_is_forgotten_by_rule_is_not_missed(scene: Scene) -> None:
    await scene.record(told("a"), told("b", end="failed"))
    scene.clock.advance(TTL.total_seconds() + 1)
    assert await scene.kept.store.delete_finished(scene.clock.now() - TTL, limit=10) == 2

    assert await scene.found() == []


async def test_a_task_that_waits_for_its_first_event_is_not_extra(scene: Scene) -> None:
    [requested, *_] = told("a")
    await scene.kept.store.create(Task(task_id="a", request=a_request()), requested, send_by=None)
    assert await scene.found() == []


async def test_a_document_that_the_log_knows_nothing_of_is_extra_and_stays(scene: Scene) -> None:
    await scene.record(told("a"), told("b", end="failed"), told("c"))
    await execute(scene.kept, "DELETE FROM events WHERE task_id = 'b'")

    beside = scene.begin()
    await scene.pass_(beside).run()
    assert [*beside.faults(limit=10)] == [Discrepancy("b", Wrong.EXTRA, [])]
    assert await swap(beside, scene.kept.store) == 0
    assert await scene.kept.store.task("b") is not None


async def test_a_log_that_was_cut_is_named_where_a_document_rests_on_what_is_gone(scene: Scene) -> None:
    await scene.record(told("stored"), told("failed", end="failed"))
    scene.clock.advance(1)
    assert await scene.kept.store.cut_logs(scene.clock.now(), limit=10) == 7

    # Final events stay. One that stored a lesson says what was asked for.
    assert await scene.found() == [Discrepancy("failed", Wrong.CUT, [])]


async def test_a_log_without_its_recordings_is_whole_enough(scene: Scene) -> None:
    call = ProviderCall(provider="wikipedia", request="?", seconds=1)
    first, *rest = told("a")
    recording = wrap(ProviderAnswered(task_id="a", attempt=1, service="enricher", call=call), source="test", now=NOON)
    await scene.record([first, recording, *rest])
    scene.clock.advance(1)
    assert await scene.kept.store.cut_recordings(scene.clock.now(), limit=10) == 1
    assert await scene.found() == []


async def test_a_lesson_that_is_marked_wrongly_is_found_and_so_is_the_gap_that_it_leaves(scene: Scene) -> None:
    await scene.record(told("a"))
    await scene.record(told("b"))
    await execute(scene.kept, "UPDATE events SET revision = 5 WHERE task_id = 'a' AND revision = 1")

    beside = scene.begin()
    await scene.pass_(beside).run()
    assert [*beside.faults(limit=10)] == [Discrepancy("a", Wrong.LESSON, [])]
    assert beside.gaps(limit=10) == []

    await execute(scene.kept, "DELETE FROM events WHERE task_id = 'a'")
    beside = scene.begin()
    await scene.pass_(beside).run()
    assert beside.gaps(limit=10) == [("english", "verbs", 1)]


async def test_each_edition_is_dense_and_what_it_lacks_is_named(scene: Scene) -> None:
    for number, language in enumerate(("hi", "en", "hi", "en", "hi")):
        await scene.record(told(f"task-{number}", language=language))
    beside = scene.begin()
    await scene.pass_(beside).run()
    assert ([*beside.faults(limit=10)], beside.gaps(limit=10), beside.edition_gaps(limit=10)) == ([], [], [])

    await execute(scene.kept, "DELETE FROM events WHERE task_id = 'task-2'")
    beside = scene.begin()
    await scene.pass_(beside).run()
    assert beside.gaps(limit=10) == [("english", "verbs", 1)]
    assert beside.edition_gaps(limit=10) == [("english", "verbs", "hi", "middle", 1)]


def test_an_edition_is_dense_from_the_last_number_that_was_given_before_there_were_editions(tmp_path: Path) -> None:
    before, now = [(1, "en"), (2, "hi"), (3, "en")], [(4, 4, "en"), (3, 5, "hi"), (5, 6, "en"), (4, 7, "hi")]
    lessons = [a_kept_lesson(language, revision, None) for revision, language in before]
    lessons += [a_kept_lesson(language, revision, serial) for revision, serial, language in now]
    with closing(begin(tmp_path / "beside.db", "a store", NOON)) as beside:
        beside.keep(beside.progress, {}, lessons)
        assert (beside.gaps(limit=9), beside.edition_gaps(limit=9)) == ([], [])

    with closing(begin(tmp_path / "beside.db", "a store", NOON)) as beside:
        beside.keep(beside.progress, {}, [one for one in lessons if one.serial not in {4, 7}])
        assert beside.edition_gaps(limit=9) == [("english", "verbs", "en", "middle", 1)]


def a_kept_lesson(language: str, revision: int, serial: int | None) -> Lesson:
    return Lesson(
        subject="english",
        topic="verbs",
        language=language,
        revision=revision,
        serial=serial,
        task_id=f"{language}-{revision}",
        created_at=NOON,
        content=content(),
    )


async def test_a_task_that_has_moved_on_is_left_alone_by_the_swap(scene: Scene) -> None:
    *before, generated = told("a")
    await scene.record(before)
    await scene.tamper("a", error_code="odd")
    beside = scene.begin()
    await scene.pass_(beside).run()

    await scene.record([generated])

    assert await swap(beside, scene.kept.store) == 0
    task = await scene.kept.store.task("a")
    assert task is not None
    assert task.revision == 1


async def test_a_pass_that_was_broken_off_goes_on_where_it_was(scene: Scene) -> None:
    count = 2 * PAGE + 10
    await scene.record(*(told(f"{number:06}", end="none") for number in range(count)))
    await scene.tamper("000001", error_code="odd")
    beside = scene.begin()

    with pytest.raises(InterruptedError):
        await scene.pass_(beside).run(_break_off)
    beside.close()
    again = resume(scene.file, "this store")
    assert again.progress.tasks == PAGE
    await scene.pass_(again).run()

    assert again.progress.tasks == count
    assert [*again.faults(limit=10)] == [Discrepancy("000001", Wrong.DIFFERS, ["error_code"])]


def _break_off(_progress: ScanProgress) -> None:
    raise InterruptedError


async def test_a_house_that_writes_meanwhile_makes_no_difference(scene: Scene) -> None:
    for start in range(0, 200, 20):
        await scene.record(*(told(f"{number:06}", end="none") for number in range(start, start + 20, 2)))
    writing = asyncio.create_task(_write_on(scene))

    found = [fault for _ in range(3) for fault in await scene.found()]

    await writing
    assert found == []


async def _write_on(scene: Scene) -> None:
    """End tasks that have begun, and begin others, until all have ended."""
    for start in range(0, 200, 20):
        await scene.record(*(told(f"{number:06}") for number in range(start, start + 20)))


def test_a_file_of_another_program_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine" * 1_000)
    with pytest.raises(SettingsError, match="is not a file of"):
        begin(file, "s", NOON)
    with pytest.raises(SettingsError, match="is not a file of"):
        resume(file, "s")
    assert file.read_text() == "mine" * 1_000


def test_a_pass_goes_on_only_over_its_own_store(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        resume(tmp_path / "rebuilt.db", "s")
    begin(tmp_path / "rebuilt.db", "s", NOON).close()
    with pytest.raises(SettingsError, match="another store"):
        resume(tmp_path / "rebuilt.db", "t")
