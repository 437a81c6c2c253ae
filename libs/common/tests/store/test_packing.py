"""Long events are packed in a SQLite file: every reader gets their bytes, and what cannot be unpacked is unreadable."""

import sqlite3
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import (
    NOON,
    change,
    failed,
    generated,
    in_status,
    new_task,
    recorded,
    requested,
    stored,
    told,
)
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import EVENTS, ProviderAnswered
from pathshala_common.contract.lesson import Status, Task, lesson_key
from pathshala_common.contract.ports.operator import Extent
from pathshala_common.contract.ports.store import Change, EditionSearch, Logged, Unreadable
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.store.records import EPOCH
from pathshala_common.store.sqlite import packing
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.packing import (
    DICTIONARIES,
    PACKED,
    PACKED_MIN_BYTES,
    STREAM_BEGINS,
    UNPACKED_MAX_BYTES,
    packed,
    unpacked,
)
from pathshala_common.store.sqlite.store import SQLiteStore

VERBS = lesson_key("english", "verbs")
RECORDING = ProviderAnswered.__name__
LONG = b'{"said": "%b"}' % (b"A lesson on the request's topic. " * 100)


def packed_anyhow(event: bytes) -> bytes:
    """Pack an event, whatever its type and length."""
    stream = packing._primed().copy()
    return stream.compress(event) + stream.flush()


@pytest.fixture
def again(path: Path) -> Again:
    return lambda: SQLiteStore(path)


@pytest.fixture
async def log(store: SQLiteStore, path: Path) -> AsyncIterator[SQLiteLog]:
    del store  # makes the file
    opened = SQLiteLog(path)
    await opened.open()
    yield opened
    await opened.close()


def long_recording(task: Task) -> Envelope:
    call = ProviderCall.recorded("openai", "Write the lesson. " * 500, seconds=1, status=200, answer="{}")
    return told(ProviderAnswered(task_id=task.task_id, attempt=1, service="generator", call=call))


async def kept(store: SQLiteStore, task: Task) -> list[bytes]:
    """Give what the file keeps of a task's events."""
    query = "SELECT raw FROM events WHERE task_id = ? ORDER BY position"
    rows = await store._reader.run(lambda connection: connection.execute(query, (task.task_id,)).fetchall())
    return [row[0] for row in rows]


async def keep(store: SQLiteStore, task: Task, position: int, raw: bytes) -> None:
    """Have the file keep something else of an event; the store's memory of its task is lost too."""
    values = raw, task.task_id, position
    await store._writer.run(
        lambda connection: connection.execute("UPDATE events SET raw = ? WHERE task_id = ? AND position = ?", values)
    )
    store._heads.clear()


# what is packed


def test_streams_tell_dictionaries_apart() -> None:
    assert len(packing._dictionaries()) == len(DICTIONARIES)


