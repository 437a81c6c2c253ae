"""A client of one MongoDB database: it answers in time, or says StoreUnavailable."""

import asyncio
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    ConfigurationError,
    InvalidURI,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)
from pymongo.read_concern import ReadConcern

from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.store.mongodb import address

DATABASE = "pathshala"
TIMEOUT_SECONDS = 3.0
REASON_LENGTH_MAX = 300

NEVER_ASKED = (ServerSelectionTimeoutError, WaitQueueTimeoutError)
"""After these alone it is sure that nothing was written. PyMongo repeats a write, and tells the last failure that says
something: before a refusal of the second attempt may lie a first one of which nobody knows."""


def database_of(client: AsyncMongoClient[dict[str, Any]]) -> AsyncDatabase[dict[str, Any]]:
    """Give the database that the URL names, of which no answer is taken back by an election.

    What is read or written is journaled by a majority, and read from the primary. The URL may ask for less (`w=1`,
    `journal=false`, `readPreference=secondary`): what is set here, and not at the client, wins over it.
    """
    return client.get_default_database(
        DATABASE,
        read_preference=ReadPreference.PRIMARY,
        write_concern=WriteConcern(w="majority", j=True),
        read_concern=ReadConcern("majority"),
    )


class MongoLink:
    """A client that gives each operation up after `timeout_seconds`, unless the URL names another time."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Name the server and, as the URL's path, the database. Raises SettingsError for a wrong URL."""
        self._url, self._timeout_ms = url, round(timeout_seconds * 1000)
        self._client: AsyncMongoClient[dict[str, Any]] | None = None
        self._made()  # and left: what is wrong with a URL is told before anything starts

    def open(self) -> None:
        """Make the client; it connects when it is used."""
        self._client = self._made()

    def _made(self) -> AsyncMongoClient[dict[str, Any]]:
        try:
            with warnings.catch_warnings():
                # Of an option that it cannot use PyMongo only warns, and goes on without it.
                warnings.simplefilter("error", UserWarning)
                return AsyncMongoClient(self._url, **address.options(self._url, self._timeout_ms))
        except (ConfigurationError, InvalidURI, ValueError, UserWarning) as error:
            raise SettingsError(f"the MongoDB URL cannot be used: {address.fault(self._url, error)}") from None

    async def reach(self) -> None:
        """Make the client and ask the server. Raises StoreUnavailable without an answer."""
        self.open()
        async with self.database() as database:
            await database.command("ping")

    async def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    @asynccontextmanager
    async def database(self) -> AsyncGenerator[AsyncDatabase[dict[str, Any]], None]:
        """Give the database; say StoreUnavailable for the server's failures."""
        if self._client is None:
            raise StoreUnavailable("the MongoDB store is not open")
        try:
            yield database_of(self._client)
        except PyMongoError as error:
            # Behind the first clause PyMongo tells of its whole topology.
            reason = str(error).partition(", Timeout:")[0][:REASON_LENGTH_MAX]
            raise StoreUnavailable(f"MongoDB: {reason}", unsure=not isinstance(error, NEVER_ASKED)) from error
        finally:
            _pass_on_cancellation()


def _pass_on_cancellation() -> None:
    """Raise the CancelledError that asyncio.wait_for of Python 3.11, which PyMongo waits by, may have swallowed."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
