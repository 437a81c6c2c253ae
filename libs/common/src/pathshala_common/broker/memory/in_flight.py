"""The journal of messages in flight: the tasks that it holds at a start are those that the house before died over.

It is written to the operating system and not to the disk, which costs a few microseconds and survives the process.
A power cut loses it; that is no message's doing. What is taken in one turn of the event loop is noted in one write, and
handled after that.
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pathshala_common.contract.errors import BrokerUnavailable

FIELD_BYTES = 64
"""A task id and a queue's name are no longer."""

SLOT_BYTES = 2 * FIELD_BYTES + 2
"""A task id, the queue that gave it, and the end of a line."""

EMPTY = b"\n".rjust(SLOT_BYTES)


class InFlightJournal:
    """Notes the task and the queue of every delivery in hand. Without a path it notes nothing."""

    def __init__(self, path: Path | None = None) -> None:
        """Name the file, which belongs to one process."""
        self._path, self._file = path, -1
        self._free: list[int] = []
        self._slots = bytearray()
        self._from, self._until = 0, 0
        self._begin: list[Callable[[], None]] = []
        self._ending = False

    def open(self) -> frozenset[tuple[str, str]]:
        """Begin anew. Returns the tasks that were in hand when the process before died, each with its queue.

        There are none if it stopped in order.
        """
        if self._path is None:
            return frozenset()
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            left = self._path.read_bytes()
            os.ftruncate(self._file, 0)
        except OSError as error:
            raise BrokerUnavailable(f"{self._path} cannot be used: {error.strerror}") from error
        slots = (left[at : at + SLOT_BYTES] for at in range(0, len(left), SLOT_BYTES))
        return frozenset((_field(slot, 0), _field(slot, FIELD_BYTES + 1)) for slot in slots if slot.strip())

    def take(self, task_id: str, queue: str, begin: Callable[[], None]) -> int:
        """Note one delivery, and call `begin` once that is written. Returns its slot, to be put down once."""
        slot = self._free.pop() if self._free else len(self._slots) // SLOT_BYTES
        self._begin.append(begin)
        self._note(slot, b"%b %b\n" % (_fixed(task_id), _fixed(queue)))
        return slot

    def put_down(self, slot: int) -> None:
        """Note that it is settled."""
        self._note(slot, EMPTY)
        self._free.append(slot)

    def close(self) -> None:
        """Leave nothing in hand."""
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1

    def _note(self, slot: int, line: bytes) -> None:
        at = slot * SLOT_BYTES
        self._slots[at : at + SLOT_BYTES] = line
        self._from, self._until = min(self._from, at), max(self._until, at + SLOT_BYTES)
        if not self._ending:
            self._ending = True
            asyncio.get_running_loop().call_soon(self._end_turn)

    def _end_turn(self) -> None:
        """Write all notes of this turn, from the first to the last; then let what was taken begin."""
        if self._file >= 0:
            with suppress(OSError):  # a full disk costs the note and nothing else
                os.pwrite(self._file, memoryview(self._slots)[self._from : self._until], self._from)
        self._from, self._until, self._ending = len(self._slots), 0, False
        begin, self._begin = self._begin, []
        for begun in begin:
            begun()


def _fixed(text: str) -> bytes:
    return text.encode(errors="replace")[:FIELD_BYTES].ljust(FIELD_BYTES)


def _field(slot: bytes, at: int) -> str:
    return slot[at : at + FIELD_BYTES].decode(errors="replace").strip()
