"""A replica set as its clients see it, before one MongoDB: it elects, cuts connections, and keeps what was asked.

Each member is a port. All hand on to the one server behind them; the primary alone does so while there is one. What
a real member answers to a repeated retryable write, its first answer, is remembered here.
"""

import itertools
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import bson
from bson.objectid import ObjectId
from pymongo import MongoClient

from tests.servers.loopback import HOST, free_port
from tests.servers.mongodb import SET_NAME
from tests.servers.mongodb_url import of_database, on_hosts

HEADER, NUMBER = struct.Struct("<iiii"), struct.Struct("<i")
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
REPLY_HEAD = struct.pack("<iqii", 8, 0, 0, 1)
FLAGS_AND_KIND_BYTES = 5

HELLO = {"hello", "ismaster", "isMaster"}
ABLE: Mapping[str, Any] = {
    "ok": 1,
    "minWireVersion": 0,
    "maxWireVersion": 21,
    "maxBsonObjectSize": 16_777_216,
    "maxMessageSizeBytes": 48_000_000,
    "maxWriteBatchSize": 100_000,
    "logicalSessionTimeoutMinutes": 30,
}
ALWAYS = 1_000_000
PRIMARY_MILLISECONDS = 10_000
NOT_WRITABLE = (10107, "NotWritablePrimary")
REFUSALS = (
    NOT_WRITABLE,
    (189, "PrimarySteppedDown"),
    (91, "ShutdownInProgress"),
    (11602, "InterruptedDueToReplStateChange"),
    None,
)
"""How commands are met while there is no primary, in turn; None is a connection that is cut."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the wire protocol."""

    request_id: int
    kind: int
    body: bytes

    @property
    def command(self) -> dict[str, Any]:
        """The document that says what is asked; documents that come along in sections of their own are left out."""
        if self.kind == OP_MSG:
            return bson.decode(self._document)
        end_of_name = self.body.index(b"\0", 4)
        return bson.decode(self.body[end_of_name + 9 :])

    @property
    def _document(self) -> bytes:
        length: int = NUMBER.unpack_from(self.body, FLAGS_AND_KIND_BYTES)[0]
        return self.body[FLAGS_AND_KIND_BYTES : FLAGS_AND_KIND_BYTES + length]

    def without(self, field: str) -> "Message":
        """The same without a field that the server behind does not know."""
        document = self.command
        del document[field]
        rest = self.body[FLAGS_AND_KIND_BYTES + len(self._document) :]
        return Message(self.request_id, self.kind, self.body[:FLAGS_AND_KIND_BYTES] + bson.encode(document) + rest)

    def answered(self, document: Mapping[str, Any]) -> "Message":
        """An answer to it."""
        told = bson.encode(document)
        if self.kind == OP_MSG:
            return Message(self.request_id, OP_MSG, bytes(FLAGS_AND_KIND_BYTES) + told)
        return Message(self.request_id, OP_REPLY, REPLY_HEAD + told)

    def send(self, connection: socket.socket, *, answer: bool = False) -> None:
        """Send it, as a request or as the answer to the one whose number it has."""
        numbers = (0, self.request_id) if answer else (self.request_id, 0)
        connection.sendall(HEADER.pack(HEADER.size + len(self.body), *numbers, self.kind) + self.body)


def receive(connection: socket.socket) -> Message:
    """Read one message. Raises ConnectionError when the other side has hung up."""
    length, request_id, _, kind = HEADER.unpack(_exactly(connection, HEADER.size))
    return Message(request_id, kind, _exactly(connection, length - HEADER.size))


