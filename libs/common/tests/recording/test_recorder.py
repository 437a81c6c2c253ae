"""The recorder on a real store: what arrives in any number and company is logged once and makes one lesson."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import (
    GenerationStarted,
    LessonEdited,
    LessonEnriched,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    LessonStored,
)
from pathshala_common.contract.lesson import (
    Derivation,
    Examined,
    HowMade,
    Overruling,
    Status,
    Task,
    lesson_key,
)
from pathshala_common.contract.ports.store import Store
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON, HeldClock
from tests.stories.events import told
from tests.stories.lessons import a_lesson, a_request

REQUEST, CONTENT = a_request("English", "Verbs"), a_lesson()
KEY = lesson_key("english", "verbs")
TTL_SECONDS = 3_600


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = SQLiteStore(tmp_path / "recorder.db")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def recorder(store: Store, clock: HeldClock) -> Recorder:
    return Recorder(store, clock, task_ttl_seconds=TTL_SECONDS)


def as_told(event: LessonStored, cause: Envelope) -> Envelope:
    """As the store's consumer wraps it, a day later."""
    return told(event, cause, source="store", at=NOON + timedelta(days=1))


def requested(task_id: str) -> Envelope:
    return told(LessonRequested(task_id=task_id, request=REQUEST))


def generated(task_id: str) -> Envelope:
    event = LessonGenerated(task_id=task_id, request=REQUEST, content=CONTENT)
    return told(event, requested(task_id))


def failed(task_id: str) -> Envelope:
    return told(LessonFailed(task_id=task_id, service="store", code="late", message="Late.", failed_at=NOON))


async def accepted(store: Store, task_id: str) -> None:
    await store.create(Task(task_id=task_id, request=REQUEST), requested(task_id), send_by=NOON)


async def types_logged(store: Store, task_id: str) -> list[str]:
    return [envelope.type for envelope in await store.events(task_id)]


async def test_a_written_lesson_is_stored_in_the_same_step(store: Store, recorder: Recorder) -> None:
    await accepted(store, "t1")
    results = await recorder.record([requested("t1"), generated("t1")])
    task, lesson = await store.task("t1"), await store.lesson(KEY)
    assert task is not None
    assert lesson is not None
    assert (task.status, task.revision, lesson.version) == (Status.COMPLETED, 1, "1.0")
    assert (lesson.subject, lesson.task_id) == ("English", "t1")
    stored = results[1]
    assert results[0] is None
    assert stored is not None
    assert [e.raw for e in await store.events("t1")][-1] == as_told(stored, generated("t1")).raw


async def test_a_repeat_logs_nothing_and_tells_of_the_same_lesson_again(
    store: Store, recorder: Recorder, clock: HeldClock
) -> None:
    await accepted(store, "t1")
    first = await recorder.record([generated("t1")])
    clock.advance(60)
    again = await recorder.record([generated("t1"), requested("t1"), generated("t1")])
    assert again[0] == again[2] == first[0]
    assert again[0] is not None
    assert as_told(again[0], generated("t1")).raw == (await store.events("t1"))[1].raw
    assert await types_logged(store, "t1") == ["LessonGenerated", "LessonStored", "LessonRequested"]
    assert len(await store.revisions(KEY, limit=10)) == 1


async def test_many_lessons_of_one_key_in_one_batch_get_revisions_without_a_gap(
    store: Store, recorder: Recorder
) -> None:
    names = [f"t{number}" for number in range(50)]
    await recorder.record([generated(name) for name in names])
    assert [lesson.revision for lesson in await store.revisions(KEY, limit=100)] == list(range(50, 0, -1))


async def test_two_recorders_at_once_give_every_revision_once(store: Store, clock: HeldClock) -> None:
    recorders = [Recorder(store, clock, task_ttl_seconds=TTL_SECONDS) for _ in range(10)]
    names = [f"t{number}" for number in range(50)]
    await asyncio.gather(*(recorders[n % 10].record([generated(name)]) for n, name in enumerate(names)))
    assert [lesson.revision for lesson in await store.revisions(KEY, limit=100)] == list(range(50, 0, -1))


async def test_editions_of_one_lesson_count_apart_and_share_its_serials(store: Store, clock: HeldClock) -> None:
    recorders = [Recorder(store, clock, task_ttl_seconds=TTL_SECONDS) for _ in range(4)]
    asked = [a_request("English", "Verbs", language=("en", "hi", "ta")[number % 3]) for number in range(30)]
    events = [LessonGenerated(task_id=f"t{n}", request=one, content=CONTENT) for n, one in enumerate(asked)]
    await asyncio.gather(*(recorders[n % 4].record([told(event)]) for n, event in enumerate(events)))
    for edition in {one.edition for one in asked}:
        assert [lesson.revision for lesson in await store.revisions(edition, limit=100)] == list(range(10, 0, -1))
    assert [lesson.serial for lesson in await store.revisions(KEY, limit=100)] == list(range(30, 0, -1))


async def test_a_lesson_that_comes_after_the_failure_is_logged_and_kept_nowhere_else(
    store: Store, recorder: Recorder
) -> None:
    await accepted(store, "t1")
    await recorder.record([failed("t1")])
    results = await recorder.record([generated("t1")])
    task = await store.task("t1")
    assert results == [None]
    assert task is not None
    assert task.status is Status.FAILED
    assert await store.lesson(KEY) is None
    assert await types_logged(store, "t1") == ["LessonFailed", "LessonGenerated"]


