"""Brings a SQLite file up to what this version needs, as a house does at its start."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from pathshala_common.store.sqlite.file import is_owned
from pathshala_common.store.sqlite.store import SQLiteStore


async def migrate(path: str | Path, *, drop: bool) -> Sequence[str]:  # noqa: ARG001 - one process has the file, so nothing is left for older ones
    """Make the file, or bring it up; a house that owns it did so. Returns what there is to say.

    Raises SettingsError or StoreUnavailable.
    """
    file = Path(path)
    if await asyncio.to_thread(lambda: file.exists() and is_owned(file)):
        return [f"{file} is owned by a running house, which brought it up at its start"]
    store = SQLiteStore(file)
    await store.open()
    await store.close()
    return [f"{file} is what this version needs"]
