"""A receiver of webhooks: a real HTTP server that notes what it is sent, and answers as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

HANGS = 0
"""Instead of a status: the request is read, and never answered."""

Answer = tuple[int, Mapping[str, str]]
WELL: Answer = (204, {})


@dataclass(frozen=True, slots=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def identity(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> dict[str, Any]:
        """Its body, read."""
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass
class Receiver:
    """Gives its answers by path, one after the other, the last again and again; those of no path are well."""

    answers: dict[str, Sequence[Answer]] = field(default_factory=dict)
    host: str = "127.0.0.1"
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.host, 0)
        self._open: set[asyncio.StreamWriter] = set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._open:
            writer.close()

    @property
    def port(self) -> int:
        """The free port that it took."""
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, path: str = "/", name: str | None = None) -> str:
        """An address of it, by its IP address or by a name."""
        return f"http://{name or self.host}:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        """What came to a path."""
        return [one for one in self.received if one.path == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        path = head[0].split()[1]
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        count = len(self.at(path))
        self.received.append(Received(path, headers, body))
        answers = self.answers.get(path, [WELL])
        status, more = answers[min(count, len(answers) - 1)]
        if status == HANGS:
            return
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in more.items()), "Connection: close"]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def forbidden_receiver() -> AsyncIterator[Receiver]:
    """A server of the machine itself, where no webhook may go: it sees to it that nobody came."""
    async with Receiver(host="127.0.0.2") as there:
        yield there
        assert there.connections == 0
