"""Every store keeps the editions of a lesson apart, and lists and searches them; so it does old lessons' too."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pytest

from libs.common.tests.store.examples import (
    NOON,
    SECOND,
    change,
    in_status,
    new_task,
    request,
    store_lesson,
    stored,
)
from pathshala_common.contract.lesson import LessonMark, Level, Status, edition_key, lesson_key
from pathshala_common.contract.ports.store import EditionHead, EditionSearch, Store
from pathshala_common.store.mongodb import lessons as mongodb_lessons
from pathshala_common.store.mongodb.migration import migrate
from pathshala_common.store.mongodb.projections import MongoProjections
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite import lessons as sqlite_lessons
from pathshala_common.store.sqlite import schema
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_common.store.terms import words_of
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database

TOGETHER = 100
RAIN = lesson_key("science", "rain")
HINDI = edition_key("science", "rain", "hi", Level.PRIMARY)
ENGLISH = edition_key("science", "rain", "en", Level.ADULT)


async def put(store: Store, language: str, level: Level, number: int, serial: int, title: str = "Rain") -> str:
    """Store a revision of an edition of the lesson on rain, a second after the one before."""
    task = new_task(request("Science", "Rain", language=language, level=level))
    assert await store_lesson(store, task, number, title, NOON + serial * SECOND, serial)
    return task.task_id


async def two_editions(store: Store) -> Sequence[str]:
    """Three lessons: two in Hindi for pupils, and one in English for adults between them."""
    return [
        await put(store, "hi", Level.PRIMARY, 1, 1),
        await put(store, "en", Level.ADULT, 1, 2),
        await put(store, "hi", Level.PRIMARY, 2, 3, "वर्षा की कहानी"),
    ]


async def titles(store: Store, words: str = "", **more: object) -> list[str]:
    found = await store.editions(EditionSearch(100, words, **more))  # type: ignore[arg-type]  # a test's short hand
    return [f"{one.newest.topic} {one.newest.language} {one.newest.level}" for one in found]


async def test_each_edition_counts_its_own_revisions_and_the_lesson_all_of_them(store: Store) -> None:
    first, english, last = await two_editions(store)

    latest = await store.latest_revisions([HINDI, ENGLISH, RAIN, edition_key("science", "rain")])

    assert latest == {HINDI: 2, ENGLISH: 1, RAIN: 3}
    assert [lesson.task_id for lesson in await store.revisions(HINDI, limit=9)] == [last, first]
    assert [lesson.task_id for lesson in await store.revisions(ENGLISH, limit=9)] == [english]
    newest, older = await store.lesson(RAIN), await store.lesson(HINDI, 1)
    assert newest is not None
    assert older is not None
    assert (newest.task_id, newest.version, newest.mark) == (last, "1.1", LessonMark(HINDI, 2, 3))
    assert (older.task_id, older.version) == (first, "1.0")


async def test_the_editions_of_a_lesson_are_told_with_what_each_has(store: Store) -> None:
    await two_editions(store)
    await store_lesson(store, new_task(request("Science", "Rain fall")), 1, serial=1)

    assert await store.editions_of(RAIN) == [EditionHead(HINDI, 2, 3, 2), EditionHead(ENGLISH, 1, 2, 1)]
    assert await store.editions_of(lesson_key("science", "snow")) == []


@pytest.mark.parametrize(("revision", "serial"), [(1, 4), (3, 3), (4, 4), (3, 5), (2, 4)])
async def test_what_is_not_the_next_of_its_edition_and_of_its_lesson_is_refused(
    store: Store, revision: int, serial: int
) -> None:
    await two_editions(store)
    task = new_task(request("Science", "Rain", language="hi", level=Level.PRIMARY))

    assert not await store_lesson(store, task, revision, serial=serial)
    assert await store_lesson(store, task, 3, serial=4)


async def test_the_case_of_a_language_tag_makes_no_other_edition(store: Store) -> None:
    for number, tag in enumerate(("pt-BR", "PT-br", "pt-Br"), 1):
        await put(store, tag, Level.MIDDLE, number, number)

    assert [head.edition.language for head in await store.editions_of(RAIN)] == ["pt-BR"]
    assert await titles(store, language="PT-BR") == ["Rain pt-Br middle"]
    assert await titles(store, language="pt") == []


async def test_editions_are_listed_by_their_newest_revision_the_newest_first(store: Store) -> None:
    await two_editions(store)
    other = new_task(request("Science", "Snow"))
    await store_lesson(store, other, 1, "Snow", NOON + 9 * SECOND, 1)

    listed = await store.editions(EditionSearch(9))

    assert [(one.newest.topic, one.newest.version, one.versions) for one in listed] == [
        ("Snow", "1.0", 1),
        ("Rain", "1.1", 2),
        ("Rain", "1.0", 1),
    ]


async def test_pages_of_editions_meet(store: Store) -> None:
    at_once = [new_task(request("Science", f"Topic {number}"), f"task-{number}") for number in range(7)]
    for task in at_once:
        await store_lesson(store, task, 1)

    found: list[str] = []
    after = None
    for _ in range(4):
        page = await store.editions(EditionSearch(2, "science", after=after))
        found += [one.newest.task_id for one in page]
        after = (page[-1].newest.created_at, page[-1].newest.task_id) if page else after

    assert found == [f"task-{number}" for number in range(6, -1, -1)]


async def test_a_search_meets_words_of_subject_topic_and_title_and_language_and_level(store: Store) -> None:
    await two_editions(store)
    snow = new_task(request("Géographie", "La Neige", language="fr"))
    await store_lesson(store, snow, 1, "L'hiver à Québec", NOON, 1)

    assert await titles(store, "GEOGRAPHIE") == await titles(store, "quebec hiver") == ["La Neige fr middle"]
    assert await titles(store, "neige", language="fr", level=Level.MIDDLE) == ["La Neige fr middle"]
    assert await titles(store, "neige", language="en") == await titles(store, "neig") == []
    assert await titles(store, "वर्षा") == ["Rain hi primary"]
    assert await titles(store, "rain", level=Level.ADULT) == ["Rain en adult"]
    assert await titles(store, "rain primary") == await titles(store, "language=hi") == []
    assert await titles(store, "rain  SCIENCE") == ["Rain hi primary", "Rain en adult"]


async def test_a_title_is_that_of_the_newest_revision(store: Store) -> None:
    await put(store, "en", Level.MIDDLE, 1, 1, "Umbrellas")
    await put(store, "en", Level.MIDDLE, 2, 2, "Clouds")

    assert await titles(store, "clouds") == ["Rain en middle"]
    assert await titles(store, "umbrellas") == []


async def test_a_search_goes_on_behind_what_it_looks_at_together(store: Store) -> None:
    many = (mongodb_lessons if isinstance(store, MongoStore) else sqlite_lessons).LOOKED_AT_MAX + 1
    await put(store, "en", Level.MIDDLE, 1, 1)
    tasks = [new_task(request("art", "song", at=NOON + timedelta(hours=1))) for _ in range(many)]
    at = NOON + timedelta(hours=1)
    events = [stored(task, number, "Song", at, number) for number, task in enumerate(tasks, 1)]
    changes = [
        change(0, [event], in_status(task, Status.COMPLETED, at)) for task, event in zip(tasks, events, strict=True)
    ]
    for begin in range(0, many, TOGETHER):
        assert all(await store.append(changes[begin : begin + TOGETHER]))

    listed = await store.editions(EditionSearch(2))

    assert [(one.newest.topic, one.versions) for one in listed] == [("song", many), ("Rain", 1)]
    assert len(await store.editions(EditionSearch(2, "rain"))) == 1


def test_words_are_taken_apart_in_any_script() -> None:
    assert words_of("Élan, ÉLAN: naïve—Øre's x²") == ["elan", "elan", "naive", "øre", "s", "x2"]
    assert words_of("वर्षा की कहानी") == ["वर्षा", "की", "कहानी"]
    assert words_of("क्\u200dष") == words_of("क्ष")
    assert words_of("कल") != words_of("कुल")
    assert words_of(" -- ") == []


MARKS = ("edition", "edition_revision", "terms")


async def old_chain(store: MongoStore) -> list[str]:
    """Five lessons as a version without editions stored them, in two editions: one chain of numbers for both."""
    ids = []
    for number in range(1, 6):
        language = "hi" if number in {2, 5} else "en"
        task = new_task(request("Science", "Rain", language=language))
        ids.append(task.task_id)
        await _log_as_before(store, task.task_id, stored(task, number, f"Rain {number}").raw, number)
    return ids


async def _log_as_before(store: MongoStore, task_id: str, raw: bytes, number: int) -> None:
    document = {"_id": f"{task_id}/1", "task_id": task_id, "position": 1, "id": task_id, "time": number, "raw": raw}
    document |= {"type": "LessonStored", "lesson_of": task_id, "lesson_key": "science\x1frain", "revision": number}
    async with store._collections() as (_, events):
        await events.insert_one(document)


@pytest.fixture
async def mongodb(mongodb_url: str) -> AsyncIterator[MongoStore]:
    opened = MigratedMongoStore(of_database(mongodb_url, f"test_{uuid4().hex}"), timeout_seconds=PATIENT_SECONDS)
    await opened.open()
    yield opened
    await opened.close()


OLD_HINDI, OLD_ENGLISH = edition_key("science", "rain", "hi"), edition_key("science", "rain")


async def numbers(store: Store, edition: object) -> list[int]:
    return [lesson.revision for lesson in await store.revisions(edition, limit=9)]  # type: ignore[arg-type]


async def test_old_lessons_keep_their_numbers_and_new_ones_go_on_from_there(mongodb: MongoStore) -> None:
    ids = await old_chain(mongodb)

    latest = await mongodb.latest_revisions([OLD_HINDI, OLD_ENGLISH, RAIN])
    assert latest == {OLD_HINDI: 5, OLD_ENGLISH: 4, RAIN: 5}
    assert await numbers(mongodb, OLD_HINDI) == [5, 2]
    assert await numbers(mongodb, OLD_ENGLISH) == [4, 3, 1]

    assert await store_lesson(mongodb, new_task(request("Science", "Rain")), 5, serial=6)
    assert await numbers(mongodb, OLD_ENGLISH) == [5, 4, 3, 1]
    old = await mongodb.lesson(OLD_ENGLISH, 1)
    assert old is not None
    assert old.task_id == ids[0]


async def test_an_old_release_beside_takes_the_next_serial_and_what_it_stores_is_marked_before_the_next(
    mongodb: MongoStore,
) -> None:
    await old_chain(mongodb)
    assert await store_lesson(mongodb, new_task(request("Science", "Rain")), 1, serial=6) is False
    assert await store_lesson(mongodb, new_task(request("Science", "Rain")), 5, serial=6)
    beside = new_task(request("Science", "Rain", language="hi"))
    await _log_as_before(mongodb, beside.task_id, stored(beside, 7).raw, 7)

    # Who had read before it cannot store: the serial is gone. Who reads now knows of it.
    late = new_task(request("Science", "Rain", language="hi"))
    assert not await store_lesson(mongodb, late, 6, serial=7)
    assert await mongodb.latest_revisions([OLD_HINDI, RAIN]) == {OLD_HINDI: 7, RAIN: 7}
    assert await store_lesson(mongodb, late, 8, serial=8)
    assert await numbers(mongodb, OLD_HINDI) == [8, 7, 5, 2]


async def test_editions_of_old_lessons_are_told_and_their_marks_read(mongodb: MongoStore) -> None:
    ids = await old_chain(mongodb)
    projections = MongoProjections(mongodb._link._url)
    await projections.open()

    before = [(await projections.task(task_id)).lesson for task_id in ids]
    heads = await mongodb.editions_of(RAIN)

    assert heads == [EditionHead(OLD_HINDI, 5, 5, 2), EditionHead(OLD_ENGLISH, 4, 4, 3)]
    assert before == [(await projections.task(task_id)).lesson for task_id in ids]
    assert before[1] == LessonMark(OLD_HINDI, 2, 2)
    await projections.close()


async def test_old_lessons_are_completed_a_few_at_a_time_or_by_the_migration(mongodb: MongoStore) -> None:
    await old_chain(mongodb)
    assert await titles(mongodb) == []
    assert await mongodb.complete_log(limit=2) == 2
    assert await mongodb.complete_log(limit=2) == 0
    assert await titles(mongodb, "rain") == ["Rain hi middle", "Rain en middle"]

    async with mongodb._collections() as (_, events):
        await events.update_many({}, {"$unset": dict.fromkeys(MARKS, "")})
    assert await migrate(mongodb._link._url, drop=False) == ["told the editions of 5 lessons"]
    assert await migrate(mongodb._link._url, drop=False) == []
    assert len(await titles(mongodb)) == 2


async def test_an_old_lesson_that_cannot_be_read_has_an_edition_too(mongodb: MongoStore) -> None:
    await _log_as_before(mongodb, "odd", b"no event", 1)
    task = new_task(request("Science", "Rain"))

    assert await mongodb.latest_revisions([RAIN]) == {RAIN: 1}
    assert await store_lesson(mongodb, task, 2, serial=2)
    assert [lesson.task_id for lesson in await mongodb.revisions(RAIN, limit=9)] == [task.task_id]


async def test_a_file_of_a_version_without_editions_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    without_editions = schema.VERSIONS.index(schema.EDITIONS)
    with closing(sqlite3.connect(path)) as old, old:
        for name in ("event_time", "event_type"):
            old.create_function(name, 1, lambda _raw: "")
        for statement in chain.from_iterable(schema.VERSIONS[:without_editions]):
            old.execute(statement)
        for number, language in enumerate(("en", "hi", "en"), 1):
            task = new_task(request("Science", "Rain", language=language))
            event = stored(task, number, f"Rain {number}")
            old.execute(
                "INSERT INTO events (task_id, position, id, lesson_key, revision, raw, time, type)"
                " VALUES (?, 1, ?, ?, ?, ?, ?, 'LessonStored')",
                (task.task_id, event.id, "science\x1frain", number, event.raw, number),
            )
        old.execute(f"PRAGMA user_version = {without_editions}")
    store = SQLiteStore(path)
    await store.open()

    assert await store.latest_revisions([OLD_HINDI, OLD_ENGLISH, RAIN]) == {OLD_HINDI: 2, OLD_ENGLISH: 3, RAIN: 3}
    assert await titles(store, "rain") == ["Rain en middle", "Rain hi middle"]
    assert await store_lesson(store, new_task(request("Science", "Rain", language="hi")), 3, serial=4)
    await store.close()