async def test_a_failure_that_comes_after_the_lesson_changes_nothing(store: Store, recorder: Recorder) -> None:
    await accepted(store, "t1")
    await recorder.record([generated("t1"), failed("t1")])
    task = await store.task("t1")
    assert task is not None
    assert (task.status, task.error_code) == (Status.COMPLETED, None)


async def test_events_of_one_task_in_any_order_and_company_make_the_same_document(
    store: Store, recorder: Recorder
) -> None:
    started = GenerationStarted(task_id="t1", attempt=1, attempts_max=4, writer="offline")
    documents = []
    for seed in range(20):
        name, rng = f"s{seed}", random.Random(seed)
        events = [requested(name), told(started.model_copy(update={"task_id": name})), generated(name)] * 3
        rng.shuffle(events)
        await accepted(store, name)
        while events:
            size = rng.randint(1, len(events))
            await recorder.record(events[:size])
            events = events[size:]
        task = await store.task(name)
        assert task is not None
        documents.append(task.model_copy(update={"task_id": "", "revision": 0}))
    assert all(document == documents[0] for document in documents)


async def test_events_of_a_task_that_nobody_knows_are_logged_until_its_request_comes(
    store: Store, recorder: Recorder
) -> None:
    await recorder.record([failed("t1")])
    assert await store.task("t1") is None
    await recorder.record([requested("t1")])
    task = await store.task("t1")
    assert task is not None
    assert task.status is Status.FAILED


async def test_a_forgotten_task_does_not_come_back_with_a_late_event(
    store: Store, recorder: Recorder, clock: HeldClock
) -> None:
    await accepted(store, "t1")
    await recorder.record([requested("t1"), generated("t1")])
    clock.advance(TTL_SECONDS + 1)
    assert await store.delete_finished(clock.now() - timedelta(seconds=TTL_SECONDS), limit=10) == 1
    await recorder.record([failed("t1")])
    assert await store.task("t1") is None
    assert await types_logged(store, "t1") == ["LessonRequested", "LessonGenerated", "LessonStored", "LessonFailed"]


async def test_another_writing_of_a_stored_lesson_tells_of_no_lesson(recorder: Recorder) -> None:
    written = LessonGenerated(task_id="t1", request=REQUEST, content=CONTENT)
    twice = told(written, told(LessonEnriched(task_id="t1", request=REQUEST), requested("t1")))
    await recorder.record([generated("t1")])
    assert await recorder.record([twice]) == [None]
    assert await recorder.record([twice]) == [None]


async def test_an_edit_makes_a_version_that_says_who_made_it_and_of_which(store: Store, recorder: Recorder) -> None:
    await recorder.record([generated("task-1")])
    derivation = Derivation(how=HowMade.EDITED, revision=1, note="a better title")
    request = a_request("English", "Verbs", user_id="tara", derivation=derivation)
    examined = Examined(overruled=(Overruling(check="on_topic", reason="It is."),))
    edited = told(
        LessonEdited(
            task_id="task-2", request=request, follows=1, content=a_lesson("Verbs in Sanskrit"), examined=examined
        )
    )

    [stored] = await recorder.record([edited])

    assert stored is not None
    assert await types_logged(store, "task-2") == ["LessonEdited", "LessonStored"]
    lesson = await store.lesson(request.edition)
    assert lesson == stored.lesson
    assert lesson is not None
    assert (lesson.version, lesson.made_by, lesson.how_made) == ("1.1", "tara", HowMade.EDITED)
    assert (lesson.derivation, lesson.examined) == (derivation, examined)
    first = await store.lesson(request.edition, 1)
    assert first is not None
    assert (first.made_by, first.how_made, first.derivation) == ("asha", HowMade.GENERATED, None)
    task = await store.task("task-2")
    assert task is not None
    assert (task.status, task.revision) == (Status.COMPLETED, 2)


async def test_of_two_edits_of_one_version_one_is_stored_and_the_other_fails_with_its_text_in_the_log(
    store: Store, recorder: Recorder
) -> None:
    await recorder.record([generated("task-1")])
    edits = []
    for task_id, user in (("task-2", "tara"), ("task-3", "mira")):
        derivation = Derivation(how=HowMade.EDITED, revision=1)
        request = a_request("English", "Verbs", user_id=user, derivation=derivation)
        content = a_lesson(f"Verbs by {user}")
        edits.append(LessonEdited(task_id=task_id, request=request, follows=1, content=content, examined=Examined()))

    stored = await asyncio.gather(*(recorder.record([told(edit)]) for edit in edits))

    won = [lesson for [lesson] in stored if lesson is not None]
    assert [lesson.revision for lesson in won] == [2]
    lost = next(edit for edit in edits if edit.task_id != won[0].task_id)
    assert await types_logged(store, lost.task_id) == ["LessonEdited", "LessonFailed"]
    assert (await store.events(lost.task_id))[0].event == lost
    task = await store.task(lost.task_id)
    assert task is not None
    assert (task.status, task.error_code) == (Status.FAILED, "overtaken")
    assert await store.latest_revisions([KEY]) == {KEY: 2}


async def test_without_the_version_that_it_follows_each_of_two_edits_would_be_one(
    store: Store, recorder: Recorder
) -> None:
    await recorder.record([generated("task-1")])
    request = a_request("English", "Verbs", derivation=Derivation(how=HowMade.EDITED, revision=1))
    edits = [LessonGenerated(task_id=f"task-{n}", request=request, content=CONTENT) for n in (2, 3)]

    await asyncio.gather(*(recorder.record([told(edit)]) for edit in edits))

    assert await store.latest_revisions([KEY]) == {KEY: 3}
