"""A lean HTTP/1.1 client for loopback: kept connections, one request at a time on each, no redirects, no chunks."""

import asyncio
import re
from typing import cast

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
ANSWER_SECONDS = 60.0

Answer = tuple[int, bytes]
"""Status and body."""


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("closed before its answer"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(HEAD_END)
        length = LENGTH.search(head)
        if found and len(body) >= (int(length[1]) if length else 0):
            self._received = b""
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result((int(head[9:12]), body))

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Client:
    """Asks one server on loopback; makes as many connections as there are requests at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []

    async def get(self, path: str) -> Answer:
        """GET."""
        return await self._ask(b"GET %s HTTP/1.1\r\nhost: bench\r\n\r\n" % path.encode())

    async def post(self, path: str, body: bytes) -> Answer:
        """POST JSON."""
        head = b"POST %s HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        return await self._ask(head % (path.encode(), len(body)) + body)

    async def _ask(self, request: bytes) -> Answer:
        connection = await self._connection()
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await connection.ask(request)
        self._idle.append(connection)
        return answer

    async def _connection(self) -> _Connection:
        while self._idle:
            if (connection := self._idle.pop()).open:
                return connection
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        return made

    def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().close()
