"""A transport that sends together what one turn of the event loop writes: an answer's head goes with its body.

uvicorn writes them one after the other, and uvloop sends each at once: two calls of the system and two packets.
"""

import asyncio
from collections.abc import Callable
from typing import Any

GATHERED_MAX_BYTES = 65_536
"""More is sent at once, so that who writes without end is told by the transport to wait."""


class GatheringTransport(asyncio.Transport):
    """Gives on to a transport what is written, at the end of the turn at the latest."""

    def __init__(self, transport: asyncio.Transport, call_soon: Callable[[Callable[[], None]], object]) -> None:
        """Have gathered nothing. `call_soon` is the loop's."""
        super().__init__()
        self._transport, self._call_soon = transport, call_soon
        self._gathered = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Gather; send, if there is much of it."""
        if not self._gathered:
            self._call_soon(self._send)
        self._gathered += data
        if len(self._gathered) > GATHERED_MAX_BYTES:
            self._send()

    def _send(self) -> None:
        if self._gathered:
            gathered, self._gathered = self._gathered, bytearray()
            self._transport.write(gathered)

    def get_write_buffer_size(self) -> int:
        """Count what is gathered, too."""
        return self._transport.get_write_buffer_size() + len(self._gathered)

    def write_eof(self) -> None:
        """Send all, then say that it was all."""
        self._send()
        self._transport.write_eof()

    def close(self) -> None:
        """Send all, then close."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Close at once, sent or not."""
        self._gathered.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether it is closed, or will be once all is sent."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Read no more."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Tell of the connection."""
        return self._transport.get_extra_info(name, default)
