"""A SQLite connection on a thread of its own: calls that wait together share one transaction.

A commit with a full synchronisation costs as much for a hundred calls as for one, so whatever arrives while one
group is being committed goes together as the next.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

from pathshala_common.contract.errors import StoreUnavailable

T = TypeVar("T")

GROUP_MAX = 1_000


@dataclass(slots=True)
class _Call:
    """One caller's work and what came of it."""

    work: Callable[[sqlite3.Connection], Any]
    answer: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class Transactional(Protocol):
    """Something in memory that follows the transactions, told of each end on the connection's thread."""

    def commit(self) -> None:
        """The transaction is on the disk; nobody was told yet."""

    def roll_back(self) -> None:
        """It changed nothing."""


class SQLiteThread:
    """Owns the connection that `connect` makes. `begin` opens the transaction of each group."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        *,
        begin: str,
        group_max: int = GROUP_MAX,
        memory: Transactional | None = None,
    ) -> None:
        """Take at most `group_max` calls into one transaction; `memory` follows it."""
        self._connect, self._begin, self._group_max, self._memory = connect, begin, group_max, memory
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._thread: Thread | None = None

    async def start(self) -> None:
        """Connect; raises what `connect` raises."""
        self._loop = asyncio.get_running_loop()
        connected: asyncio.Future[None] = self._loop.create_future()
        thread = Thread(target=self._live, args=[_Call(lambda _: None, connected)], daemon=True)
        thread.start()
        await connected
        self._thread = thread

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Give what `work` returns, once its transaction is committed.

        Raises StoreUnavailable if the database cannot do it now. `work` may be called twice: a fault of one call
        rolls its group back, and each is then tried alone.
        """
        if self._thread is None:
            raise StoreUnavailable("the SQLite store is not open")
        call = _Call(work, self._loop.create_future())
        self._calls.put(call)
        result: T = await call.answer
        return result

    async def close(self) -> None:
        """Finish what waits, and close the connection."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            self._calls.put(None)
            await asyncio.to_thread(thread.join)

    def _live(self, opening: _Call) -> None:
        try:
            connection = self._connect()
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the one who opens
            opening.error = error
            self._loop.call_soon_threadsafe(_deliver, [opening])
            return
        self._loop.call_soon_threadsafe(_deliver, [opening])
        with contextlib.closing(connection):
            while group := self._next_group():
                self._answer(connection, group)

    def _next_group(self) -> list[_Call]:
        """Wait for a call and take those behind it along; nothing once the thread is to end."""
        group: list[_Call] = []
        call = self._calls.get()
        while call is not None:
            group.append(call)
            if len(group) == self._group_max or self._calls.empty():
                return group
            call = self._calls.get()
        if group:
            self._calls.put(None)
        return group

    def _answer(self, connection: sqlite3.Connection, group: Sequence[_Call]) -> None:
        try:
            connection.execute(self._begin)
            for call in group:
                call.result = call.work(connection)
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who wait
            _roll_back(connection)
            if self._memory is not None:
                self._memory.roll_back()
            down = _is_down(error)
            if len(group) > 1 and not down:
                for call in group:
                    self._answer(connection, [call])
                return
            for call in group:
                call.error = StoreUnavailable(f"SQLite: {error}", unsure=_may_outlive(error)) if down else error
        else:
            if self._memory is not None:
                self._memory.commit()
        self._loop.call_soon_threadsafe(_deliver, group)


def _deliver(group: Sequence[_Call]) -> None:
    """Standing those who still wait; runs in the event loop, once a group."""
    for call in group:
        if call.answer.done():
            continue
        if call.error is not None:
            call.answer.set_exception(call.error)
        else:
            call.answer.set_result(call.result)


def _is_down(error: Exception) -> bool:
    """Whether the database is at fault (disk full or broken, file damaged or locked) and not what was asked of it."""
    return type(error) in {sqlite3.OperationalError, sqlite3.DatabaseError}


def _may_outlive(error: Exception) -> bool:
    """Whether a crash could bring back what was rolled back: a commit that was written, and is not known to be safe."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_IOERR


def _roll_back(connection: sqlite3.Connection) -> None:
    """Undo, unless SQLite has already undone it by itself, as it does when the disk is full."""
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
