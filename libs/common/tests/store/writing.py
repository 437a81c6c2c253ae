"""A process that appends to a SQLite store as fast as it can, and says what was acknowledged. It ends by a kill."""

import asyncio
import sys

from libs.common.tests.store.examples import change, new_task, requested
from pathshala_common.store.sqlite.store import SQLiteStore

WRITERS = 8


async def write(store: SQLiteStore) -> None:
    while True:
        task = new_task()
        [applied] = await store.append([change(0, [requested(task)], task)])
        assert applied
        sys.stdout.write(f"{task.task_id}\n")
        sys.stdout.flush()


async def main(path: str) -> None:
    store = SQLiteStore(path)
    await store.open()
    await asyncio.gather(*(write(store) for _ in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
