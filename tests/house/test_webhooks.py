"""Webhooks: the end of a task is told to the address that its order named, and to no address that is not allowed."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from tests.stubs.receiver import HANGS, WELL, Receiver, forbidden_receiver
from tests.waiting import until, until_so

SECRETS = [f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2)]
AT_ONCE_BY_HOST = 8


@dataclass(frozen=True, slots=True)
class House:
    """A house in this process, as its clients meet it."""

    client: httpx2.AsyncClient

    async def order(self, callback_url: str, topic: str = "verbs") -> httpx2.Response:
        order = {
            "subject": "english",
            "topic": topic,
            "user_id": "asha",
            "include_wikipedia": False,
            "callback_url": callback_url,
        }
        return await self.client.post("/lessons", json=order)

    async def ordered(self, callback_url: str, topic: str = "verbs") -> str:
        answer = await self.order(callback_url, topic)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["task_id"])

    async def events(self, task_id: str) -> list[dict[str, Any]]:
        answer = await self.client.get(f"/lessons/status/{task_id}/events")
        logged: list[dict[str, Any]] = answer.json() if answer.status_code == 200 else []
        return logged

    async def told(self, task_id: str, event: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until the log has an event, so often."""

        async def found() -> list[dict[str, Any]] | None:
            events = [one for one in await self.events(task_id) if one["event"] == event]
            return events if len(events) >= count else None

        return await until_so(found)


def settings(folder: Path, **more: Any) -> HouseSettings:
    own: dict[str, Any] = {
        "store_url": f"sqlite:///{folder / 'house.db'}",
        "writer": "offline",
        "port": 0,
        "webhook_secrets": SecretStr(",".join(SECRETS)),
        "webhook_networks": "127.0.0.1/32",
        "retry_delay_seconds": 0.1,
        "grace_seconds": 0.1,
    }
    return HouseSettings(**own | more)


@asynccontextmanager
async def house(folder: Path, **more: Any) -> AsyncIterator[House]:
    process = embedded.process(settings(folder, **more), SystemClock())
    async with running(process) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        yield House(client)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as here:
        yield here


@pytest.fixture
async def forbidden() -> AsyncIterator[Receiver]:
    async with forbidden_receiver() as there:
        yield there


async def test_the_end_is_told_once_signed_by_every_secret_and_says_what_a_poll_says(
    tmp_path: Path, receiver: Receiver
) -> None:
    async with house(tmp_path) as here:
        task_id = await here.ordered(receiver.url("/hook"))
        [event] = await here.told(task_id, "WebhookDelivered")
        status = (await here.client.get(f"/lessons/status/{task_id}")).json()
        ends = [one for one in await here.events(task_id) if one["event"] == "LessonStored"]

    [came] = receiver.received
    assert status["status"] == "completed"
    assert came.json == status
    assert status["change"] == ends[0]["position"]
    assert came.identity == f"{task_id}-{ends[0]['position']}"
    assert event["data"] | {"attempt": 1, "status": 204, "change": ends[0]["position"]} == event["data"]
    for secret in SECRETS:
        assert Webhook(secret).verify(came.body, dict(came.headers)) == came.json


async def test_a_failure_is_told_too(tmp_path: Path, receiver: Receiver) -> None:
    async with house(tmp_path) as here:
        task_id = await here.ordered(receiver.url("/hook"), topic="how to build a bomb")
        await here.told(task_id, "WebhookDelivered")
        status = (await here.client.get(f"/lessons/status/{task_id}")).json()

    [came] = receiver.received
    assert status["status"] == "failed"
    assert came.json == status


