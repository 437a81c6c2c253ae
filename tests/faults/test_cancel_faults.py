"""A process that dies when it has logged a cancel has told nobody yet: its successor tells the webhook of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from tests.faults.dying_of_a_cancel import EXIT_CODE
from tests.faults.record import RABBITMQ, Measured, fault_in_each
from tests.faults.rooms import a_room, addresses
from tests.house import calling
from tests.house.calling import BY_ENVIRONMENT, let_in_by
from tests.house.processes import ServiceProcess
from tests.house.test_webhooks import SECRETS
from tests.stubs.receiver import Receiver
from tests.waiting import DEADLINE_SECONDS, until

WEBHOOKS: dict[str, Any] = {"webhook_secrets": SecretStr(",".join(SECRETS)), "webhook_networks": "127.0.0.1/32"}

NO_MODEL = "http://127.0.0.1:9/v1"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as here:
        yield here


@fault_in_each(11, slow=RABBITMQ)
async def test_a_cancel_that_was_logged_and_not_told_is_told_by_who_comes_after(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver, measured: Measured
) -> None:
    places = addresses(deployment, request, tmp_path)
    task_id = await asyncio.to_thread(cancelled_by_the_dying, places, tmp_path, receiver.url("/end"))

    async with a_room(**places, **WEBHOOKS) as room:
        await until(lambda: receiver.received)
        told = [event.type for event in await room.log(task_id)]

    measured(deaths=1, told=len(receiver.received))
    assert receiver.received[0].json["task_id"] == task_id
    assert receiver.received[0].json["error_code"] == "cancelled"
    assert told.count("LessonCancelled") == 1


def cancelled_by_the_dying(places: dict[str, Any], folder: Path, callback_url: str) -> str:
    """Order a lesson that waits, since no model answers, and cancel it. Returns its task."""
    own = {f"PATHSHALA_{name.upper()}": str(value) for name, value in places.items()}
    more = {"PATHSHALA_PORT": "0", "OPENAI_BASE_URL": NO_MODEL, "PATHSHALA_WEBHOOK_NETWORKS": "127.0.0.1/32"}
    settings = {**own, **more, **BY_ENVIRONMENT}
    let_in_by(settings)
    house = ServiceProcess("tests.faults.dying_of_a_cancel", settings, folder)
    try:
        url = house.start()
        order: dict[str, Any] = {
            "subject": "faults",
            "topic": "cancel",
            "user_id": "tester",
            "include_wikipedia": False,
        }
        order |= {"callback_url": callback_url}
        accepted = calling.post(f"{url}/lessons", json=order, timeout=DEADLINE_SECONDS)
        assert accepted.status_code == 202, accepted.text
        task_id = str(accepted.json()["task_id"])
        with pytest.raises(requests.RequestException):
            calling.delete(f"{url}/lessons/status/{task_id}", timeout=DEADLINE_SECONDS)
        assert house.wait() == EXIT_CODE
    finally:
        house.kill()
    return task_id
