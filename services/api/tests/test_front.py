"""What every answer has besides its own: headers, an id, compression if it is large, and little cost."""

import gzip
from pathlib import Path

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from pathshala_api.answers import IMMUTABLE
from pathshala_api.front import COMPRESSED_MIN_BYTES, Front
from pathshala_api.proxies import Proxies
from pathshala_common.runtime import telemetry
from services.api.tests.given import Api, an_api, an_order
from services.api.tests.keyed import a_key, a_keyed_api, bearer

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATHS = ("/", "/lessons", "/lessons/tasks", "/lessons/status/x", "/nothing", "/health/live", "/openapi.json")
VERSION = "/lessons/english/verbs?language=en&level=middle&version=1.0"
TASKS = 60


async def test_every_answer_says_that_it_is_nothing_but_what_it_is(shared_api: Api) -> None:
    for path in PATHS:
        for method in ("GET", "HEAD", "OPTIONS", "PATCH"):
            answer = await shared_api.client.request(method, path)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert len(answer.headers["x-request-id"]) == 32
            assert "cache-control" in answer.headers
            assert "server-timing" not in answer.headers


async def test_only_a_version_of_an_edition_never_changes(shared_api: Api) -> None:
    await shared_api.a_lesson("english", "verbs")
    assert (await shared_api.client.get(VERSION)).headers["cache-control"] == IMMUTABLE.decode()
    for less in ("/lessons/english/verbs", "/lessons/english/verbs?version=1.0", "/lessons/english/verbs?language=en"):
        assert (await shared_api.client.get(less)).headers["cache-control"] == "no-cache"
    for private in ("/lessons/tasks", "/lessons", "/session"):
        assert (await shared_api.client.get(private)).headers["cache-control"] == "no-store"


async def test_with_keys_no_cache_keeps_what_is_one_users(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path) as api:
        asha = bearer(await a_key(api.store, api))
        task_id = (await api.client.post("/lessons", json=an_order(), headers=asha)).json()["task_id"]
        await api.complete(task_id)
        status = await api.client.get(f"/lessons/status/{task_id}", headers=asha)
        lesson = await api.client.get(VERSION, headers=asha)

    assert status.headers["cache-control"] == "no-store"
    assert lesson.headers["cache-control"] == IMMUTABLE.decode().replace("public", "private")
    assert {"Authorization", "Cookie"} <= set(", ".join(lesson.headers.get_list("vary")).split(", "))


@pytest.mark.parametrize(
    ("said", "taken"), [("abc-123.DEF", True), ("a" * 128, True), ("a" * 129, False), ('"><', False), ("a b", False)]
)
async def test_a_requests_id_comes_back_if_it_can_stand_in_a_log(shared_api: Api, said: str, taken: bool) -> None:  # noqa: FBT001
    answer = await shared_api.client.get("/lessons", headers={"X-Request-Id": said})
    assert (answer.headers["x-request-id"] == said) == taken


async def test_lines_of_the_log_name_the_request_that_they_are_about() -> None:
    told: list[object] = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        told.append(telemetry._say_what_about(None, "", {}))

    async def nothing(_message: Message) -> None: ...

    scope = {"type": "http", "headers": [(b"x-request-id", b"mine")], "method": "GET", "path": "/", "scheme": "http"}
    await Front(app, Proxies([]), keyed=False, timed=False)(scope, None, nothing)  # type: ignore[arg-type]
    assert told == [{"request_id": "mine"}]
    assert telemetry._say_what_about(None, "", {}) == {}


async def test_it_says_how_long_an_answer_took_if_it_is_set(tmp_path: Path) -> None:
    async with an_api(tmp_path, server_timing=True) as api:
        for path in PATHS:
            assert (await api.client.get(path)).headers["server-timing"].startswith("app;dur=")


async def test_a_large_answer_is_compressed_for_who_can_read_it(tmp_path: Path) -> None:
    async with an_api(tmp_path) as api:
        for number in range(TASKS):
            await api.ask("english", f"verbs {number}")
        for path in ("/lessons/tasks", "/openapi.json"):
            plain = await raw(api, path, "identity")
            assert len(plain[1]) >= COMPRESSED_MIN_BYTES
            assert "content-encoding" not in plain[0]
            for taken in ("gzip", "br;q=1, gzip;q=0.5", "*"):
                headers, body = await raw(api, path, taken)
                assert headers["content-encoding"] == "gzip"
                assert int(headers["content-length"]) == len(body) < len(plain[1]) / 2
                assert len(gzip.decompress(body)) == len(plain[1])
                assert "Accept-Encoding" in headers["vary"]
                head = await api.client.head(path, headers={"Accept-Encoding": taken})
                assert head.headers["content-length"] == headers["content-length"]
            for refused in ("", "br", "gzip;q=0", "gzip; q=0.0"):
                assert "content-encoding" not in (await raw(api, path, refused))[0]
        assert "content-encoding" not in (await raw(api, "/lessons", "gzip"))[0]


async def raw(api: Api, path: str, taken: str) -> tuple[httpx2.Headers, bytes]:
    """Get an answer as it comes over the wire."""
    async with api.client.stream("GET", path, headers={"Accept-Encoding": taken}) as answer:
        return answer.headers, b"".join([part async for part in answer.aiter_raw()])


async def test_a_stream_passes_as_it_comes(tmp_path: Path) -> None:
    async with an_api(tmp_path) as api:
        task_id = await api.ask()
        async with api.client.stream("GET", f"/lessons/status/{task_id}/stream") as answer:
            assert answer.status_code == 200
            assert "content-encoding" not in answer.headers
            assert await anext(answer.aiter_raw())


async def test_an_answer_without_headers_is_dressed_too() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Message] = []

    async def note(message: Message) -> None:
        sent.append(message)

    await Front(app, Proxies([]), keyed=True, timed=False)(
        {"type": "http", "headers": [], "method": "GET", "path": "/", "scheme": "http"},
        None,  # type: ignore[arg-type]
        note,
    )
    assert (b"cache-control", b"no-store") in sent[0]["headers"]
