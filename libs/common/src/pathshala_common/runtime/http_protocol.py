"""One connection over HTTP, bounded: every part of a request has its time and its size, every refusal is a problem.

uvicorn's protocol reads requests and writes answers; it bounds nothing before the application is called. What is
added here sets no timers: the server looks at every connection once a second.
"""

import asyncio
import json
from collections.abc import Mapping
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from pathshala_common.contract.problem import MEDIA_TYPE, problem_body
from pathshala_common.runtime.http_limits import (
    NOT_HTTP,
    HttpLimits,
    Refusal,
    Room,
    body_late,
    head_late,
    head_too_large,
    url_too_long,
)
from pathshala_common.runtime.one_write import GatheringTransport


class Part(Enum):
    """The part of a request that the client is sending."""

    NOTHING_YET = auto()
    HEAD = auto()
    BODY = auto()
    ALL = auto()
    REFUSED = auto()
    """Further bytes from the client are thrown away."""


class BoundedProtocol(HttpToolsProtocol):
    """A connection that keeps to the limits."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: HttpLimits,
        room: Room,
    ) -> None:
        """Have no connection yet."""
        super().__init__(config, server_state, app_state, _loop)
        self._limits, self._room = limits, room
        self._address: str | None = None
        self._part, self._since = Part.NOTHING_YET, self.loop.time()
        self._overhead = self._discarded = 0
        self._unread, self._unread_since = 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a place, or say that there is none."""
        super().connection_made(GatheringTransport(transport, self.loop.call_soon))
        address = self.client[0] if self.client else ""
        refusal = self._room.enter(self, address)
        if refusal is None:
            self._address = address
        else:
            self._refuse(refusal)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._leave()
        super().connection_lost(exc)

    def close(self) -> None:
        """End it at once, sent or not; its place has been taken already."""
        self._address = None
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on, within the limits."""
        if self._part is Part.REFUSED:
            self._discard(data)
            return
        if self._part is Part.BODY and self._answered:
            self._discard(data)
        self._overhead += len(data)
        super().data_received(data)
        self._bound_overhead()

    def _bound_overhead(self) -> None:
        if self._part is Part.HEAD and self._overhead > self._limits.head_size_max_bytes:
            too_long = len(self.url) > self._limits.url_size_max_bytes or not self.headers
            self._refuse((url_too_long if too_long else head_too_large)(self._limits))
        elif self._part is Part.BODY and self._overhead > self._limits.overhead_max_bytes:
            self._refuse(head_too_large(self._limits))

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's word for it; ours says more
        """Answer what the parser, or one of the limits, refused; called while that exception is handled."""
        self._refuse(NOT_HTTP)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._part is Part.REFUSED:
            return
        if self._address is not None:
            self._room.acts(self, self._address)
        self._part, self._since = Part.HEAD, self.loop.time()

    def on_headers_complete(self) -> None:
        """Refuse a head that came whole and is too large; else have it answered."""
        if self._part is Part.REFUSED:
            return
        if len(self.url) > self._limits.url_size_max_bytes:
            self._refuse(url_too_long(self._limits))
            return
        size = sum(len(name) + len(value) for name, value in self.headers)
        if len(self.headers) > self._limits.headers_max or size > self._limits.head_size_max_bytes:
            self._refuse(head_too_large(self._limits))
            return
        super().on_headers_complete()
        self._part, self._since = Part.BODY, self.loop.time()
        self._overhead = 0

    def on_body(self, body: bytes) -> None:
        """The bytes of the body are no overhead."""
        self._overhead -= len(body)
        if self._part is not Part.REFUSED:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """A request has come whole."""
        if self._part is Part.REFUSED:
            return
        super().on_message_complete()
        self._part, self._overhead, self._discarded = Part.ALL, 0, 0
        self._wait_if_idle()

    def on_response_complete(self) -> None:
        """An answer was given: what is read of a next request has its whole time from now on."""
        self._since = self.loop.time()
        super().on_response_complete()
        self._wait_if_idle()

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing that any client can have logged as often as it likes."""

    def look(self) -> None:
        """Refuse or close what has taken too long. Called once a second."""
        if self.transport.is_closing() and not self.transport.get_write_buffer_size():
            return
        now = self.loop.time()
        if self._is_unread(now):
            self.transport.abort()
            return
        waited, limits = now - self._since, self._limits
        match self._part:
            case Part.NOTHING_YET if waited > limits.first_byte_seconds:
                self.transport.abort()
            case Part.REFUSED if waited > limits.linger_seconds:
                self.transport.abort()
            case Part.ALL if self._answered and waited > limits.idle_seconds:
                self.transport.abort()
            case Part.HEAD if self._answered and waited > limits.head_seconds:
                self._refuse(head_late(limits))
            case Part.BODY if not self.pipeline and waited > limits.body_seconds:
                self._refuse(body_late(limits))

    @property
    def _answered(self) -> bool:
        """Whether all that was asked has been answered: the last request is answered last."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _wait_if_idle(self) -> None:
        if self._part is Part.ALL and self._answered and self._address is not None:
            self._room.waits(self, self._address)

    def _is_unread(self, now: float) -> bool:
        """Whether the client has taken nothing of an answer for too long."""
        size = self.transport.get_write_buffer_size()
        if not size or not self._unread or size < self._unread:
            self._unread_since = now
        self._unread = size
        return now - self._unread_since > self._limits.unread_seconds

    def _discard(self, data: bytes) -> None:
        self._discarded += len(data)
        if self._discarded > self._limits.discarded_max_bytes:
            self.transport.abort()

    def _refuse(self, refusal: Refusal) -> None:
        """Say why, if nothing else is being said, and close once the client has had time to read it.

        Closing while bytes arrive would reset the connection, and the answer be lost.
        """
        if self._part is Part.REFUSED:
            return
        speechless = not self._answered and (self._part is not Part.BODY or self.cycle.response_started)
        self._part, self._since, self._discarded = Part.REFUSED, self.loop.time(), 0
        self._unset_keepalive_if_required()
        if not self._answered:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if speechless or self.transport.is_closing():
            self.transport.abort()
            return
        self.transport.write(_written(refusal, dict(self.server_state.default_headers)))
        if self._address is None:
            self.transport.close()
            return
        self.transport.write_eof()
        self.flow.resume_reading()

    def _leave(self) -> None:
        if self._address is not None:
            address, self._address = self._address, None
            self._room.leave(self, address)


def _written(refusal: Refusal, headers: Mapping[bytes, bytes]) -> bytes:
    """Write an answer as it goes over the wire."""
    body = json.dumps(problem_body(refusal.status, refusal.code, refusal.detail)).encode()
    lines = {
        **headers,
        b"content-type": MEDIA_TYPE.encode(),
        b"content-length": str(len(body)).encode(),
        b"connection": b"close",
    }
    if refusal.status is HTTPStatus.SERVICE_UNAVAILABLE:
        lines[b"retry-after"] = b"5"
    head = b"".join(b"%b: %b\r\n" % line for line in lines.items())
    return STATUS_LINE[refusal.status] + head + b"\r\n" + body
