"""Every store keeps every revision of a lesson."""

import hashlib

from libs.common.tests.store.examples import (
    NOON,
    SECOND,
    change,
    in_status,
    lesson_of,
    new_task,
    request,
    store_lesson,
    stored,
)
from pathshala_common.contract.lesson import Status, lesson_key
from pathshala_common.contract.ports.store import Store, stored_lesson

VERBS = lesson_key("english", "verbs")


async def test_a_lesson_that_nobody_wrote_is_none(store: Store) -> None:
    assert await store.lesson(VERBS) is None
    assert await store.lesson(VERBS, 1) is None
    assert await store.revisions(VERBS, limit=10) == []
    assert await store.latest_revisions([VERBS]) == {}
    assert await store.latest_revisions([]) == {}


async def test_a_lesson_comes_with_what_names_the_bytes_that_keep_it(store: Store) -> None:
    tasks = [new_task(request()), new_task(request())]
    for revision, task in enumerate(tasks, 1):
        await store_lesson(store, task, revision, f"Verbs {revision}", NOON)

    first, newest = await store.stored(VERBS, 1), await store.stored(VERBS)

    expected = [stored(task, revision, f"Verbs {revision}", NOON) for revision, task in enumerate(tasks, 1)]
    assert [first, newest] == [stored_lesson(envelope) for envelope in expected]
    assert first is not None
    assert first.lesson == await store.lesson(VERBS, 1)
    assert (first.event_id, first.sha256) == (expected[0].id, hashlib.sha256(expected[0].raw).hexdigest())
    assert await store.stored(VERBS, 3) is None


async def test_the_newest_revision_is_the_lesson_and_the_others_stay(store: Store) -> None:
    lessons = []
    for revision in range(1, 12):
        task = new_task(request("English", "  VERBS  "))
        await store_lesson(store, task, revision, f"Verbs {revision}", NOON + revision * SECOND)
        lessons.append(lesson_of(stored(task, revision, f"Verbs {revision}", NOON + revision * SECOND)))

    assert await store.lesson(VERBS) == lessons[-1]
    assert lessons[-1].version == "1.10"
    assert [await store.lesson(VERBS, revision) for revision in range(1, 12)] == lessons
    assert await store.lesson(VERBS, 12) is None
    assert await store.revisions(VERBS, limit=3) == lessons[:-4:-1]
    assert await store.revisions(VERBS, limit=3, below=3) == [lessons[1], lessons[0]]


async def test_each_lesson_counts_its_own_revisions(store: Store) -> None:
    for topic, revision in (("verbs", 1), ("verbs", 2), ("nouns", 1)):
        await store_lesson(store, new_task(request(topic=topic)), revision)
    nouns, adverbs = lesson_key("english", "nouns"), lesson_key("english", "adverbs")

    assert await store.latest_revisions([VERBS, nouns, adverbs]) == {VERBS: 2, nouns: 1}


async def test_a_lesson_is_under_its_own_subject_and_topic_only(store: Store) -> None:
    await store_lesson(store, new_task(request("a b", "c")), 1)

    assert await store.lesson(lesson_key("a", "b c")) is None
    assert await store.lesson(lesson_key("A  B", "C")) is not None


async def test_a_lesson_is_there_as_soon_as_its_task_is_completed(store: Store) -> None:
    task = new_task()
    event = stored(task, 1)

    await store.append([change(0, [event], in_status(task, Status.COMPLETED))])

    kept = await store.task(task.task_id)
    assert kept
    assert kept.status is Status.COMPLETED
    assert await store.lesson(VERBS, 1) == lesson_of(event)