async def test_a_receiver_that_fails_is_told_again_under_the_same_identity_and_the_status_stays(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.answers["/hook"] = [(500, {}), (503, {"Retry-After": "1"}), WELL]
    async with house(tmp_path) as here:
        task_id = await here.ordered(receiver.url("/hook"))
        [event] = await here.told(task_id, "WebhookDelivered")
        retries = await here.told(task_id, "RetryScheduled", 2)
        status = (await here.client.get(f"/lessons/status/{task_id}")).json()

    assert len(receiver.received) == 3
    assert len({one.identity for one in receiver.received}) == 1
    assert len({one.body for one in receiver.received}) == 1
    assert event["attempt"] == 3
    assert [retry["data"]["code"] for retry in retries] == ["webhook_refused"] * 2
    assert retries[1]["data"]["delay_seconds"] >= 1
    assert status["status"] == "completed"
    assert receiver.received[-1].json == status


async def test_what_is_final_ends_it_and_nothing_is_reached_that_may_not_be(
    tmp_path: Path, receiver: Receiver, forbidden: Receiver
) -> None:
    receiver.answers["/gone"] = [(410, {})]
    receiver.answers["/loopback"] = [(307, {"Location": forbidden.url("/hook")})]
    receiver.answers["/metadata"] = [(302, {"Location": "http://169.254.169.254/latest/meta-data/"})]
    receiver.answers["/hangs"] = [(HANGS, {})]
    given_up = {receiver.url("/gone"): "gone", forbidden.url("/hook"): "address_not_allowed"}
    tried_again = ("/loopback", "/metadata")
    async with house(tmp_path) as here:
        await here.ordered(receiver.url("/hangs"), topic="hangs")
        for url, code in given_up.items():
            task_id = await here.ordered(url, topic=code)
            [event] = await here.told(task_id, "WebhookAbandoned")
            assert event["data"]["code"] == code
        for path in tried_again:
            task_id = await here.ordered(receiver.url(path), topic=path)
            [event, *_] = await here.told(task_id, "RetryScheduled")
            assert event["data"]["code"] == "webhook_redirected"

    assert len(receiver.at("/gone")) == 1
    assert not receiver.at("/hook")


async def test_one_who_hangs_holds_up_nobody_else(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers["/hook"] = [(HANGS, {})]
    async with Receiver(host="127.0.0.3") as other, house(tmp_path, webhook_networks="127.0.0.0/24") as here:
        count = 3 * AT_ONCE_BY_HOST
        await asyncio.gather(*(here.ordered(receiver.url("/hook"), topic=f"verbs {n}") for n in range(count)))
        await until(lambda: receiver.connections == AT_ONCE_BY_HOST)
        task_id = await here.ordered(other.url("/hook"), topic="others")
        await here.told(task_id, "WebhookDelivered")
        assert receiver.connections == AT_ONCE_BY_HOST


async def test_what_was_not_delivered_before_the_house_died_is_sent_again_and_the_rest_is_not(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.answers["/later"] = [(HANGS, {}), WELL]
    async with house(tmp_path) as here:
        settled = await here.ordered(receiver.url("/hook"))
        await here.told(settled, "WebhookDelivered")
        unsettled = await here.ordered(receiver.url("/later"))
        await until(lambda: receiver.at("/later"))
    async with house(tmp_path) as here:
        await here.told(unsettled, "WebhookDelivered")
        assert await here.told(settled, "WebhookDelivered")

    assert len(receiver.at("/hook")) == 1
    assert len({one.identity for one in receiver.at("/later")}) == 1
    assert len(receiver.at("/later")) == 2


async def test_an_operator_has_it_told_again_as_often_as_wished(tmp_path: Path, receiver: Receiver) -> None:
    async with house(tmp_path) as here:
        task_id = await here.ordered(receiver.url("/hook"))
        await here.told(task_id, "WebhookDelivered")
        for count in (2, 3):
            again = await here.client.post(f"/operator/webhooks/{task_id}/redeliver")
            assert (again.status_code, again.json()) == (202, {"task_id": task_id})
            await here.told(task_id, "WebhookDelivered", count)
        unknown = await here.client.post(f"/operator/webhooks/{'0' * 8}/redeliver")
        silent = {"subject": "english", "topic": "verbs", "user_id": "asha", "include_wikipedia": False}
        told_to_nobody = (await here.client.post("/lessons", json=silent)).json()["task_id"]
        await here.told(told_to_nobody, "LessonStored")
        nothing = await here.client.post(f"/operator/webhooks/{told_to_nobody}/redeliver")

    assert len(receiver.received) == 3
    assert len({(one.identity, one.body) for one in receiver.received}) == 1
    assert (unknown.status_code, unknown.json()["code"]) == (404, "task_not_found")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no_webhook")


async def test_without_a_secret_nothing_is_sent_and_the_log_says_why(tmp_path: Path, receiver: Receiver) -> None:
    async with house(tmp_path, webhook_secrets=SecretStr("")) as here:
        task_id = await here.ordered(receiver.url("/hook"))
        [event] = await here.told(task_id, "WebhookAbandoned")
    assert event["data"]["code"] == "unsigned"
    assert receiver.connections == 0


REFUSED: Sequence[str] = (
    "http://school.example/hook",
    "ftp://school.example/hook",
    "https://asha:secret@school.example/hook",
    "https://school.example/hook#part",
    "https://school.example:0/hook",
    "https://school.example:99999/hook",
    "https:///hook",
    "https://school.example/ho ok",
    "https://school.example/\u0915",
    "https://school.example/" + "x" * 2_000,
    "/hook",
    "",
)


async def test_an_address_that_cannot_be_used_is_refused_when_it_is_ordered(tmp_path: Path) -> None:
    async with house(tmp_path, webhook_networks="") as here:
        for url in REFUSED:
            answer = await here.order(url)
            assert answer.status_code == 400, url
            problem = answer.json()
            assert problem["code"] == "invalid_request"
            assert [error["field"] for error in problem["errors"]] == ["callback_url"]
            assert not url or url not in answer.text
        assert (await here.order("https://school.example/hook?of=asha")).status_code == 202
