"""The console: one page, at / and at the paths of its screens, and what it loads. It stands on the public API alone."""

import gzip
import json
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic_core import to_json

from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import IMMUTABLE, JsonAnswer
from pathshala_api.paper.formats import LessonFormat, accepted
from pathshala_api.plain_route import takes_gzip

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://upload.wikimedia.org; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The page's Content-Security-Policy: scripts and styles are files of this host, and no text is ever read as markup."""

SCREENS = (
    "/task/{_rest:path}",
    "/lesson/{_rest:path}",
    "/library",
    "/class",
    "/class/{_rest:path}",
    "/house",
    "/house/{_rest:path}",
)
"""The addresses of the page besides /. Those of the API begin otherwise."""

KINDS = {"js": "text/javascript", "css": "text/css", "json": "application/json", "svg": "image/svg+xml"}
PAGE = "page.html"
OPERATORS = "house"
"""The folder whose files operators alone are sent, and the part of each file of texts that is theirs."""

PLAIN_FIRST = (LessonFormat.JSON, LessonFormat.HTML)
"""The forms of /. Whoever takes anything gets JSON, as a program."""

INDEX = {"service": "Pathshala", "docs": "/docs", "openapi": "/openapi.json", "health": "/health/ready"}


class File:
    """A file as it lies there, and as it goes to those who read gzip."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def packed(self) -> bytes:
        """The file for those who read gzip. It is packed once, for the first of them, and not while the API starts."""
        return gzip.compress(self.plain, mtime=0)


class Files(NamedTuple):
    """The files of the console by their names, without the folder for the operators'; and a name for them all."""

    everybodys: Mapping[str, File]
    operators: Mapping[str, File]
    release: str


def router() -> APIRouter:
    """The page and what it loads."""
    kept = _files()
    page = _page(kept)
    routes = guarded_router(dependencies=[needs(Access.OPEN)], include_in_schema=False)

    async def console() -> Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Vary": "Accept"}
        return Response(page, media_type="text/html", headers=headers)

    @routes.get("/")
    async def index(request: Request) -> Response:
        if accepted(",".join(request.headers.getlist("accept")), PLAIN_FIRST) is LessonFormat.HTML:
            return await console()
        return JsonAnswer(to_json(INDEX), headers=((b"vary", b"Accept"),))

    for path in SCREENS:
        routes.add_api_route(path, console, methods=["GET"], include_in_schema=False)

    @routes.get(f"/console/{{release}}/{OPERATORS}/{{name:path}}", dependencies=[needs(Access.OPERATOR)])
    async def operators_file(request: Request, name: str) -> Response:
        return _file(kept.operators, name, request)

    @routes.get("/console/{release}/{name:path}")
    async def file(request: Request, release: str, name: str) -> Response:
        answer = _file(kept.everybodys, name, request)
        if release == kept.release:  # a page of another release, for which another replica answered, gets this one's
            answer.headers["Cache-Control"] = IMMUTABLE.decode()
        return answer

    return routes


def _file(kept: Mapping[str, File], name: str, request: Request) -> Response:
    if name not in kept:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    packed = takes_gzip(request.scope)
    headers = {"Vary": "Accept-Encoding", **({"Content-Encoding": "gzip"} if packed else {})}
    body = kept[name].packed if packed else kept[name].plain
    return Response(body, headers=headers, media_type=KINDS[name.rpartition(".")[2]])


def _files() -> Files:
    """Read what is served; of each file of texts, the operators' part apart."""
    found = dict(_walk(files("pathshala_api") / "console"))
    everybodys: dict[str, File] = {}
    operators: dict[str, File] = {}
    for name, body in found.items():
        folder, _, rest = name.partition("/")
        if folder == OPERATORS:
            operators[rest] = File(body)
        elif folder == "texts":
            texts = json.loads(body)
            operators[name] = File(json.dumps(texts.pop(OPERATORS), ensure_ascii=False).encode())
            everybodys[name] = File(json.dumps(texts, ensure_ascii=False).encode())
        elif name.rpartition(".")[2] in KINDS:
            everybodys[name] = File(body)
    whole = blake2b(digest_size=8)
    for name in sorted(found):
        whole.update(name.encode() + b"\0" + found[name] + b"\0")
    return Files(everybodys, operators, whole.hexdigest())


def _walk(folder: Traversable, within: str = "") -> list[tuple[str, bytes]]:
    """All files below a folder, by their paths in it."""
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        name = within + entry.name
        found += _walk(entry, f"{name}/") if entry.is_dir() else [(name, entry.read_bytes())]
    return found


def _page(kept: Files) -> str:
    """Write the page: it names the release, and what it loads in any case, so that all of it is asked for at once."""
    page = (files("pathshala_api") / "console" / PAGE).read_text(encoding="utf-8")
    modules = sorted(name for name in kept.everybodys if name.endswith(".js") and name != "theme.js")
    preloads = "\n".join(f'<link rel="modulepreload" href="/console/{kept.release}/{name}">' for name in modules)
    return page.replace("{modules}", preloads).replace("{release}", kept.release)
