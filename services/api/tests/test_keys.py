"""With PATHSHALA_AUTH=keys, callers are known by their keys, sessions and tokens, and by nothing else."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pathshala_api.gate import FAILURES_PER_MINUTE
from pathshala_api.keyring import Keyring
from pathshala_api.lately import KNOWN_SECONDS
from pathshala_api.running_sessions import OF_A_KEY_MAX, SESSIONS
from pathshala_api.settings import ApiSettings, refuse_unsafe
from pathshala_common.contract.access_key import AccessKey, Role, id_in, new_access_key
from pathshala_common.contract.errors import SettingsError, StoreUnavailable
from pathshala_common.contract.lesson import NumberedTask
from pathshala_common.contract.ports.class_sets import NumberedSet
from pathshala_common.contract.ports.notices import Notice
from pathshala_common.operating.control import EVER
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import Api, MovableClock, an_api, an_order, problem
from services.api.tests.keyed import a_key, a_keyed_api, bearer
from tests.waiting import until, until_so

TIMES = 20
BEYOND_TIME = f"{12 * '9'}.{64 * '0'}"
"""The rest of a token that ends later than any moment that Python knows."""

UNKNOWN = "ps_" + 16 * "0" + "_" + 43 * "x"


class KeyReads(SQLiteStore):
    """A SQLite file that counts the reads of keys and of tasks."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.key_reads = self.owner_reads = self.session_reads = self.polls = self.set_reads = 0
        self.away = False

    async def access_key(self, key_id: str) -> AccessKey | None:
        self.key_reads += 1
        if self.away:
            raise StoreUnavailable("away")
        return await super().access_key(key_id)

    async def task(self, task_id: str) -> Any:
        self.owner_reads += 1
        return await super().task(task_id)

    async def numbered(self, task_ids: Collection[str]) -> Mapping[str, NumberedTask]:
        found = await super().numbered(task_ids)
        self.polls += 1
        return found

    async def class_set(self, set_id: str) -> NumberedSet | None:
        self.set_reads += 1
        return await super().class_set(set_id)

    async def notices(self, prefix: str, *, since: datetime) -> Sequence[Notice]:
        self.session_reads += prefix.startswith(SESSIONS)
        return await super().notices(prefix, since=since)


@pytest.fixture
async def keyed(tmp_path: Path) -> AsyncIterator[tuple[Api, KeyReads]]:
    store = KeyReads(tmp_path / "pathshala.db")
    async with a_keyed_api(tmp_path, store=store, clock=MovableClock()) as api:
        yield api, store


async def ordered(api: Api, key: str, **more: Any) -> str:
    answer = await api.client.post("/lessons", json=an_order(**more), headers=bearer(key))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


