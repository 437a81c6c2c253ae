"""The bounds of HTTP clients in time, size and number, and the rule of who gives way when there is no room."""

import resource
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

CONNECTIONS_MAX = 10_000
CONNECTIONS_SHARE = 0.75
"""The share of file handles for clients; the others are for the broker, the store, the model and files."""

HANDLES_FREE_MIN = 64
"""With fewer handles free, whatever took them, idle connections are closed."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """The bounds of a connection. Times run from the beginning of their part to its end, however it trickles.

    `head_size_max_bytes` bounds the request line with the headers, `overhead_max_bytes` all that is sent within the
    body and is not the body: chunk sizes and trailers. A body's own size is the application's to bound; what is sent
    after it has answered is read and thrown away up to `discarded_max_bytes`, so that the answer is not lost.
    """

    first_byte_seconds: float = 10.0
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    idle_seconds: float = 75.0  # longer than any sensible poll interval, so that pollers keep their connection
    unread_seconds: float = 30.0
    """An answer of which the client takes nothing for so long is given up."""
    linger_seconds: float = 2.0
    """The seconds that a refused client has to read why."""

    url_size_max_bytes: int = 8_192
    head_size_max_bytes: int = 32_768
    headers_max: int = 100
    overhead_max_bytes: int = 524_288
    discarded_max_bytes: int = 33_554_432

    connections_max: int = CONNECTIONS_MAX

    @property
    def connections_of_address_max(self) -> int:
        """One address never takes all: but it may be a proxy's, before all clients."""
        return max(self.connections_max // 2, 1)


def usual_limits() -> HttpLimits:
    """The limits in a process with as many handles as this one may have."""
    return HttpLimits(connections_max=min(CONNECTIONS_MAX, int(handles_max() * CONNECTIONS_SHARE)))


def handles_max() -> int:
    """The number of handles (files, sockets) that this process may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS_MAX * 2 if soft == resource.RLIM_INFINITY else soft


@dataclass(frozen=True, slots=True)
class Refusal:
    """The refusal of a client before its connection is closed: a status, a code for machines, a sentence for people."""

    status: HTTPStatus
    code: str
    detail: str


NOT_HTTP = Refusal(HTTPStatus.BAD_REQUEST, "invalid_http", "This is no HTTP/1.1 request that can be understood.")
FULL = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "too_many_connections", "There are too many connections. Try again.")
FULL_OF_ADDRESS = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "too_many_connections_of_address",
    "There are too many connections from your address. Close some, or use them for several requests.",
)


def head_late(limits: HttpLimits) -> Refusal:
    """Refuse a request line or headers that did not come in time."""
    return _late(f"The headers must come within {limits.head_seconds:g} s.")


def body_late(limits: HttpLimits) -> Refusal:
    """Refuse a body that did not come in time."""
    return _late(f"The body must come within {limits.body_seconds:g} s of its headers.")


def _late(detail: str) -> Refusal:
    return Refusal(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", detail)


def url_too_long(limits: HttpLimits) -> Refusal:
    """Refuse a path with its query."""
    detail = f"The URL is too long: at most {limits.url_size_max_bytes} bytes."
    return Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "url_too_long", detail)


def head_too_large(limits: HttpLimits) -> Refusal:
    """Refuse headers or trailers."""
    detail = f"The headers are too large: at most {limits.headers_max} of {limits.head_size_max_bytes} bytes together."
    return Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large", detail)


class Connection(Protocol):
    """A connection as far as room is made for it."""

    def close(self) -> None:
        """End it at once. It waits for nothing and nobody waits for it."""


@dataclass(slots=True)
class _Address:
    connections: int = 0
    idle: dict[Connection, None] = field(default_factory=dict)


class Room:
    """The connected clients. At a limit the one that has been idle longest gives way."""

    def __init__(self, connections_max: int, connections_of_address_max: int) -> None:
        """Start empty."""
        self._max, self._of_address_max = connections_max, connections_of_address_max
        self._addresses: dict[str, _Address] = {}
        self._idle: dict[Connection, str] = {}
        self.connections = 0
        self.shed = self.refused = 0
        """The numbers of clients that gave way, and that found no room, since the last call."""

    def enter(self, connection: Connection, address: str) -> Refusal | None:
        """Count it in as idle, and close another for it if need be; or say why there is no room for it."""
        place = self._addresses.setdefault(address, _Address())
        if place.connections >= self._of_address_max and not self._shed_one(place.idle):
            self.refused += 1
            return FULL_OF_ADDRESS
        if self.connections >= self._max and not self._shed_one(self._idle):
            self._forget(address)
            self.refused += 1
            return FULL
        # Whoever gave way may have been the last of this address.
        place = self._addresses.setdefault(address, _Address())
        place.connections += 1
        self.connections += 1
        self.waits(connection, address)
        return None

    def waits(self, connection: Connection, address: str) -> None:
        """Note that it is idle from now on."""
        self._idle[connection] = address
        self._addresses[address].idle[connection] = None

    def acts(self, connection: Connection, address: str) -> None:
        """Note that it is idle no more."""
        if self._idle.pop(connection, None) is not None:
            del self._addresses[address].idle[connection]

    def leave(self, connection: Connection, address: str) -> None:
        """Count it out."""
        self.acts(connection, address)
        self.connections -= 1
        self._addresses[address].connections -= 1
        self._forget(address)

    def shed_half(self) -> None:
        """Close the longer idle half of the idle ones."""
        for _ in range((len(self._idle) + 1) // 2):
            self._shed_one(self._idle)

    def take_counts(self) -> tuple[int, int]:
        """Give how many gave way and how many were refused since the last time."""
        counts = self.shed, self.refused
        self.shed = self.refused = 0
        return counts

    def _shed_one(self, idle: dict[Connection, str] | dict[Connection, None]) -> bool:
        """Close the one that has been idle longest, if there is any; it is counted out at once."""
        connection = next(iter(idle), None)
        if connection is None:
            return False
        self.shed += 1
        self.leave(connection, self._idle[connection])
        connection.close()
        return True

    def _forget(self, address: str) -> None:
        if not self._addresses[address].connections:
            del self._addresses[address]
