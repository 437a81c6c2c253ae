"""A stand-in for Wikipedia's Action API: real HTTP on loopback, its JSON shapes, a few articles, faults on request.

In tests `async with StubWikipedia() as stub`; as a process `python -m tests.stubs.wikipedia --port 9001`.
"""

import argparse
import asyncio
import json
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.stubs.wikipedia_pages import PAGES, Page
from tests.waiting import DEADLINE_SECONDS

DOCREF = "See https://www.mediawiki.org/w/api.php for API usage."
JSON_TYPE = "application/json; charset=utf-8"
CHUNK = b" " * 65_536


@dataclass(frozen=True, slots=True)
class Fault:
    """What one request gets instead of the answer. `size` streams that many blanks after the body."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    size: int = 0
    stall: bool = False
    hang_up: bool = False


def api_error(code: str, info: str, *, status: int = 200, **headers: str) -> Fault:
    """An error in the shape that the API gives it; underscores in header names stand for hyphens."""
    body = {"error": {"code": code, "info": info, "docref": DOCREF}, "servedby": "stub"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(status, {"Content-Type": JSON_TYPE, "MediaWiki-API-Error": code, **named}, json.dumps(body).encode())


def rate_limited(retry_after: str | None = None) -> Fault:
    return Fault(429, {"Retry-After": retry_after} if retry_after else {}, b"Too many requests")


def elsewhere(url: str) -> Fault:
    return Fault(302, {"Location": url})


MAXLAG = api_error("maxlag", "Waiting for 10.0.0.1: 6 seconds lagged.", Retry_After="5", X_Database_Lag="6")
BAD_VALUE = api_error("badvalue", 'Unrecognized value for parameter "generator": search.')
SERVER_ERROR = Fault(500, {"Content-Type": "text/html"}, b"<!DOCTYPE html><title>Wikimedia Error</title>")
FORBIDDEN = Fault(403, {}, b"Please set a user-agent and respect our robot policy.")
GARBAGE = Fault(body=b"\xff\xfe\x00{]garbage")
NOT_GZIP = Fault(headers={"Content-Encoding": "gzip"}, body=b"not gzip")
HUGE = Fault(headers={"Content-Type": JSON_TYPE}, body=b'{"query":', size=1 << 30)
STALL = Fault(stall=True)
HANG_UP = Fault(hang_up=True)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it."""

    language: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


