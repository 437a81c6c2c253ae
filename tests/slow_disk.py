"""A disk that takes its time for each transaction: what gathers meanwhile is the house's doing, not the machine's."""

import time

from pathshala_common.store.sqlite.store import SQLiteStore

COMMIT_SECONDS = 0.02


async def slow_disk(store: SQLiteStore) -> None:
    """Give a store such a disk, for what it reads and what it writes."""
    for thread in (store._reader, store._writer):
        await thread.run(lambda connection: connection.set_trace_callback(take_time))


def take_time(statement: str) -> None:
    """Take the time that a statement needs there: SQLite tells of each that it runs."""
    if statement == "COMMIT":
        time.sleep(COMMIT_SECONDS)
