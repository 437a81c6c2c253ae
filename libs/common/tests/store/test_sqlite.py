"""What only the SQLite store promises: one owner, nothing lost by a kill, and a full disk is waited out."""

import asyncio
import contextlib
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    change,
    enriching,
    failed,
    in_status,
    new_task,
    put,
    request,
    requested,
)
from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.operator import Extent
from pathshala_common.contract.ports.store import Load, Logged
from pathshala_common.contract.summary import summary_of
from pathshala_common.store.records import task_record
from pathshala_common.store.sqlite import log_reader, outbox, retention, schema
from pathshala_common.store.sqlite.file import is_owned
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.waiting import one_turn

ROOT = Path(__file__).parents[4]
WRITES_BEFORE_KILL = 100
DIARY = "dear diary\n" * 1_000


@pytest.fixture
def diary(path: Path) -> Path:
    """A file that is no database."""
    path.write_text(DIARY)
    return path


@pytest.fixture
def again(path: Path) -> Again:
    return lambda: SQLiteStore(path)


async def refused(path: Path) -> str:
    """The reason why a file is not opened: one line."""
    with pytest.raises(SettingsError) as error:
        await SQLiteStore(path).open()
    assert "\n" not in str(error.value)
    return str(error.value)


def integrity(path: Path) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()