async def test_without_a_valid_key_nothing_is_answered_that_needs_one(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    expired = await a_key(store, api, expires_at=api.clock.now() - timedelta(seconds=1))
    revoked = await a_key(store, api)
    await store.revoke_key(str(id_in(revoked)), api.clock.now())
    right = await a_key(store, api)
    wrong = right[:-1] + ("x" if right[-1] != "x" else "y")

    missing = await api.client.get("/lessons")
    problem(missing, 401, "key_required")
    assert missing.headers["www-authenticate"] == 'Bearer realm="pathshala"'
    for bad in (UNKNOWN, expired, revoked, wrong, "ps_", "é" * 10):
        headers = {b"Authorization": f"Bearer {bad}".encode()}
        refused = await api.client.get("/lessons", headers=headers)
        problem(refused, 401, "key_refused")
        assert refused.headers["www-authenticate"].startswith("Bearer ")
    problem(await api.client.get("/lessons", headers={"Authorization": f"Basic {right}"}), 401, "key_refused")
    problem(await api.client.post("/lessons", content=b"not JSON"), 401, "key_required")
    assert (await api.client.get("/lessons", headers=bearer(right))).status_code == 200
    assert (await api.client.get("/health/ready")).status_code == 200
    problem(await api.client.get(f"/lessons?token={right}"), 401, "key_required")


async def test_users_see_and_touch_their_own_tasks_alone(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha, ravi = await a_key(store, api, "asha"), await a_key(store, api, "ravi")
    operator = await a_key(store, api, "root", Role.OPERATOR)
    task_id = await ordered(api, asha, user_id="asha")
    await ordered(api, ravi, user_id="ravi")
    path = f"/lessons/status/{task_id}"

    for below in ("", "/events"):
        assert (await api.client.get(path + below, headers=bearer(asha))).status_code == 200
        assert (await api.client.get(path + below, headers=bearer(operator))).status_code == 200
        foreign = problem(await api.client.get(path + below, headers=bearer(ravi)), 404, "task_not_found")
        unknown = await api.client.get("/lessons/status/unknown" + below, headers=bearer(ravi))
        assert problem(unknown, 404, "task_not_found") == foreign
    problem(await api.client.delete(path, headers=bearer(ravi)), 404, "task_not_found")
    for key, count in ((asha, 1), (ravi, 1), (operator, 2)):
        listed = (await api.client.get("/lessons/tasks", headers=bearer(key))).json()
        assert (len(listed["tasks"]), listed["total_tasks"]) == (count, count)
    problem(await api.client.get("/lessons/tasks?user_id=asha", headers=bearer(ravi)), 403, "wrong_user")
    assert len((await api.client.get("/lessons/tasks?user_id=asha", headers=bearer(operator))).json()["tasks"]) == 1


async def test_whose_a_task_was_is_known_when_it_has_expired(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha, ravi = await a_key(store, api, "asha"), await a_key(store, api, "ravi")
    task_id = await ordered(api, asha, user_id="asha")
    await api.complete(task_id)
    await store.delete_finished(api.clock.now() + timedelta(days=1), limit=10)

    path = f"/lessons/status/{task_id}"
    problem(await api.client.get(path, headers=bearer(asha)), 404, "task_expired")
    problem(await api.client.get(path, headers=bearer(ravi)), 404, "task_not_found")


async def test_an_order_is_its_keys_own(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha, operator = await a_key(store, api, "asha"), await a_key(store, api, "root", Role.OPERATOR)
    foreign = an_order(user_id="ravi")

    problem(await api.client.post("/lessons", json=foreign, headers=bearer(asha)), 403, "wrong_user")
    spaced = {**bearer(asha), "Content-Type": "application/json ; charset=utf-8"}
    problem(
        await api.client.post(
            "/lessons", content=httpx2.Request("POST", "http://a", json=foreign).content, headers=spaced
        ),
        403,
        "wrong_user",
    )
    problem(
        await api.client.post("/lessons", json={"subject": "a", "topic": "b"}, headers=bearer(asha)),
        400,
        "invalid_request",
    )
    await ordered(api, operator, user_id="ravi")


async def test_polls_read_neither_keys_nor_owners_each_time(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    task_id = await ordered(api, asha)
    await api.complete(task_id)
    store.key_reads = store.owner_reads = 0

    for _ in range(TIMES):
        assert (await api.client.get(f"/lessons/status/{task_id}", headers=bearer(asha))).status_code == 200

    assert store.key_reads == 0
    assert store.owner_reads <= 1


async def test_a_key_is_read_once_for_all_who_come_at_once_and_again_when_it_is_old(
    keyed: tuple[Api, KeyReads],
) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    for reads in (1, 2):
        answers = await asyncio.gather(*(api.client.get("/lessons", headers=bearer(asha)) for _ in range(TIMES)))
        assert {answer.status_code for answer in answers} == {200}
        assert store.key_reads == reads
        api.clock.ahead += timedelta(seconds=KNOWN_SECONDS)


async def test_a_key_that_another_replica_revoked_is_refused_within_the_bound(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    assert (await api.client.get("/lessons", headers=bearer(asha))).status_code == 200

    await store.revoke_key(str(id_in(asha)), api.clock.now())
    api.clock.ahead += timedelta(seconds=KNOWN_SECONDS)

    problem(await api.client.get("/lessons", headers=bearer(asha)), 401, "key_refused")


async def test_while_the_store_is_away_no_key_is_taken_for_wrong(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    store.away = True
    for _ in range(FAILURES_PER_MINUTE + 2):
        problem(await api.client.get("/lessons", headers=bearer(UNKNOWN)), 503, "store_unavailable")


async def test_operators_give_out_list_and_revoke_keys(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    operator = bearer(await a_key(store, api, "root", Role.OPERATOR))
    order = {"name": "Ravi's phone", "user_id": " ravi ", "role": "teacher", "expires_at": "2999-01-01T00:00:00Z"}
    made = await api.client.post("/operator/keys", json=order, headers=operator)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    key = made.json()["key"]
    assert made.json()["user_id"] == "ravi"

    assert (await api.client.get("/session", headers=bearer(key))).json() == {
        "auth": "keys",
        "user_id": "ravi",
        "role": "teacher",
    }
    listed = await api.client.get("/operator/keys", headers=operator)
    assert key not in listed.text
    assert {one["name"] for one in listed.json()["keys"]} == {"test", "Ravi's phone"}
    first = (await api.client.get("/operator/keys?limit=1", headers=operator)).json()
    rest = (await api.client.get(f"/operator/keys?after={first['next_after']}", headers=operator)).json()
    assert len(first["keys"]) == len(rest["keys"]) == 1
    assert rest["next_after"] is None

    path = f"/operator/keys/{made.json()['key_id']}"
    assert (await api.client.delete(path, headers=operator)).status_code == 204
    problem(await api.client.get("/session", headers=bearer(key)), 401, "key_refused")
    problem(await api.client.delete("/operator/keys/none", headers=operator), 404, "key_not_found")
    problem(await api.client.get("/operator/keys", headers=bearer(await a_key(store, api))), 403, "role_required")


async def test_uses_are_written_down_lazily(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    now = api.clock.held = datetime(2030, 1, 1, tzinfo=UTC)
    for _ in range(TIMES):
        assert (await api.client.get("/lessons", headers=bearer(asha))).status_code == 200

    kept = await store.access_key(str(id_in(asha)))
    async with asyncio.timeout(20):
        while kept is not None and kept.used_at is None:
            kept = await store.access_key(str(id_in(asha)))
    assert kept is not None
    assert kept.used_at == now


async def test_a_key_has_so_many_requests_a_minute_and_is_told(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path, key_requests_per_minute=3, clock=MovableClock()) as api:
        asha, ravi = await a_key(api.store, api, "asha"), await a_key(api.store, api, "ravi")
        for left in (2, 1, 0):
            answer = await api.client.get("/lessons", headers=bearer(asha))
            assert answer.headers["ratelimit-policy"] == '"key";q=3;w=60'
            assert answer.headers["ratelimit"].startswith(f'"key";r={left};t=')
        refused = await api.client.get("/lessons", headers=bearer(asha))
        problem(refused, 429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit"] == f'"key";r=0;t={refused.headers["retry-after"]}'
        assert refused.headers["ratelimit"].startswith('"key";r=0;t=')
        assert (await api.client.get("/lessons", headers=bearer(ravi))).status_code == 200
        api.clock.ahead += timedelta(seconds=60)
        assert (await api.client.get("/lessons", headers=bearer(asha))).status_code == 200


async def test_an_address_that_tries_keys_is_slowed_and_those_who_have_one_are_not(
    keyed: tuple[Api, KeyReads],
) -> None:
    api, store = keyed
    asha, new = await a_key(store, api, "asha"), await a_key(store, api, "ravi")
    assert (await api.client.get("/lessons", headers=bearer(asha))).status_code == 200
    for _ in range(FAILURES_PER_MINUTE):
        problem(await api.client.get("/lessons", headers=bearer(UNKNOWN)), 401, "key_refused")
    store.key_reads = 0

    for tried in (UNKNOWN, new):
        slowed = await api.client.get("/lessons", headers=bearer(tried))
        problem(slowed, 429, "too_many_failures")
        assert 1 <= int(slowed.headers["retry-after"]) <= 60
    assert store.key_reads == 0
    api.clock.ahead += timedelta(seconds=KNOWN_SECONDS)
    assert (await api.client.get("/lessons", headers=bearer(asha))).status_code == 200
    api.clock.ahead += timedelta(seconds=60)
    assert (await api.client.get("/lessons", headers=bearer(new))).status_code == 200


async def test_no_key_stands_in_a_log_or_an_answer(
    keyed: tuple[Api, KeyReads], caplog: pytest.LogCaptureFixture
) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    with caplog.at_level(logging.DEBUG):
        for path in ("/lessons", "/lessons/status/x", "/operator/keys", "/session"):
            answer = await api.client.get(path, headers=bearer(asha))
            assert asha not in answer.text + str(answer.headers)
    assert asha.split("_", 2)[2] not in caplog.text


SAME_SITE: dict[str, str] = {"Sec-Fetch-Site": "same-origin"}


async def begun(api: Api, key: str, **headers: str) -> httpx2.Response:
    """Begin a session, and have the client send its cookie from now on."""
    answer = await api.client.post("/session", headers={**bearer(key), **headers})
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_browser_has_a_session_that_no_script_reads(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    answer = await begun(api, await a_key(store, api, "asha"))

    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert (await api.client.get("/session")).json()["user_id"] == "asha"
    ended = await api.client.delete("/session")
    assert ended.status_code == 204
    assert "Max-Age=0" in ended.headers["set-cookie"]
    problem(await api.client.get("/session"), 401, "key_required")


async def test_a_session_ends_with_its_time_and_with_its_key(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    await begun(api, asha)
    api.clock.ahead += timedelta(hours=12, seconds=1)
    problem(await api.client.get("/session"), 401, "key_refused")

    await begun(api, asha)
    await store.revoke_key(str(id_in(asha)), api.clock.now())
    api.clock.ahead += timedelta(seconds=KNOWN_SECONDS)
    problem(await api.client.get("/session"), 401, "key_refused")


async def test_a_session_that_is_ended_ends_every_copy_of_its_cookie(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    await begun(api, asha)
    other = {"Cookie": f"pathshala_session={api.client.cookies['pathshala_session']}"}
    api.client.cookies.clear()
    await begun(api, asha)
    copied = {"Cookie": f"pathshala_session={api.client.cookies['pathshala_session']}"}

    refused = await api.client.delete("/session", headers={"Origin": "https://evil.example"})
    problem(refused, 403, "foreign_page")
    assert (await api.client.get("/session", headers=copied)).status_code == 200
    assert (await api.client.delete("/session", headers=SAME_SITE)).status_code == 204

    problem(await api.client.get("/session", headers=copied), 401, "key_refused")
    assert (await api.client.delete("/session", headers=copied)).status_code == 204
    assert (await api.client.get("/session", headers=other)).status_code == 200
    assert (await api.client.get("/session", headers=bearer(asha))).status_code == 200


async def test_what_another_replica_ended_is_known_here_seconds_later(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    await begun(api, await a_key(store, api, "asha"))
    assert (await api.client.get("/session")).status_code == 200
    await store.take_down(SESSIONS, before=api.clock.now() + timedelta(seconds=1))

    api.clock.ahead += timedelta(seconds=KNOWN_SECONDS)

    problem(await api.client.get("/session"), 401, "key_refused")


async def test_a_key_has_so_many_sessions_and_another_ends_the_oldest(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha, ravi = await a_key(store, api, "asha"), await a_key(store, api, "ravi")
    cookies = []
    for key in (ravi, *[asha] * (OF_A_KEY_MAX + 1)):
        api.clock.ahead += timedelta(seconds=1)
        await begun(api, key)
        cookies.append({"Cookie": f"pathshala_session={api.client.cookies['pathshala_session']}"})
        api.client.cookies.clear()

    statuses = [(await api.client.get("/session", headers=cookie)).status_code for cookie in cookies]

    assert statuses == [200, 401, *[200] * OF_A_KEY_MAX]
    api.clock.ahead += timedelta(hours=12, seconds=1)
    await begun(api, asha)
    assert len(await store.notices(SESSIONS + str(id_in(asha)), since=EVER)) == 1


async def test_by_a_session_a_poll_reads_nothing_more_than_by_a_key(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    await begun(api, await a_key(store, api, "asha"))
    for _ in range(2):
        assert (await api.client.get("/session")).status_code == 200
    reads = store.session_reads

    for _ in range(TIMES):
        assert (await api.client.get("/session")).status_code == 200
    for _ in range(TIMES):
        headers = {"Cookie": f"pathshala_session={8 * '00'}.{8 * '00'}.99999999999.{64 * '0'}"}
        assert (await api.client.get("/session", headers=headers)).status_code in {401, 429}

    assert store.session_reads == reads


Ending = Callable[[Api, KeyReads, str], Awaitable[object]]


async def revoked(api: Api, store: KeyReads, key: str) -> None:
    await store.revoke_key(str(id_in(key)), api.clock.now())


async def outlived(api: Api, _store: KeyReads, _key: str) -> None:
    api.clock.ahead += timedelta(hours=1)


async def ended(api: Api, store: KeyReads, _key: str) -> None:
    await store.take_down(SESSIONS, before=api.clock.now() + timedelta(seconds=1))


@pytest.mark.parametrize(("end", "by_session"), [(revoked, False), (outlived, False), (ended, True), (revoked, True)])
async def test_what_goes_on_ends_with_its_key_and_its_session(
    keyed: tuple[Api, KeyReads], end: Ending, *, by_session: bool
) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha", expires_at=api.clock.now() + timedelta(minutes=30))
    others = bearer(await a_key(store, api, "asha"))
    task_id = await ordered(api, asha, user_id="asha")
    headers = bearer(asha)
    if by_session:
        await begun(api, asha)
        headers = {"Cookie": f"pathshala_session={api.client.cookies['pathshala_session']}"}
        api.client.cookies.clear()
    path = f"/lessons/status/{task_id}"

    async with (
        api.client.stream("GET", f"{path}/stream", headers=headers) as of_task,
        api.client.stream("GET", "/lessons/stream?user_id=asha", headers=headers) as of_user,
        api.client.stream("GET", f"{path}/stream", headers=others) as other,
    ):
        told = [stream.aiter_lines() for stream in (of_task, of_user, other)]
        for lines in told:
            assert (await anext(lines)).startswith("retry:")
        polls = store.polls
        poll = asyncio.create_task(api.client.get(path, headers={**headers, "Prefer": "wait=60"}))
        await until(lambda: store.polls > polls)
        await end(api, store, asha)
        api.clock.ahead += timedelta(seconds=KNOWN_SECONDS)

        for lines in told[:2]:
            assert [line async for line in lines if line.startswith("id:")]
        assert (await poll).json()["status"] == "pending"
        await api.complete(task_id)
        assert [line async for line in told[2] if "completed" in line]
    again = await api.client.get(f"{path}/stream", headers=headers)
    problem(again, 401, "key_refused")


async def test_a_waiting_poll_of_a_class_set_ends_with_its_key(
    keyed: tuple[Api, KeyReads], monkeypatch: pytest.MonkeyPatch
) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha", Role.TEACHER)
    body = {"user_id": "asha", "lessons": [{"subject": "english", "topic": "verbs"}]}
    path = (await api.client.post("/class-sets", json=body, headers=bearer(asha))).json()["set_url"]
    shown: list[httpx2.Response] = []

    async def ordered_all() -> bool:
        shown.append(await api.client.get(path, headers=bearer(asha)))
        return bool(shown[-1].json()["counts"]["pending"] == 1)

    await until_so(ordered_all)
    now, reads = api.clock.monotonic(), store.set_reads
    monkeypatch.setattr(api.clock, "monotonic", lambda: now + api.clock.ahead.total_seconds())
    waiting = {**bearer(asha), "Prefer": "wait=60", "If-None-Match": shown[-1].headers["etag"]}
    poll = asyncio.create_task(api.client.get(path, headers=waiting))
    await until(lambda: store.set_reads > reads)
    await revoked(api, store, asha)
    api.clock.ahead += timedelta(seconds=KNOWN_SECONDS)

    await until(poll.done)
    assert (await poll).status_code == 304


async def test_a_forged_session_is_refused(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = str(id_in(await a_key(store, api, "asha")))
    for forged in (f"{asha}.99999999999.{64 * '0'}", "x", f"{asha}..", f"{asha}.{9 * '9'}", f"x.{asha}.{BEYOND_TIME}"):
        headers = {"Cookie": f"pathshala_session={forged}"}
        problem(await api.client.get("/session", headers=headers), 401, "key_refused")
    path = f"/lessons/status/x/stream?token={asha}.{BEYOND_TIME}"
    problem(await api.client.get(path), 401, "key_refused")


async def test_a_session_cannot_make_itself_longer_nor_watch_beyond_its_end(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = await a_key(store, api, "asha")
    path = f"/lessons/status/{await ordered(api, asha, user_id='asha')}"
    await begun(api, asha)

    again = await api.client.post("/session", headers=SAME_SITE)
    assert again.status_code == 200
    assert "set-cookie" not in again.headers
    given = await api.client.post(f"{path}/stream-token", headers=SAME_SITE)
    token = {"token": given.json()["token"]}
    cookie = {"Cookie": f"pathshala_session={api.client.cookies['pathshala_session']}"}
    api.client.cookies.clear()
    async with api.client.stream("GET", f"{path}/stream", params=token) as stream:
        assert stream.status_code == 200
        assert (await api.client.delete("/session", headers=cookie)).status_code == 204
        assert [line async for line in stream.aiter_lines() if line.startswith("id:")]
    problem(await api.client.get(f"{path}/stream", params=token), 401, "key_refused")


async def test_what_a_token_asks_for_is_not_taken_from_its_key(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path, key_requests_per_minute=3, clock=MovableClock()) as api:
        asha = await a_key(api.store, api, "asha")
        task_id = await ordered(api, asha, user_id="asha")
        await api.complete(task_id)
        path = f"/lessons/status/{task_id}"
        given = await api.client.post(f"{path}/stream-token", headers=bearer(asha))
        told = []
        for _ in range(4):
            answer = await api.client.get(f"{path}/stream", params={"token": given.json()["token"]})
            told.append((answer.status_code, answer.headers["ratelimit"].partition(";t=")[0]))
        assert told == [(200, '"key";r=2'), (200, '"key";r=1'), (200, '"key";r=0'), (429, '"key";r=0')]
        assert (await api.client.get("/session", headers=bearer(asha))).status_code == 200


async def test_a_cookie_that_is_none_of_ours_is_no_wrong_key(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    for _ in range(FAILURES_PER_MINUTE + 1):
        answer = await api.client.get("/lessons", headers={"Cookie": "theme=dark"})
        problem(answer, 401, "key_required")
    assert (await api.client.get("/lessons", headers=bearer(await a_key(store, api)))).status_code == 200


async def test_a_wrong_secret_is_no_use_of_its_key(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    right = await a_key(store, api)
    wrong = right[:-1] + ("x" if right[-1] != "x" else "y")
    for _ in range(2):
        problem(await api.client.get("/lessons", headers=bearer(wrong)), 401, "key_refused")
    other = await a_key(store, api, "ravi")
    assert (await api.client.get("/lessons", headers=bearer(other))).status_code == 200

    async def written() -> AccessKey | None:
        kept = await store.access_key(str(id_in(other)))
        return kept if kept is not None and kept.used_at is not None else None

    await until_so(written)
    kept = await store.access_key(str(id_in(right)))
    assert kept is not None
    assert kept.used_at is None


async def test_a_key_that_is_revoked_while_it_is_read_is_not_known_afterwards(keyed: tuple[Api, KeyReads]) -> None:
    _, store = keyed
    clock = MovableClock()
    text, key = new_access_key(name="test", user_id="asha", role=Role.USER, now=clock.now())
    await store.add_key(key)
    read, revoked = asyncio.Event(), asyncio.Event()

    class Slow(KeyReads):
        """Gives what it read only after the key was revoked."""

        async def access_key(self, key_id: str) -> AccessKey | None:
            found = await store.access_key(key_id)
            read.set()
            await revoked.wait()
            return found

        async def revoke_key(self, key_id: str, at: datetime) -> bool:
            return await store.revoke_key(key_id, at)

    keyring = Keyring(Slow(store._path), clock)
    late = asyncio.create_task(keyring.opened_by(text))
    await read.wait()
    await keyring.revoke(key.key_id)
    revoked.set()
    await late

    assert await keyring.opened_by(text) is None


async def test_to_a_user_a_name_that_is_no_task_is_one_that_is_not_there(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha = bearer(await a_key(store, api, "asha"))
    for name in ("%00", "%ff", "%ed%a0%80", "$where", "a" * 2_000, "%0A", "..%5C", "'--"):
        for below in ("", "/events", "/stream"):
            answer = await api.client.get(f"/lessons/status/{name}{below}", headers=asha)
            problem(answer, 404, "task_not_found")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (SAME_SITE, 202),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://school.example"}, 202),
    ],
)
async def test_no_other_site_changes_anything_by_a_session(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async with a_keyed_api(tmp_path, cors_origins="https://school.example") as api:
        await begun(api, await a_key(api.store, api, "asha"))
        answer = await api.client.post("/lessons", json=an_order(), headers=headers)
        assert answer.status_code == status, answer.text
        assert (await api.client.get("/lessons/tasks", headers=headers)).json()["total_tasks"] == (status == 202)


async def test_an_old_browser_is_known_by_its_origin(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    await begun(api, await a_key(store, api, "asha"))
    origin = str(api.client.base_url).rstrip("/")
    assert (await api.client.post("/lessons", json=an_order(), headers={"Origin": origin})).status_code == 202


async def test_behind_https_the_cookie_is_secure_if_a_proxy_of_ours_says_so(tmp_path: Path) -> None:
    said = {"X-Forwarded-Proto": "https"}
    async with a_keyed_api(tmp_path, trusted_proxies="127.0.0.0/8") as api:
        answer = await begun(api, await a_key(api.store, api), **said)
        assert answer.headers["set-cookie"].startswith("__Host-pathshala_session=")
        assert "; Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"]
    async with a_keyed_api(tmp_path / "..", trusted_proxies="10.0.0.0/8", store=SQLiteStore(tmp_path / "b.db")) as api:
        answer = await begun(api, await a_key(api.store, api), **said)
        assert "Secure" not in answer.headers["set-cookie"]


async def test_failures_are_counted_by_the_client_that_a_proxy_names(tmp_path: Path) -> None:
    async with a_keyed_api(tmp_path, trusted_proxies="127.0.0.1") as api:
        asha = await a_key(api.store, api, "asha")
        evil = {"X-Forwarded-For": "1.2.3.4, 192.0.2.66"}
        for _ in range(FAILURES_PER_MINUTE):
            problem(await api.client.get("/lessons", headers=bearer(UNKNOWN) | evil), 401, "key_refused")
        problem(await api.client.get("/lessons", headers=bearer(UNKNOWN) | evil), 429, "too_many_failures")
        for number in range(FAILURES_PER_MINUTE):
            neighbour = {"X-Forwarded-For": f"2001:db8:0:1::{number:x}"}
            problem(await api.client.get("/lessons", headers=bearer(UNKNOWN) | neighbour), 401, "key_refused")
        neighbour = {"X-Forwarded-For": "2001:db8:0:1:ffff::1"}
        problem(await api.client.get("/lessons", headers=bearer(UNKNOWN) | neighbour), 429, "too_many_failures")
        for address in ("2001:db8:0:2::1", "::ffff:192.0.2.67", "unknown"):
            headers = bearer(UNKNOWN) | {"X-Forwarded-For": address}
            problem(await api.client.get("/lessons", headers=headers), 401, "key_refused")
        other = {"X-Forwarded-For": "192.0.2.66, 192.0.2.7"}
        assert (await api.client.get("/lessons", headers=bearer(asha) | other)).status_code == 200


async def test_a_token_is_for_one_task_and_is_given_to_its_owner(keyed: tuple[Api, KeyReads]) -> None:
    api, store = keyed
    asha, ravi = await a_key(store, api, "asha"), await a_key(store, api, "ravi")
    path = f"/lessons/status/{await ordered(api, asha, user_id='asha')}"
    problem(await api.client.post(f"{path}/stream-token", headers=bearer(ravi)), 404, "task_not_found")
    given = await api.client.post(f"{path}/stream-token", headers=bearer(asha))
    assert given.status_code == 200
    token = {"token": given.json()["token"]}
    problem(await api.client.get(path, params=token), 401, "key_required")
    async with api.client.stream("GET", f"{path}/stream", params=token) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
    another = f"/lessons/status/{await ordered(api, asha, user_id='asha')}/stream"
    problem(await api.client.get(another, params=token), 401, "key_refused")
    api.clock.ahead += timedelta(minutes=15)
    problem(await api.client.get(f"{path}/stream", params=token), 401, "key_refused")


async def test_the_description_says_how_to_come_in_where_that_is_asked_for(keyed: tuple[Api, KeyReads]) -> None:
    document = (await keyed[0].client.get("/openapi.json")).json()
    schemes = {path: document["paths"][path]["get"]["security"] for path in ("/lessons", "/health/live")}
    stream = document["paths"]["/lessons/status/{task_id}/stream"]["get"]["security"]

    assert schemes == {"/lessons": [{"key": []}, {"session": []}], "/health/live": []}
    assert {name for one in stream for name in one} == document["components"]["securitySchemes"].keys()


async def test_without_keys_everybody_is_an_operator(tmp_path: Path) -> None:
    async with an_api(tmp_path) as api:
        said = {"auth": "off", "user_id": None, "role": "operator"}
        assert (await api.client.get("/session")).json() == said
        begun = await api.client.post("/session")
        assert begun.json() == said
        assert "set-cookie" not in begun.headers
        assert (await api.client.get("/operator/keys")).json() == {"keys": [], "next_after": None}
        assert "ratelimit" not in begun.headers
        assert "security" not in (await api.client.get("/openapi.json")).text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_keys_are_off_by_default_on_loopback(host: str) -> None:
    refuse_unsafe(ApiSettings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_elsewhere_it_must_be_said_in_words(host: str) -> None:
    with pytest.raises(SettingsError, match=r"PATHSHALA_AUTH.*keys.*off-on-purpose") as refused:
        refuse_unsafe(ApiSettings(host=host))
    assert "\n" not in str(refused.value)
    for auth in ("keys", "off-on-purpose"):
        refuse_unsafe(ApiSettings.model_validate({"host": host, "auth": auth}))


def test_a_ceiling_of_cost_without_prices_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"PATHSHALA_USER_MONTH_COST_MAX.*PATHSHALA_PRICE_PROMPT"):
        refuse_unsafe(ApiSettings(user_month_cost_max=5))
    refuse_unsafe(ApiSettings(user_month_cost_max=5, price_completion=1))
