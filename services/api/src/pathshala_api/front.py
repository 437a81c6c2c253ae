"""The front of the API: what every answer has besides its own, whoever gives it; and large ones are compressed."""

import asyncio
import gzip
import logging
import random
import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pathshala_api.access import HEADERS
from pathshala_api.plain_route import headers, takes_gzip
from pathshala_api.proxies import Proxies
from pathshala_common.logs import get_logger
from pathshala_common.runtime import telemetry

log = get_logger()

COMPRESSED_MIN_BYTES = 16_384
"""Smaller answers, a task's status and a lesson among them, go out as they are: they take as many packets."""

IN_A_THREAD_MIN_BYTES = 131_072
"""Larger ones are compressed in a thread, so that nobody waits for them."""

LEVEL = 5
COMPRESSED = (b"application/json", b"application/problem+json", b"text/", b"application/javascript", b"image/svg+xml")
NEVER_COMPRESSED = b"text/event-stream"

REQUEST_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")

Pair = tuple[bytes, bytes]

NOTHING_BUT_DATA = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

USUAL: tuple[Pair, ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", NOTHING_BUT_DATA),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
"""Headers that an answer has unless it says something else. The server adds X-Content-Type-Options."""

HTTPS_ONLY: Pair = (b"strict-transport-security", b"max-age=31536000")
BY_CALLER: Pair = (b"vary", b"Authorization, Cookie")
BY_ENCODING: Pair = (b"vary", b"Accept-Encoding")


class Front:
    """Wraps the application. Its costs are bounded by a test: they are paid for by every poll."""

    def __init__(self, app: ASGIApp, proxies: Proxies, *, keyed: bool, timed: bool) -> None:
        """Say that answers are private if they are `keyed`, and how long they took if they are `timed`."""
        self._app, self._proxies, self._keyed, self._timed = app, proxies, keyed, timed
        self._logged = logging.getLogger().isEnabledFor(logging.DEBUG)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope[HEADERS] = [(b"x-request-id", request_id)]
        about = telemetry.request_id.set(request_id.decode())
        try:
            await self._app(scope, receive, _Answer(self, scope, send))
        finally:
            telemetry.request_id.reset(about)

    def dressed(self, scope: Scope, start: Message, began: float) -> list[Pair]:
        """Give the headers of an answer: its own, those that it owes to its caller, and what is usual."""
        more: list[Pair] = scope[HEADERS]
        own: list[Pair] = list(start.get("headers", ()))
        names = dict(own)
        if (b"cache-control", b"no-store") in more:
            own = [pair for pair in own if pair[0] != b"cache-control"]
        elif self._keyed and b"cache-control" in names:
            own = [(name, value.replace(b"public", b"private")) for name, value in own] + [BY_CALLER]
        given = names.keys() | {name for name, _ in more}
        own += more
        own += [pair for pair in USUAL if pair[0] not in given]
        if self._proxies.is_https(scope):
            own.append(HTTPS_ONLY)
        if self._timed:
            own.append((b"server-timing", b"app;dur=%.2f" % (1_000 * (perf_counter() - began))))
        if self._logged:
            path, status = scope["path"], start["status"]
            log.debug("answered", method=scope["method"], path=path, status=status)
        return own


class _Answer:
    """Passes an answer on: at once, or whole and compressed if it is large and comes in one piece."""

    def __init__(self, front: Front, scope: Scope, send: Send) -> None:
        self._front, self._scope, self._send = front, scope, send
        self._began = perf_counter()
        self._held: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            own = self._front.dressed(self._scope, message, self._began)
            message = {**message, "headers": own}
            if _is_large(own):
                own.append(BY_ENCODING)
                if message["status"] < 300 and takes_gzip(self._scope):  # noqa: PLR2004 - the answers that are no refusals
                    self._held = message
                    return
        elif self._held is not None:
            start, self._held = self._held, None
            if not message.get("more_body", False):
                start, message = await _compressed(start, message)
            await self._send(start)
        await self._send(message)


def _request_id(scope: Scope) -> bytes:
    """Take the id that a request brings, if it is one that can stand in a log; else give it one."""
    said = headers(scope, b"x-request-id")
    if said and REQUEST_ID.fullmatch(said[0]):
        return said[0]
    return b"%032x" % random.getrandbits(128)


def _is_large(own: list[Pair]) -> bool:
    """Whether an answer of this size is worth it, and not compressed yet."""
    size = next((value for name, value in own if name == b"content-length"), b"0")
    if int(size) < COMPRESSED_MIN_BYTES:
        return False
    names: Mapping[bytes, bytes] = dict(own)
    kind = names.get(b"content-type", b"")
    return kind.startswith(COMPRESSED) and not kind.startswith(NEVER_COMPRESSED) and b"content-encoding" not in names


async def _compressed(start: Message, message: Message) -> tuple[Message, Message]:
    """Compress a body. Its tag becomes a weak one: it names the same answer in other bytes."""
    body: Any = message["body"]
    if len(body) >= IN_A_THREAD_MIN_BYTES:
        small = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
    else:
        small = gzip.compress(body, LEVEL, mtime=0)
    changed: list[Pair] = [(b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(small))]
    for name, value in start["headers"]:
        if name == b"etag" and not value.startswith(b"W/"):
            changed.append((name, b"W/" + value))
        elif name != b"content-length":
            changed.append((name, value))
    return {**start, "headers": changed}, {**message, "body": small}
