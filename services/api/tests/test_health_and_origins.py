"""Health, and which web origins may call."""

from pathlib import Path

import pytest

from pathshala_common.store.mongodb.store import MongoStore
from services.api.tests.given import Api, an_api, an_order, closed_port, problem

ORIGIN = "https://school.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,idempotency-key"}


async def test_it_is_live_and_ready(api: Api) -> None:
    live, ready = await api.client.get("/health/live"), await api.client.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"status": "live", "service": "api"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "service": "api", "faults": {}})


async def test_it_is_ready_although_the_broker_is_away_and_says_so(tmp_path: Path) -> None:
    async with an_api(tmp_path, broker_started=False) as api:
        answer = await api.client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert answer.json()["faults"].keys() == {"broker"}


async def test_it_is_live_but_not_ready_while_the_store_is_away(tmp_path: Path) -> None:
    store = MongoStore(f"mongodb://asha:secret-canary@127.0.0.1:{closed_port()}/pathshala", timeout_seconds=0.5)
    async with an_api(tmp_path, store=store) as api:
        live, ready = await api.client.get("/health/live"), await api.client.get("/health/ready")

    assert live.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["status"] == "not_ready"
    assert ready.json()["faults"].keys() == {"store"}
    assert "secret-canary" not in ready.text


async def test_the_front_page_says_where_things_are(api: Api) -> None:
    for path in (await api.client.get("/")).json().values():
        if path.startswith("/"):
            assert (await api.client.get(path)).status_code == 200


async def test_without_origins_set_no_other_site_may_call(api: Api) -> None:
    answer = await api.client.get("/lessons/tasks", headers={"Origin": ORIGIN})

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origins", [ORIGIN, f"https://other.example , {ORIGIN}", "*"])
async def test_an_origin_that_is_set_may_ask_poll_and_read_the_answers(tmp_path: Path, origins: str) -> None:
    async with an_api(tmp_path, cors_origins=origins) as api:
        api.client.headers["Origin"] = ORIGIN
        preflight = await api.client.options("/lessons", headers=PREFLIGHT)
        asked = await api.client.post("/lessons", json=an_order())
        missing = await api.client.get("/lessons/status/x")
        too_large = await api.client.post("/lessons", content=b" " * 100_000)

    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]
    for answer in (preflight, asked, missing, too_large):
        assert answer.headers["access-control-allow-origin"] in {ORIGIN, "*"}
    exposed = {name.strip().lower() for name in asked.headers["access-control-expose-headers"].split(",")}
    assert {"location", "retry-after"} <= exposed


async def test_an_origin_that_is_not_set_may_not(tmp_path: Path) -> None:
    async with an_api(tmp_path, cors_origins=ORIGIN) as api:
        api.client.headers["Origin"] = "https://evil.example"
        preflight = await api.client.options("/lessons", headers=PREFLIGHT)
        answer = await api.client.get("/lessons/tasks")

    problem(preflight, 400, "origin_refused")
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in answer.headers
