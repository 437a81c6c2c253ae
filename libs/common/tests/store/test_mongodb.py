"""What only the MongoDB store promises: a server that is down is said within 4 seconds, and no crash leaves a wreck."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import uuid4

import pytest

from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    change,
    content,
    enriching,
    every_task,
    generated,
    in_status,
    lesson_of,
    new_task,
    put,
    request,
    requested,
    store_lesson,
    stored,
    told,
)
from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.events import LessonEdited
from pathshala_common.contract.lesson import Derivation, Examined, HowMade, Status, Task, lesson_key
from pathshala_common.contract.ports.store import Change
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.mongodb import event_log
from pathshala_common.store.mongodb import tasks as task_documents
from pathshala_common.store.mongodb.migration import migrate
from pathshala_common.store.mongodb.store import MongoStore
from tests.clock import HeldClock
from tests.servers.choice import Server
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.yardstick import timed

VERBS = lesson_key("english", "verbs")
ANSWER_SECONDS = 4.0


@pytest.fixture
def server(database_server: Server) -> Iterator[Server]:
    yield database_server
    # PyMongo leaves the socket of a connection that close() cancels half-way to the garbage collector.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()
    database_server.kill()
    database_server.start()


@pytest.fixture
def url(mongodb_url: str) -> str:
    return of_database(mongodb_url, f"test_{uuid4().hex}")


@pytest.fixture
async def store(url: str) -> AsyncIterator[MongoStore]:
    opened = MigratedMongoStore(url, timeout_seconds=PATIENT_SECONDS)
    await opened.open()
    yield opened
    await opened.close()


def every_method(store: MongoStore, task: Task) -> list[Callable[[], Awaitable[object]]]:
    event = requested(task)
    return [
        lambda: store.create(task, event, send_by=NOON),
        lambda: store.claim_outbox(NOON, until=NOON + HOUR, limit=1),
        lambda: store.task(task.task_id),
        lambda: store.tasks(every_task()),
        lambda: store.status_counts(NOON),
        lambda: store.overdue(NOON, limit=1),
        lambda: store.unfinished(limit=1),
        lambda: store.delete_finished(NOON, limit=1),
        lambda: store.streams([event]),
        lambda: store.append([change(0, [event], task)]),
        lambda: store.events(task.task_id),
        lambda: store.logged(task.task_id, after=0, limit=1),
        store.event_count,
        lambda: store.complete_log(limit=1),
        lambda: store.cut_recordings(NOON, limit=1),
        lambda: store.cut_logs(NOON, limit=1),
        lambda: store.latest_revisions([VERBS]),
        lambda: store.lesson(VERBS),
        lambda: store.revisions(VERBS, limit=1),
    ]


async def test_a_server_that_dies_is_said_in_time_and_used_again_once_it_is_back(server: Server) -> None:
    store = MigratedMongoStore(of_database(server.url, f"test_{uuid4().hex}"), timeout_seconds=1)
    await store.open()
    task = new_task()
    await put(store, task)

    server.kill()
    outcomes = await asyncio.gather(*(method() for method in every_method(store, task)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    assert (await store.fault() or "").startswith("MongoDB: ")

    server.start()
    assert await store.fault() is None
    assert await store.task(task.task_id) == task
    for method in every_method(store, new_task()):
        await method()
    await store.close()


async def test_the_usual_time_limit_is_below_four_seconds(server: Server) -> None:
    store = MigratedMongoStore(of_database(server.url, f"test_{uuid4().hex}"))
    await store.open()
    server.kill()

    async with asyncio.timeout(ANSWER_SECONDS):
        outcomes = await asyncio.gather(
            *(method() for method in every_method(store, new_task())), return_exceptions=True
        )

    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    await store.close()


async def test_a_store_opened_without_its_server_works_once_it_is_there(server: Server) -> None:
    url = of_database(server.url, f"test_{uuid4().hex}")
    await migrate(url, drop=False)
    server.kill()
    store = MongoStore(url, timeout_seconds=0.3)
    await store.open()
    assert await store.fault() is not None
    server.start()

    task = new_task()
    await store.create(task, requested(task), send_by=NOON)

    assert await store.create(new_task(task_id=task.task_id), requested(task), send_by=NOON) == task
    await store.close()


async def test_the_url_wins_over_the_time_limit(server: Server) -> None:
    server.kill()
    store = MongoStore(
        of_database(server.url, "house", "serverSelectionTimeoutMS=200", "timeoutms=200"), timeout_seconds=60
    )
    with timed() as taken:
        await store.open()
        await store.close()

    assert taken.seconds < taken.stretched(ANSWER_SECONDS)


@pytest.mark.parametrize("url", ["mongodb://", "mongodb://host:port/x", "mongodb://u:p@ss@host/", "http://host"])
async def test_a_url_that_cannot_be_used_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(SettingsError) as error:
        await MongoStore(url).open()

    assert "\n" not in str(error.value)
    assert "p@ss" not in str(error.value)


async def test_a_store_that_is_not_open_says_so() -> None:
    store = MongoStore("mongodb://127.0.0.1:1/house")

    with pytest.raises(StoreUnavailable, match="not open"):
        await store.task("any")
    await store.close()


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
async def test_a_change_cut_off_after_any_write_is_completed_by_whoever_comes_next(
    store: MongoStore, url: str, writes: int
) -> None:
    """The writes of a change are its two events and its document; `writes` of them happen before the writer dies."""
    task = new_task()
    await put(store, task)
    done = in_status(task, Status.COMPLETED)
    whole = change(0, [generated(task), stored(task, 1)], done)
    await perform(store, whole, writes)

    next_store = MongoStore(url)
    await next_store.open()
    stream = (await next_store.streams(whole.envelopes))[task.task_id]
    rest = [event for event in whole.envelopes if event.id not in stream.repeats]
    assert stream.position == min(writes, 2)
    assert list(stream.tail) == ([] if writes == 3 else list(whole.envelopes[:writes]))
    assert await next_store.append([change(stream.position, rest, done)]) == [True]

    assert await next_store.events(task.task_id) == whole.envelopes
    assert await next_store.task(task.task_id) == done
    assert await next_store.revisions(VERBS, limit=10) == [lesson_of(whole.envelopes[1])]
    assert await next_store.latest_revisions([VERBS]) == {VERBS: 1}
    assert await next_store.claim_outbox(NOON, until=NOON + HOUR, limit=10) == []
    await next_store.close()


async def perform(store: MongoStore, cut_off: Change, writes: int) -> None:
    """Do the first writes of a change by hand."""
    async with store._collections() as (_, events):
        for document in event_log.documents(cut_off)[:writes]:
            await events.insert_one(document)
    if writes > len(cut_off.envelopes):
        await perform_last(store, cut_off)


async def perform_last(store: MongoStore, cut_off: Change) -> None:
    """Write the document of a change, however late."""
    async with store._collections() as (tasks, _):
        await task_documents.write(tasks, [cut_off])


async def test_a_lesson_whose_writer_died_is_there_and_its_revision_taken(store: MongoStore) -> None:
    dead, alive = new_task(), new_task()
    await perform(store, change(0, [stored(dead, 1)], in_status(dead, Status.COMPLETED)), 1)

    assert await store.latest_revisions([VERBS]) == {VERBS: 1}
    assert await store.lesson(VERBS) == lesson_of(stored(dead, 1))
    assert not await store_lesson(store, alive, 1)
    assert await store_lesson(store, alive, 2)


async def test_the_outbox_of_a_task_whose_writer_died_is_dropped(store: MongoStore) -> None:
    dead, waiting = new_task(), new_task()
    await put(store, dead, waiting)
    await perform(store, change(0, [requested(dead)], dead), 1)

    claimed = await store.claim_outbox(NOON, until=NOON + HOUR, limit=10)

    assert [event.task_id for event in claimed] == [waiting.task_id]
    assert await store.claim_outbox(NOON + 2 * HOUR, until=NOON + 3 * HOUR, limit=10) == claimed


async def test_the_outbox_of_an_edit_whose_api_died_is_given_until_the_edit_is_folded(store: MongoStore) -> None:
    edit = new_task(request(derivation=Derivation(how=HowMade.EDITED, revision=1)))
    edited = LessonEdited(
        task_id=edit.task_id, request=edit.request, follows=1, content=content("By hand"), examined=Examined()
    )
    await store.create(edit, told(edited), send_by=NOON)
    await perform(store, change(0, [told(edited)], edit), 1)

    assert await store.claim_outbox(NOON, until=NOON + HOUR, limit=10) == [told(edited)]

    await Recorder(store, HeldClock(), task_ttl_seconds=3_600).record([told(edited)])

    folded = await store.task(edit.task_id)
    assert folded is not None
    assert folded.status.final
    assert await store.claim_outbox(NOON + 2 * HOUR, until=NOON + 3 * HOUR, limit=10) == []


async def test_a_writer_that_wakes_late_does_not_turn_a_document_back(store: MongoStore) -> None:
    task = new_task()
    await put(store, task)
    late = change(0, [requested(task)], task)
    await perform(store, late, 1)
    done = in_status(task, Status.FAILED)
    assert await store.append([change(1, [enriching(task)], done)]) == [True]

    await perform_last(store, late)
    assert await store.append([change(1, [], task)]) == [False]

    assert await store.task(task.task_id) == done
    assert (await store.streams([requested(task)]))[task.task_id].tail == []


async def test_a_writer_that_wakes_after_a_cut_changes_neither_the_task_nor_its_lesson(store: MongoStore) -> None:
    task = new_task()
    done = in_status(task, Status.COMPLETED)
    await store.append([change(0, [requested(task), generated(task), stored(task, 1)], done)])
    await store.cut_logs(NOON + HOUR, limit=1)

    await store.append([change(1, [enriching(task)], task)])
    assert await store.append([change(0, [stored(task, 2)], done)]) == [False]

    assert await store.events(task.task_id) == [enriching(task), stored(task, 1)]
    assert await store.task(task.task_id) == done
    assert await store.latest_revisions([VERBS]) == {VERBS: 1}


async def test_a_writer_overtaken_between_two_events_leaves_the_log_dense(store: MongoStore) -> None:
    task = new_task()
    slow = change(0, [requested(task), enriching(task, 1)], task)
    await perform(store, slow, 1)
    assert await store.append([change(1, [enriching(task, 2)], task)]) == [True]

    assert await store.append([Change(task.task_id, 1, slow.envelopes[1:], task)]) == [False]

    assert await store.events(task.task_id) == [requested(task), enriching(task, 2)]
