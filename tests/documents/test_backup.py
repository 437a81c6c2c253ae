"""The recipe of docs/operating.md for a backup of SQLite is run as it stands there, beside a store that writes."""

import asyncio
import re
import shutil
from pathlib import Path

from libs.common.tests.store.examples import new_task, put
from pathshala_common.contract.lesson import Task
from pathshala_common.store.sqlite.store import SQLiteStore

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
BEFORE, AT_ONCE = 50, 5


def recipes() -> list[str]:
    """The commands under the heading SQLite, a block each."""
    section = PAGE.read_text().partition("\n### SQLite\n")[2].partition("\n### ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


async def run(recipe: str, folder: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    done = await asyncio.create_subprocess_exec(bash, "-ec", recipe, cwd=folder)
    assert await done.wait() == 0, recipe


async def test_a_backup_beside_a_store_that_writes_has_all_that_was_written_before_and_can_be_restored(
    tmp_path: Path,
) -> None:
    backup, restore = recipes()
    before, during = [new_task() for _ in range(BEFORE)], list[Task]()
    store = SQLiteStore(tmp_path / "pathshala.db")
    await store.open()
    await put(store, *before)

    running = asyncio.create_task(run(backup, tmp_path))
    while not running.done():
        more = [new_task() for _ in range(AT_ONCE)]
        await put(store, *more)
        during += more
    await running
    await store.close()
    assert during

    await run(restore.partition("scripts/run")[0], tmp_path)
    restored = SQLiteStore(tmp_path / "pathshala.db")
    await restored.open()
    assert [await restored.task(task.task_id) for task in before] == before
    known = [await restored.task(task.task_id) is not None for task in during]
    await restored.close()
    assert known == sorted(known, reverse=True), "it is of one moment: what was written later is all missing"
