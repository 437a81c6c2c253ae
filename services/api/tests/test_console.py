"""The console as it is served: small, strict, in two languages, and the operator's parts for operators alone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pathshala_api.routes.console import POLICY
from pathshala_common.contract.access_key import Role
from services.api.tests.given import Api, problem
from services.api.tests.keyed import a_key, a_keyed_api, bearer

CONSOLE = Path(__file__).parents[1] / "src" / "pathshala_api" / "console"
LINES_MAX = 250
SIZE_MAX_BYTES = 150_000
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|eval\(|Function\("
)
MODULES = sorted(path for path in CONSOLE.rglob("*.js"))
NAMED = re.compile(r"\bt\(\s*(?:\w+ \? )?\"([a-z_]+(?:\.[\w-]+)+)\"(?: : \"([a-z_.]+)\")?")


def texts(language: str) -> dict[str, str]:
    """The texts of a language, by their full names."""

    def walk(node: dict[str, Any], within: str) -> Iterator[tuple[str, str]]:
        for name, value in node.items():
            if isinstance(value, dict):
                yield from walk(value, f"{within}{name}.")
            else:
                yield within + name, value

    return dict(walk(json.loads((CONSOLE / "texts" / f"{language}.json").read_text(encoding="utf-8")), ""))


@pytest.mark.asyncio(loop_scope="module")
async def test_a_browser_gets_the_page_and_a_program_what_it_always_got(shared_api: Api) -> None:
    page = await shared_api.client.get("/", headers=BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["vary"] == "Accept"
    assert re.findall(r"<script[^>]*>(.+?)</script>|\son[a-z]+=|style=|http:|https:", page.text) == []
    for accept in ("*/*", "application/json", "application/json, text/html", "text/html;q=0.5, application/json"):
        index = await shared_api.client.get("/", headers={"Accept": accept})
        assert index.json() == {
            "service": "Pathshala",
            "docs": "/docs",
            "openapi": "/openapi.json",
            "health": "/health/ready",
        }


@pytest.mark.asyncio(loop_scope="module")
async def test_its_addresses_survive_a_reload_and_hide_none_of_the_apis(shared_api: Api) -> None:
    for path in (
        "/task/x",
        "/lesson/science/acids/and%20bases",
        "/library",
        "/class",
        "/class/x",
        "/house",
        "/house/tasks/x",
    ):
        page = await shared_api.client.get(path)
        assert page.headers["content-security-policy"] == POLICY, path
    document = (await shared_api.client.get("/openapi.json")).json()
    screens = ("/task/", "/lesson/", "/library", "/class/", "/house", "/console/")
    assert not [path for path in document["paths"] if path.startswith(screens)]
    problem(await shared_api.client.get("/nothing"), 404, "not_found")


@pytest.mark.asyncio(loop_scope="module")
async def test_all_that_the_page_names_is_there_and_kept_for_good(shared_api: Api) -> None:
    page = (await shared_api.client.get("/", headers=BROWSER)).text
    loaded = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    assert len(loaded) > 20
    for address in loaded:
        file = await shared_api.client.get(address)
        assert file.status_code == 200, address
        assert "immutable" in file.headers["cache-control"]
    other = re.sub(r"/console/[0-9a-f]+/", "/console/earlier/", next(one for one in loaded if one.endswith("main.js")))
    file = await shared_api.client.get(other)
    assert file.status_code == 200, "a page of another release, whose house was upgraded meanwhile"
    assert file.headers["cache-control"] == "no-store"
    for name in ("page.html", "../app.py", "%2e%2e/app.py"):
        assert (await shared_api.client.get(f"/console/x/{name}")).status_code == 404, name


async def test_the_operators_parts_are_sent_to_operators_alone(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path) as api:
        user, operator = await a_key(api.store, api), await a_key(api.store, api, "root", Role.OPERATOR)
        for path in ("house/screens.js", "house/texts/en.json"):
            problem(await api.client.get(f"/console/x/{path}"), 401, "key_required")
            problem(await api.client.get(f"/console/x/{path}", headers=bearer(user)), 403, "role_required")
            file = await api.client.get(f"/console/x/{path}", headers=bearer(operator))
            assert file.status_code == 200
            assert file.headers["cache-control"] == "no-store"
        everybodys = await api.client.get("/console/x/texts/en.json")
        assert "house" not in everybodys.json()
        assert (await api.client.get("/", headers=BROWSER)).status_code == 200


def test_modules_are_short() -> None:
    assert {path.name: _lines(path) for path in MODULES if _lines(path) > LINES_MAX} == {}


@pytest.mark.asyncio(loop_scope="module")
async def test_all_of_it_is_small_over_the_wire(shared_api: Api) -> None:
    sizes: dict[Path, int] = {}
    for path in sorted(path.relative_to(CONSOLE) for path in CONSOLE.rglob("*.*")):
        address = "/" if path.name == "page.html" else f"/console/x/{path}"
        file = await shared_api.client.get(address, headers={"Accept-Encoding": "gzip", **BROWSER})
        sizes[path] = int(file.headers["content-length"])
        if path.name != "page.html":
            assert (file.headers["content-encoding"], file.headers["vary"]) == ("gzip", "Accept-Encoding"), path
            plain = await shared_api.client.get(address, headers={"Accept-Encoding": "identity"})
            assert plain.content == file.content
    assert not [path for path, size in sizes.items() if size <= 0]
    assert sum(sizes.values()) <= SIZE_MAX_BYTES, "in both languages, with the operator's parts"


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_reads_a_text_as_markup_or_names_another_host() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert not MARKUP.search(text), path.name
        hosts = set(re.findall(r"https?://([\w.]+)", text)) - {"creativecommons.org", "house.example", "www.w3.org"}
        assert not hosts, path.name


def test_both_languages_say_all_that_the_modules_ask_for() -> None:
    english, hindi = texts("en"), texts("hi")
    assert english.keys() == hindi.keys()
    for name, words in english.items():
        assert sorted(re.findall(r"\{\w+\}", words)) == sorted(re.findall(r"\{\w+\}", hindi[name])), name
    asked = {name for path in MODULES for found in NAMED.findall(path.read_text(encoding="utf-8")) for name in found}
    missing = {name for name in asked - {""} if not any(one == name or one.startswith(f"{name}.") for one in english)}
    assert missing == set()