async def write_until_killed(path: Path) -> list[str]:
    """Give the ids of the tasks that the process said were kept before SIGKILL ended it."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "libs.common.tests.store.writing", str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout
    async with asyncio.timeout(30):
        said = [await writer.stdout.readline() for _ in range(WRITES_BEFORE_KILL)]
        writer.send_signal(signal.SIGKILL)
        said += (await writer.stdout.read()).splitlines(keepends=True)
        await writer.wait()
    return [line.decode().strip() for line in said if line.endswith(b"\n")]


async def test_five_kills_lose_nothing_that_was_acknowledged(path: Path) -> None:
    acknowledged: list[str] = []
    for _ in range(5):
        acknowledged += await write_until_killed(path)

    store = SQLiteStore(path)
    await store.open()
    kept = [task_id for task_id in acknowledged if await store.task(task_id) and await store.events(task_id)]
    counted = await store.status_counts(NOON)
    listed = await store.unfinished(limit=1_000_000)
    await store.close()

    assert len(acknowledged) >= 5 * WRITES_BEFORE_KILL
    assert kept == acknowledged
    assert counted[Status.PENDING] == len(listed)
    assert integrity(path) == "ok"


async def test_a_second_owner_is_refused_until_the_first_is_gone(store: SQLiteStore, path: Path) -> None:
    assert await refused(path) == f"the SQLite file {path} is in use by another process"

    await store.close()
    second = SQLiteStore(path)
    await second.open()
    assert await second.fault() is None
    await second.close()


async def test_no_other_name_of_the_file_passes_the_lock(store: SQLiteStore, path: Path) -> None:
    hard, soft = path.with_name("hard.db"), path.with_name("soft.db")
    hard.hardlink_to(path)
    soft.symlink_to(path)

    assert [await refused(name) for name in (hard, soft)] == [
        f"the SQLite file {name} is in use by another process" for name in (hard, soft)
    ]
    assert await store.fault() is None, "who was refused took none of the locks of the owner with it"
    assert is_owned(hard)

    await store.close()
    assert "hard link" in await refused(hard)
    hard.unlink()
    reopened = SQLiteStore(soft)
    await reopened.open()
    await reopened.close()
    assert not is_owned(path)


async def test_a_process_that_owns_the_file_keeps_others_out(path: Path) -> None:
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "libs.common.tests.store.writing", str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout
    await writer.stdout.readline()

    reason = await refused(path)

    writer.kill()
    await writer.communicate()
    assert reason.endswith("is in use by another process")


async def test_a_file_that_is_no_database_is_refused_and_left_alone(diary: Path) -> None:
    assert "not a database" in await refused(diary)
    assert await asyncio.to_thread(diary.read_text) == DIARY


async def test_a_database_of_another_program_is_refused(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (title)")
    connection.close()

    assert "another program" in await refused(path)


async def test_a_file_of_a_newer_version_is_refused(store: SQLiteStore, path: Path) -> None:
    await store.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    assert "newer version" in await refused(path)


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "cannot be used" in await refused(tmp_path)


async def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "No such file or directory" in await refused(tmp_path / "nowhere" / "pathshala.db")


async def test_a_refused_open_gives_the_file_back(diary: Path) -> None:
    assert await refused(diary) == await refused(diary)


async def test_a_full_disk_is_said_and_waited_out(store: SQLiteStore, path: Path) -> None:
    pages = await store._writer.run(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await store._writer.run(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages + 20}").fetchone())
    kept: list[Task] = []

    async def fill() -> None:
        for _ in range(1_000):
            task = new_task()
            await store.append([change(0, [requested(task)], task)])
            kept.append(task)

    with pytest.raises(StoreUnavailable, match="full"):
        await fill()

    assert [await store.task(task.task_id) for task in kept] == kept
    assert integrity(path) == "ok"

    await store._writer.run(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchone())
    await put(store, new_task())
    assert await store.fault() is None
    assert (await store.status_counts(NOON))[Status.PENDING] == len(kept) + 1


async def test_what_arrives_together_is_committed_together_and_fails_alone(store: SQLiteStore) -> None:
    good = [new_task() for _ in range(50)]
    unspeakable = request().model_copy(update={"user_id": "\ud800"})
    bad = Task.model_construct(task_id="bad", request=unspeakable)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO tasks (task_id) VALUES ('half')")

    outcomes = await asyncio.gather(
        *(store.create(task, requested(task), send_by=NOON) for task in good[:25]),
        store._writer.run(fail),
        store.create(bad, requested(good[0]), send_by=NOON),
        *(store.create(task, requested(task), send_by=NOON) for task in good[25:]),
        return_exceptions=True,
    )

    assert [*outcomes[:25], *outcomes[27:]] == good
    assert isinstance(outcomes[25], sqlite3.IntegrityError)
    assert isinstance(outcomes[26], Exception)
    assert (await store.status_counts(NOON))[Status.PENDING] == 50
    assert await store.task("half") is None


async def test_close_waits_for_what_is_under_way(path: Path) -> None:
    store = SQLiteStore(path)
    await store.open()
    tasks = [new_task() for _ in range(100)]
    writes = [asyncio.create_task(store.create(task, requested(task), send_by=NOON)) for task in tasks]
    await one_turn()

    await store.close()

    assert await asyncio.gather(*writes) == tasks


async def test_a_store_that_is_not_open_says_so(path: Path) -> None:
    store = SQLiteStore(path)

    with pytest.raises(StoreUnavailable, match="not open"):
        await store.claim_outbox(NOON, until=NOON + HOUR, limit=1)
    assert await store.fault() == "the SQLite store is not open"
    await store.close()


async def test_the_same_object_can_be_opened_again(store: SQLiteStore) -> None:
    task = new_task()
    await put(store, task)
    await store.close()
    await store.open()

    assert await store.task(task.task_id) == task


@pytest.mark.parametrize(
    ("clause", "index"),
    [
        ("(finished_at IS NULL OR finished_at >= 1) ORDER BY created_at DESC, task_id DESC LIMIT 5", "tasks_created"),
        ("user_id = 'a' AND (created_at, task_id) < (1, 'a') ORDER BY created_at DESC, task_id DESC", "tasks_user"),
        ("status = 'failed' ORDER BY created_at DESC, task_id DESC LIMIT 5", "tasks_status"),
        ("lesson_key = 'k' ORDER BY created_at DESC, task_id DESC LIMIT 5", "tasks_lesson"),
        ("deadline < 1 AND finished_at IS NULL ORDER BY deadline LIMIT 5", "tasks_deadline"),
        ("task_id > 'a' AND finished_at IS NULL ORDER BY task_id LIMIT 5", "tasks_unfinished"),
        ("outbox_due <= 1 ORDER BY outbox_due LIMIT 5", "tasks_outbox"),
        ("user_id = 'a' AND outbox_held IS NOT NULL ORDER BY created_at LIMIT 5", "tasks_held"),
        ("finished_at < 1 ORDER BY finished_at LIMIT 5", "tasks_finished"),
    ],
)
async def test_every_list_is_a_range_of_an_index(store: SQLiteStore, clause: str, index: str) -> None:
    query = f"EXPLAIN QUERY PLAN SELECT document FROM tasks WHERE {clause}"

    plan = await store._reader.run(lambda connection: connection.execute(query).fetchall())

    assert index in str(plan)
    assert "TEMP B-TREE" not in str(plan)


async def test_loads_are_counted_in_their_index_alone(store: SQLiteStore) -> None:
    query = f"EXPLAIN QUERY PLAN {outbox.LOADS}"

    plan = await store._reader.run(lambda connection: connection.execute(query).fetchall())

    assert "COVERING INDEX tasks_load" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


async def test_a_cut_log_is_not_empty_to_who_saw_it_so(store: SQLiteStore) -> None:
    task = new_task()
    await store.append([change(0, [requested(task), failed(task)], in_status(task, Status.FAILED))])
    await store.cut_logs(NOON + HOUR, limit=1)

    assert await store.append([change(0, [enriching(task)], task)]) == [False]
    assert await store.events(task.task_id) == [failed(task)]


async def test_an_old_log_is_found_by_its_type_and_time(store: SQLiteStore) -> None:
    values = {"type": "ProviderAnswered", "before": 1, "limit": 1}
    query = f"EXPLAIN QUERY PLAN {retention.OLD}"

    plan = await store._reader.run(lambda connection: connection.execute(query, values).fetchall())

    assert "COVERING INDEX events_type (type=? AND time<?)" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


async def test_a_page_of_the_log_is_a_range_of_an_index(store: SQLiteStore) -> None:
    query = f"EXPLAIN QUERY PLAN {log_reader.RANGE}"

    plan = await store._reader.run(lambda connection: connection.execute(query, ("a", 1, "a", 1, 2, 5)).fetchall())

    assert "COVERING INDEX events_type (type=? AND (time,task_id,position)>(?,?,?)" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


async def test_a_file_of_the_second_version_is_brought_up_with_its_log(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as old:
        for statement in (*schema.FIRST, *schema.HELD_BACK, "PRAGMA user_version = 2"):
            old.execute(statement)
        event = requested(new_task())
        old.execute(
            "INSERT INTO events (task_id, position, id, raw) VALUES (?, 1, ?, ?)", (event.task_id, event.id, event.raw)
        )
        old.commit()
    log = log_reader.SQLiteLog(path)
    with pytest.raises(SettingsError, match="older version"):
        await log.open()
    store = SQLiteStore(path)
    await store.open()
    assert await store.event_count() == 1
    await store.close()
    await log.open()

    assert await log.page(Extent(10, NOON, NOON + HOUR, frozenset({event.type}))) == [Logged(1, event)]
    await log.close()


async def test_a_file_of_the_first_version_is_brought_up_with_its_tasks(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with contextlib.closing(sqlite3.connect(path)) as old:
        for statement in (*schema.FIRST, "PRAGMA user_version = 1"):
            old.execute(statement)
        task = new_task()
        record = task_record(task, 0) | {"outbox_due": 1, "outbox": requested(task).raw}
        columns = [row[1] for row in old.execute("PRAGMA table_info(tasks)") if row[1] in record]
        values = ", ".join(f":{name}" for name in columns)
        old.execute(f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({values})", record)
        old.commit()
    store = SQLiteStore(path)
    await store.open()

    assert await store.loads() == {"asha": Load(queued=1)}
    assert await store.unfinished(limit=10) == [summary_of(task)]
    assert await store.claim_outbox(NOON, until=NOON + HOUR, limit=10) == [requested(task)]
    await store.close()
