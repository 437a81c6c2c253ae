"""The store, opened for a command: a SQLite file only while no house runs on it, since that one owns it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pathshala_common.contract.errors import InUseError, SettingsError
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime import connect
from pathshala_common.runtime.settings import Settings


@asynccontextmanager
async def opened(settings: Settings, route: str) -> AsyncIterator[Store]:
    """Open the store that the settings name; `route` does the same at a house that runs.

    Raises SettingsError and StoreUnavailable.
    """
    store = connect.store(settings)
    try:
        await store.open()
    except InUseError as error:
        raise SettingsError(f"{error}: ask the house that runs on it, by {route}") from error
    try:
        yield store
    finally:
        await store.close()