class StubWikipedia:
    """Answers as the Action API does with formatversion=2. `faults` are spent one a request; then `always`, if set.

    The language stands in the path, since there is one host. `bytes_sent` counts what was taken from it.
    """

    def __init__(self, pages: Sequence[Page] = PAGES, *, port: int = 0, delay_seconds: float = 0.0) -> None:
        self.pages, self.delay_seconds = list(pages), delay_seconds
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.requests: list[Request] = []
        self.in_flight = self.in_flight_max = self.bytes_sent = 0
        self.changed = asyncio.Condition()
        self._port = port
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url_template(self) -> str:
        return f"http://127.0.0.1:{self._port}/{{language}}/w/api.php"

    @property
    def searches(self) -> list[tuple[str, str]]:
        """What was searched for, each with its language."""
        return [(request.language, request.params.get("gsrsearch", "")) for request in self.requests]

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for something about the requests to come true."""
        async with asyncio.timeout(DEADLINE_SECONDS), self.changed:
            await self.changed.wait_for(reached)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    # ---------------------------------------------------------------- the server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while await self._answer(await reader.readuntil(b"\r\n\r\n"), writer):
                    pass
        finally:
            writer.transport.abort()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False if the connection ends with it."""
        self.in_flight += 1
        self.in_flight_max = max(self.in_flight_max, self.in_flight)
        try:
            request = _request(head)
            self.requests.append(request)
            async with self.changed:
                self.changed.notify_all()
            fault = self.faults.popleft() if self.faults else self.always
            await asyncio.sleep(self.delay_seconds)
            if fault is None:
                body = json.dumps(self._content(request), ensure_ascii=False).encode()
                fault = Fault(headers={"Content-Type": JSON_TYPE}, body=body)
            if fault.stall:
                await asyncio.Event().wait()
            return not fault.hang_up and await self._send(fault, writer)
        finally:
            self.in_flight -= 1

    async def _send(self, reply: Fault, writer: asyncio.StreamWriter) -> bool:
        headers = {"Content-Length": str(len(reply.body) + reply.size), **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", *map(": ".join, headers.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + reply.body)
        await writer.drain()
        for _ in range(0, reply.size, len(CHUNK)):
            writer.write(CHUNK)
            await writer.drain()
            self.bytes_sent += len(CHUNK)
        return True

    # ---------------------------------------------------------------- the encyclopedia

    def _content(self, request: Request) -> Mapping[str, object]:
        params = request.params
        terms = params.get("gsrsearch", "").casefold().split()
        if not terms:
            info = 'The "gsrsearch" parameter must be set.'
            return {"error": {"code": "missingparam", "info": info, "docref": DOCREF}, "servedby": "stub"}
        limit = int(params.get("gsrlimit", "10"))
        hits = self._hits(request.language, terms)
        content: dict[str, object] = {"batchcomplete": True}
        if len(hits) > limit:
            content["continue"] = {"gsroffset": limit, "continue": "gsroffset||"}
        if hits:
            shown = [self._page(page, index, params) for index, page in enumerate(hits[:limit], 1)]
            # The API sorts pages by id, not by how well they match.
            content["query"] = {"pages": [page for _, page in sorted(shown, key=lambda one: one[0])]}
        return content

    def _hits(self, language: str, terms: Sequence[str]) -> list[Page]:
        """Find pages with all the words, plural or not; those with most of them in a short title first."""

        def count(terms: Sequence[str], text: str) -> int:
            words = text.casefold().replace("(", "").split()
            return sum(any(word.startswith(term.rstrip("s")) for word in words) for term in terms)

        found = [
            page
            for page in self.pages
            if page.language == language and count(terms, f"{page.title} {page.extract} {page.body}") == len(terms)
        ]
        return sorted(found, key=lambda page: (-count(terms, page.title), len(page.title)))

    def _page(self, page: Page, index: int, params: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
        props = params.get("prop", "").split("|")
        site = f"http://127.0.0.1:{self._port}"
        url = page.url or f"{site}/{page.language}/wiki/{quote(page.title.replace(' ', '_'))}"
        shown: dict[str, object] = {"pageid": page.id, "ns": 0, "title": page.title, "index": index}
        if "extracts" in props:
            shown["extract"] = page.extract
        if "pageimages" in props and page.thumbnail:
            shown["thumbnail"] = {"source": page.thumbnail, "width": 320, "height": 240}
        if "info" in props:
            shown |= {
                "contentmodel": "wikitext",
                "pagelanguage": page.language,
                "pagelanguagehtmlcode": page.language,
                "pagelanguagedir": "ltr",
                "touched": "2026-11-01T08:00:00Z",
                "lastrevid": 1_200_000_000 + page.id,
                "length": len(page.extract + page.body),
                "fullurl": url,
                "editurl": f"{site}/{page.language}/w/index.php?title={quote(page.title)}&action=edit",
                "canonicalurl": url,
            }
        if "pageprops" in props and page.disambiguation:
            shown["pageprops"] = {"disambiguation": ""}
        return page.id, shown


def _request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    target = urlsplit(first.split(" ")[1])
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Request(unquote(target.path).split("/")[1], dict(parse_qsl(target.query)), headers)


async def _run(port: int, delay_seconds: float) -> None:
    async with StubWikipedia(port=port, delay_seconds=delay_seconds) as stub:
        sys.stdout.write(f"{stub.url_template}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    given = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(given.port, given.delay))
