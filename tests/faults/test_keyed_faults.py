"""Callers have keys, and processes die: nothing of theirs is lost, nobody sees another's, what ended opens nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pathshala_api.proxies import Proxies
from pathshala_api.running_sessions import RunningSessions
from pathshala_api.sessions import PURPOSE, Sessions
from pathshala_api.tokens import Tokens
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.faults.record import RABBITMQ, Measured, fault_in_each, without_guard
from tests.house import calling
from tests.house.asking import answered, outcomes, posting
from tests.house.calling import KEYED
from tests.house.houses import House, Replicas, distributed, embedded
from tests.servers.loopback import free_port
from tests.waiting import DEADLINE_SECONDS, until_true

TASKS = 6
REFUSED = {401, 429}


@pytest.fixture
def house(request: pytest.FixtureRequest, deployment: str, tmp_path: Path, wikipedia_url: str) -> Iterator[House]:
    """A running house that asks for keys, of two APIs where it is several processes."""
    if deployment == RABBITMQ:
        amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
        made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url, Replicas(apis=2), **KEYED)
    else:
        made = embedded(tmp_path, wikipedia_url, **KEYED)
    for api in made.named(made.api):
        api.settings["PATHSHALA_PORT"] = str(free_port())  # the same one after each death
    try:
        made.start()
        yield made
    finally:
        made.stop()


def a_session(url: str, user_id: str) -> tuple[requests.Session, str]:
    """Have the operator give a key to a user. Returns a client that sends it, and its id."""
    order = {"user_id": user_id, "name": "faults", "role": "user"}
    made = calling.post(f"{url}/operator/keys", json=order, timeout=DEADLINE_SECONDS).json()
    client = requests.Session()
    client.headers["Authorization"] = f"Bearer {made['key']}"
    return client, made["key_id"]


def statuses(client: requests.Session, urls: list[str], path: str) -> set[int]:
    """What each API answers. One to which too many wrong keys came says that (429), and not that this one is (401)."""
    return {client.get(f"{url}{path}", timeout=DEADLINE_SECONDS).status_code for url in urls}


@fault_in_each(44, slow=RABBITMQ)
def test_what_callers_have_by_their_keys_outlives_a_death_and_what_ended_stays_ended(
    house: House, measured: Measured
) -> None:
    urls, last = house.urls, house.named(house.api)[-1]
    asha, key_id = a_session(urls[0], "asha")
    ravi, _ = a_session(urls[-1], "ravi")
    begun = asha.post(f"{urls[0]}/session", timeout=DEADLINE_SECONDS)
    browser = requests.Session()
    browser.headers["Cookie"] = begun.headers["Set-Cookie"].partition(";")[0]

    def ordered(number: int) -> str:
        order = {"subject": "faults", "topic": f"keyed {number}", "user_id": "asha"}
        answer = answered(posting(asha.post, urls[number % len(urls)], order))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["task_id"])

    task_ids = [ordered(number) for number in range(TASKS)]
    last.kill()
    last.start()

    ends = outcomes(urls[0], task_ids)
    paths = [f"/lessons/status/{task_id}" for task_id in task_ids]
    others_see = sum(statuses(ravi, urls, path) != {404} for path in paths)
    assert [statuses(asha, urls, path) for path in paths] == [{200}] * TASKS
    assert statuses(browser, urls, "/session") == {200}

    assert browser.delete(f"{urls[0]}/session", timeout=DEADLINE_SECONDS).status_code == 204
    until_true(lambda: statuses(browser, urls, "/session") <= REFUSED)
    assert statuses(asha, urls, "/session") == {200}
    revoked = calling.delete(f"{urls[0]}/operator/keys/{key_id}", timeout=DEADLINE_SECONDS)
    assert revoked.status_code == 204
    until_true(lambda: statuses(asha, urls, "/session") <= REFUSED)
    last.kill()
    last.start()
    open_again = len((statuses(asha, urls, "/session") | statuses(browser, urls, "/session")) - REFUSED)

    lost = sum(end["status"] != "completed" for end in ends)
    measured(tasks=TASKS, lost=lost, seen_by_others=others_see, open_again=open_again)
    assert (lost, others_see, open_again) == (0, 0, 0)


@without_guard(44)
async def test_by_its_signature_alone_the_cookie_of_a_session_that_ended_would_open_everything(tmp_path: Path) -> None:
    store, clock = SQLiteStore(tmp_path / "pathshala.db"), SystemClock()
    await store.open()
    try:
        tokens = Tokens(store)
        sessions = Sessions(tokens, RunningSessions(store, clock), Proxies([]), [])
        scope: dict[str, Any] = {"type": "http", "scheme": "http", "headers": []}
        begun = await sessions.begin(scope, "0" * 16, clock.now())
        cookie = begun.partition(";")[0]
        scope["headers"] = [(b"cookie", cookie.encode())]
        assert await sessions.of(scope, clock.now()) is not None

        await sessions.end(scope, clock.now())

        session_id, _, token = cookie.partition("=")[2].partition(".")
        assert await sessions.of(scope, clock.now()) is None
        assert await tokens.key_of(token, PURPOSE, session_id, now=clock.now()) == "0" * 16
    finally:
        await store.close()