@pytest.mark.parametrize("length", [PACKED_MIN_BYTES, 5_000, 1_000_000])
def test_an_event_comes_back_as_it_was(length: int) -> None:
    event = (LONG * (1 + length // len(LONG)))[:length]

    assert len(packed(RECORDING, event)) < len(event) / 2
    assert unpacked(packed(RECORDING, event)) == event


@pytest.mark.parametrize("name", sorted(PACKED))
def test_long_events_that_few_read_are_packed(name: str) -> None:
    assert unpacked(packed(name, LONG)) == LONG != packed(name, LONG)


@pytest.mark.parametrize("name", sorted({event.__name__ for event in EVENTS} - PACKED))
def test_lessons_requests_and_all_else_stay_plain(name: str) -> None:
    assert packed(name, LONG) == LONG


@pytest.mark.parametrize("length", [0, 1, PACKED_MIN_BYTES - 1, UNPACKED_MAX_BYTES])
def test_a_short_event_stays_plain_and_one_without_measure_too(length: int) -> None:
    assert unpacked(packed(RECORDING, b"{" * length)) == packed(RECORDING, b"{" * length) == b"{" * length


async def test_the_file_keeps_a_recording_packed(store: SQLiteStore) -> None:
    task = new_task()
    events = [requested(task), long_recording(task)]

    await store.append([change(0, events, task)])

    first, recording = await kept(store, task)
    assert first == events[0].raw
    assert len(recording) < len(events[1].raw) / 10
    assert await store.events(task.task_id) == events


async def test_what_was_logged_before_there_was_packing_is_read(store: SQLiteStore) -> None:
    task = new_task()
    event = long_recording(task)
    await store.append([change(0, [event], task)])

    await keep(store, task, 1, event.raw)

    assert await store.events(task.task_id) == [event]


# who reads


async def test_every_reader_unpacks(store: SQLiteStore, log: SQLiteLog) -> None:
    """All that the file has is packed, whatever its type: a later version may pack more."""
    completed, ended, waiting = new_task(), new_task(), new_task()
    lesson = [requested(completed), recorded(completed), generated(completed), stored(completed, 1, serial=1)]
    await store.append(
        [
            change(0, lesson, in_status(completed, Status.COMPLETED, NOON)),
            change(0, [requested(ended), failed(ended)], in_status(ended, Status.FAILED, NOON)),
            change(0, [requested(waiting)], waiting),
            Change(waiting.task_id, 1, [long_recording(waiting)], None),
        ]
    )
    plain = await all_that_is_read(store, log, completed, ended, waiting)

    await store._writer.run(pack_all)

    assert await all_that_is_read(store, log, completed, ended, waiting) == plain
    in_file = [raw for task in (completed, ended, waiting) for raw in await kept(store, task)]
    assert all(raw.startswith(STREAM_BEGINS) for raw in in_file)


def pack_all(connection: sqlite3.Connection) -> None:
    connection.create_function("packed_anyhow", 1, lambda raw: packed_anyhow(unpacked(raw)))
    connection.execute("UPDATE events SET raw = packed_anyhow(raw)")


async def all_that_is_read(store: SQLiteStore, log: SQLiteLog, *tasks: Task) -> Sequence[object]:
    """Ask whoever reads events, each in its way."""
    store._heads.clear()
    [edition] = await store.editions_of(VERBS)
    read: list[object] = [
        await store.outcomes([task.task_id for task in tasks]),
        await store.streams([requested(task) for task in tasks]),
        await store.stored(VERBS),
        await store.lesson(edition.edition, edition.revision),
        await store.revisions(VERBS, limit=10),
        await store.editions(EditionSearch(limit=10)),
        await log.page(Extent(limit=100)),
        [one.raw for entries in (await log.tasks(after="", limit=10)).values() for one in entries],
    ]
    for task in tasks:
        read += [await store.events(task.task_id), await store.logged(task.task_id, after=0, limit=10)]
        read += [await log.task(task.task_id)]
    assert all(read)
    return read


# what cannot be unpacked


def cut_short(stream: bytes) -> bytes:
    return stream[:-4]


def one_bit_turned(stream: bytes) -> bytes:
    middle = len(stream) // 2
    return stream[:middle] + bytes([stream[middle] ^ 1]) + stream[middle + 1 :]


def of_an_unknown_dictionary(_stream: bytes) -> bytes:
    stream = zlib.compressobj(zdict=b"Words of a later version.")
    return stream.compress(LONG) + stream.flush()


def of_no_dictionary(_stream: bytes) -> bytes:
    return zlib.compress(LONG)


def without_measure(_stream: bytes) -> bytes:
    return packed_anyhow(b"{" * (UNPACKED_MAX_BYTES + 1))


def begun_and_no_more(stream: bytes) -> bytes:
    return stream[:1]


BREAKS: Sequence[Callable[[bytes], bytes]] = (
    cut_short,
    one_bit_turned,
    of_an_unknown_dictionary,
    of_no_dictionary,
    without_measure,
    begun_and_no_more,
)


@pytest.mark.parametrize("broken", BREAKS)
def test_what_cannot_be_unpacked_stays_as_it_is(broken: Callable[[bytes], bytes]) -> None:
    stream = broken(packed(RECORDING, LONG))

    assert unpacked(stream) == stream


@pytest.mark.parametrize("broken", BREAKS)
async def test_what_cannot_be_unpacked_is_unreadable_and_harms_no_other(
    broken: Callable[[bytes], bytes], store: SQLiteStore, log: SQLiteLog
) -> None:
    task, other = new_task(), new_task()
    recording = long_recording(task)
    await store.append([change(0, [requested(task)], task), Change(task.task_id, 1, [recording], None)])
    await store.append([change(0, [requested(other), long_recording(other)], other)])
    garbage = broken(packed(RECORDING, recording.raw))

    await keep(store, task, 2, garbage)

    unreadable = Unreadable(2, task.task_id, EPOCH, "", garbage, "not JSON: expected value at line 1 column 1")
    first = Logged(1, requested(task))
    assert await log.task(task.task_id) == await store.logged(task.task_id, after=0, limit=9) == [first, unreadable]
    assert sorted(map(type, await log.page(Extent(limit=9))), key=str) == [Logged, Logged, Logged, Unreadable]
    assert {name: len(entries) for name, entries in (await log.tasks(after="", limit=9)).items()} == {
        task.task_id: 2,
        other.task_id: 2,
    }
    assert await store.events(task.task_id) == [requested(task)]
    streams = await store.streams([requested(task), requested(other)])
    assert streams[task.task_id].fault == unreadable.reason
    assert streams[other.task_id].fault is None
