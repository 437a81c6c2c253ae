"""A stand-in for Wikipedia's Action API: real HTTP on loopback, its JSON shapes, a few articles, faults on request.

In tests `async with StubWikipedia() as stub`; as a process `python -m tests.stubs.wikipedia --port 9001`.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.stubs.wikipedia_pages import ANSWERED_AT, PAGES, TERMS, Page
from tests.waiting import DEADLINE_SECONDS

DOCREF = "See https://www.mediawiki.org/w/api.php for API usage."
JSON_TYPE = "application/json; charset=utf-8"
CHUNK = b" " * 65_536
MISSING_FIRST = 1_000


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

    The language stands in the path, since there is one host. `bytes_sent` counts what was taken from it. Requests for
    the terms of pictures are in `pictures`, and have faults of their own; all others are in `requests`.

    Its search knows plurals, as Wikipedia's does, and makes `suggestions` for words that are misspelt. A `stock` one is
    that of a MediaWiki without extensions: exact words or a star, in titles alone if it is not told to search texts.
    """

    def __init__(
        self, pages: Sequence[Page] = PAGES, *, port: int = 0, delay_seconds: float = 0.0, stock: bool = False
    ) -> None:
        self.pages, self.delay_seconds, self.stock = list(pages), delay_seconds, stock
        self.suggestions: dict[str, str] = {}
        self.pictures: list[Request] = []
        self.faults_of_pictures: deque[Fault] = deque()
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
        """What was searched for or asked for by its title, each with its language."""
        return [
            (request.language, request.params.get("gsrsearch") or self._title(request)) for request in self.requests
        ]

    @staticmethod
    def _title(request: Request) -> str:
        return request.params.get("titles", "").split("|")[0]

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
            of_picture = request.params.get("prop") == "imageinfo"
            (self.pictures if of_picture else self.requests).append(request)
            async with self.changed:
                self.changed.notify_all()
            faults = self.faults_of_pictures if of_picture else self.faults
            fault = faults.popleft() if faults else self.always
            await asyncio.sleep(self.delay_seconds)
            if fault is None:
                body = json.dumps(self.content(request), ensure_ascii=False).encode()
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

    def content(self, request: Request) -> Mapping[str, object]:
        """The answer to a request without a fault."""
        params = request.params
        if params.get("prop") == "imageinfo":
            return {"batchcomplete": True, "query": {"pages": [self._picture(params["titles"])]}}
        content: dict[str, object] = {"batchcomplete": True}
        if "curtimestamp" in params:
            content["curtimestamp"] = ANSWERED_AT
        query: dict[str, object] = {}
        if params.get("generator") == "search":
            terms = params.get("gsrsearch", "").casefold().split()
            if not terms:
                info = 'The "gsrsearch" parameter must be set.'
                return {"error": {"code": "missingparam", "info": info, "docref": DOCREF}, "servedby": "stub"}
            limit = int(params.get("gsrlimit", "10"))
            hits = self._hits(request.language, terms, params.get("gsrwhat"))
            if len(hits) > limit:
                content["continue"] = {"gsroffset": limit, "continue": "gsroffset||"}
            shown = [self._page(page, params, index) for index, page in enumerate(hits[:limit], 1)]
        else:
            shown = self._asked(request.language, params, query)
        if shown:
            # The API sorts pages by id, not by how well they match; those that are missing come first.
            query["pages"] = [page for _, page in sorted(shown, key=lambda one: one[0])]
        if params.get("list") == "search":
            found = self._hits(request.language, params["srsearch"].casefold().split(), params.get("srwhat"))
            if guess := self.suggestions.get(params["srsearch"]):
                query["searchinfo"] = {"suggestion": guess, "suggestionsnippet": f"<em>{guess}</em>"}
            query["search"] = [{"ns": 0, "title": page.title, "pageid": page.id} for page in found][
                : int(params["srlimit"])
            ]
        if query:
            content["query"] = query
        return content

    def _asked(
        self, language: str, params: Mapping[str, str], query: dict[str, object]
    ) -> list[tuple[int, Mapping[str, object]]]:
        """The pages that were asked for by title or revision; what the titles became is noted in the answer."""
        if revids := params.get("revids"):
            found = [page for page in self.pages if revids in map(str, (page.revision, *page.old_revisions))]
            if not found:
                query["badrevids"] = {revids: {"revid": int(revids), "missing": True}}
            return [self._page(page, params) for page in found]
        shown, normalized, redirects = dict[str, tuple[int, Mapping[str, object]]](), [], []
        for number, asked in enumerate(filter(None, params.get("titles", "").split("|"))):
            title = asked[:1].upper() + asked[1:]
            if title != asked:
                normalized.append({"fromencoded": False, "from": asked, "to": title})
            page = self._titled(language, title)
            if page and page.title != title:
                redirects.append({"from": title, "to": page.title})
            missing = (number - MISSING_FIRST, {"ns": 0, "title": title, "missing": True})
            shown[page.title if page else title] = self._page(page, params) if page else missing
        query |= {name: told for name, told in (("normalized", normalized), ("redirects", redirects)) if told}
        return [*shown.values()]

    def _titled(self, language: str, title: str) -> Page | None:
        pages = (page for page in self.pages if page.language == language)
        return next((page for page in pages if title in (page.title, *page.redirects)), None)

    def _hits(self, language: str, terms: Sequence[str], what: str | None) -> list[Page]:
        """Find pages with all the words; those with most of them in a short title first, if this is no stock engine."""

        def has(term: str, words: Sequence[str]) -> bool:
            if self.stock and not term.endswith("*"):
                return term in words
            return any(word.startswith(term.rstrip("*") if self.stock else term.rstrip("s*")) for word in words)

        def count(text: str) -> int:
            words = re.findall(r"[^\W_]+(?:[\u0900-\u097f]+)?", text.casefold()) if self.stock else _words(text)
            return sum(has(term, words) for term in terms)

        pages = [page for page in self.pages if page.language == language]
        titles_alone = self.stock and what != "text"
        texts = {page.id: page.title if titles_alone else f"{page.title} {page.extract} {page.body}" for page in pages}
        found = [page for page in pages if terms and count(texts[page.id]) == len(terms)]
        return found if self.stock else sorted(found, key=lambda page: (-count(page.title), len(page.title)))

    @staticmethod
    def _picture(title: str) -> Mapping[str, object]:
        """The terms of a picture, of the common store of pictures: missing here, and known all the same."""
        name = title.removeprefix("File:")
        page = {"ns": 6, "title": title, "missing": True, "known": True, "imagerepository": "shared"}
        told = {name: {"value": value, "source": "commons-desc-page"} for name, value in TERMS.get(name, {}).items()}
        url = f"https://upload.wikimedia.org/wikipedia/commons/{name}"
        described = f"https://commons.wikimedia.org/wiki/{quote(title)}"
        info: dict[str, object] = {
            "url": url,
            "descriptionurl": described,
            "descriptionshorturl": described,
            "extmetadata": told or [],
        }  # PHP has one empty array for both
        return page | {"imageinfo": [info]}

    def _page(
        self, page: Page, params: Mapping[str, str], index: int | None = None
    ) -> tuple[int, Mapping[str, object]]:
        props = params.get("prop", "").split("|")
        site = f"http://127.0.0.1:{self._port}"
        url = page.url or f"{site}/{page.language}/wiki/{quote(page.title.replace(' ', '_'))}"
        shown: dict[str, object] = {"pageid": page.id, "ns": 0, "title": page.title}
        if index is not None:
            shown["index"] = index
        if "extracts" in props:
            shown["extract"] = page.extract
        if "pageimages" in props and page.thumbnail:
            shown["thumbnail"] = {"source": page.thumbnail, "width": 320, "height": 240}
            shown["pageimage"] = page.thumbnail.split("/")[-2:][0]
        if "info" in props:
            shown |= {
                "contentmodel": "wikitext",
                "pagelanguage": page.language,
                "pagelanguagehtmlcode": page.language,
                "pagelanguagedir": "ltr",
                "touched": "2026-11-01T08:00:00Z",
                "lastrevid": page.revision,
                "length": len(page.extract + page.body),
                "fullurl": url,
                "editurl": f"{site}/{page.language}/w/index.php?title={quote(page.title)}&action=edit",
                "canonicalurl": url,
            }
        if "pageprops" in props and page.disambiguation:
            shown["pageprops"] = {"disambiguation": ""}
        return page.id, shown


def _words(text: str) -> Sequence[str]:
    return text.casefold().replace("(", "").split()


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
