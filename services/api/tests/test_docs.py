"""/docs can be read where there is no internet, and under a policy that lets no foreign script in."""

import re

import pytest

from services.api.tests.given import Api, problem

LOADED = re.compile(r'(?:src|href)="([^"]+)"')


@pytest.mark.asyncio(loop_scope="module")
async def test_the_page_loads_nothing_from_elsewhere(shared_api: Api) -> None:
    page = await shared_api.client.get("/docs")

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    loaded = LOADED.findall(page.text)
    assert len(loaded) == 4
    for address in loaded:
        assert re.fullmatch(r"docs/[a-z.-]+", address)
        asset = await shared_api.client.get(f"/{address}")
        assert asset.status_code == 200, address
        assert asset.content
    started = (await shared_api.client.get("/docs/start.js")).text
    assert "openapi.json" in started
    assert "validatorUrl: null" in started
    assert "//" not in page.text + started


@pytest.mark.asyncio(loop_scope="module")
async def test_its_policy_holds_scripts_to_this_host_and_none_stands_in_the_page(shared_api: Api) -> None:
    page = await shared_api.client.get("/docs")

    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "http" not in page.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>(.+?)</script>|\son[a-z]+=|style=", page.text) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_what_the_page_does_not_load_is_not_there(shared_api: Api) -> None:
    for path in ("/docs/redoc.standalone.js", "/docs/..%2fcore.py", "/docs/core.py", "/redoc"):
        problem(await shared_api.client.get(path), 404, "not_found")