def primary(url: str) -> tuple[str, int]:
    """Find who takes writes: the server at `url`, or its set's primary."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(url, serverSelectionTimeoutMS=PRIMARY_MILLISECONDS) as client:
        client.admin.command("ping")
        found = client.address
    assert found is not None
    return found[0], found[1] or 27017


def _exactly(connection: socket.socket, size: int) -> bytes:
    read = bytearray()
    while len(read) < size:
        part = connection.recv(size - len(read))
        if not part:
            raise ConnectionError("hung up")
        read += part
    return bytes(read)


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


class MongoDBProxy:
    """A replica set of `members`, or with one member and no `set_name` a server by itself.

    `commands` are those that were handed on, as they were asked.
    """

    def __init__(self, server_url: str, *, members: int = 3, set_name: str | None = SET_NAME) -> None:
        """Stand before the server of this URL."""
        self._server_url, self._behind = server_url, primary(server_url)
        self._set_name = set_name
        self._ports = [free_port() for _ in range(members)]
        self._servers = [_Server((HOST, port), self._handler(index)) for index, port in enumerate(self._ports)]
        self._primary: int | None = 0
        self._term = 1
        self._refusals = itertools.cycle(REFUSALS)
        self._answers: dict[tuple[bytes, int], Message] = {}
        self._cut: tuple[str, str] | None = None
        self._cuts_left = self.cuts = 0
        self._cut_done = True
        self.commands: list[dict[str, Any]] = []

    def url(self, database: str, *options: str) -> str:
        """Address all members, with the set's name and further options."""
        named = [f"replicaSet={self._set_name}"] if self._set_name else []
        hosts = ",".join(f"{HOST}:{port}" for port in self._ports)
        return of_database(on_hosts(self._server_url, hosts), database, *named, *options)

    def start(self) -> None:
        """Take connections."""
        for server in self._servers:
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Take none any more."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @contextmanager
    def election(self) -> Iterator[None]:
        """Have no primary while inside; then the next member is it."""
        assert self._primary is not None
        following = (self._primary + 1) % len(self._ports)
        self._primary = None
        try:
            yield
        finally:
            self._term += 1
            self._primary = following

    @contextmanager
    def cutting(self, command: str, collection: str, *, times: int = ALWAYS, done: bool = True) -> Iterator[None]:
        """While inside, have such commands done, or not, and cut the connection instead of telling the answer."""
        self._cut, self._cuts_left, self._cut_done = (command, collection), times, done
        try:
            yield
        finally:
            self._cut = None

    def _handler(self, member: int) -> type[BaseRequestHandler]:
        proxy = self

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError), socket.create_connection(proxy._behind) as behind:
                    while answer := proxy._answer(member, receive(self.request), behind):
                        answer.send(self.request, answer=True)

        return Handler

    def _answer(self, member: int, message: Message, behind: socket.socket) -> Message | None:
        """Answer a message; None cuts its connection."""
        command = message.command
        if not HELLO.isdisjoint(command):
            return message.answered(self._hello(member))
        if member != self._primary:
            refusal = next(self._refusals) if self._primary is None else NOT_WRITABLE
            return message.answered(_refused(refusal, command)) if refusal else None
        return self._handed_on(message, command, behind)

    def _handed_on(self, message: Message, command: dict[str, Any], behind: socket.socket) -> Message | None:
        self.commands.append(command)
        cut = self._cut is not None and command.get(self._cut[0]) == self._cut[1] and self._cuts_left > 0
        if cut:
            self._cuts_left -= 1
            self.cuts += 1
        if cut and not self._cut_done:
            return None
        once = (bytes(command["lsid"]["id"]), int(command["txnNumber"])) if "txnNumber" in command else None
        if once in self._answers:
            answer = Message(message.request_id, message.kind, self._answers[once].body)
        else:
            (message.without("txnNumber") if once else message).send(behind)
            answer = Message(message.request_id, message.kind, receive(behind).body)
        if once:
            self._answers[once] = answer
        return None if cut else answer

    def _hello(self, member: int) -> dict[str, Any]:
        if self._set_name is None:
            return {**ABLE, "isWritablePrimary": True}
        hosts = [f"{HOST}:{port}" for port in self._ports]
        told = {**ABLE, "setName": self._set_name, "setVersion": 1, "hosts": hosts, "me": hosts[member]}
        if member == self._primary:
            return told | {
                "isWritablePrimary": True,
                "primary": hosts[member],
                "electionId": ObjectId(f"{self._term:024x}"),
            }
        return told | {"isWritablePrimary": False, "secondary": True}


def _refused(refusal: tuple[int, str], command: Mapping[str, Any]) -> dict[str, Any]:
    code, name = refusal
    labels = {"errorLabels": ["RetryableWriteError"]} if "txnNumber" in command else {}
    return {"ok": 0, "code": code, "codeName": name, "errmsg": name} | labels
