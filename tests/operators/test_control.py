"""An operator cancels tasks, has failed ones asked for anew, and pauses writing, by commands beside any house."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from libs.common.tests.broker.places import Place, hands
from pathshala_common.contract.envelope import Envelope, decode, requested_of
from pathshala_common.contract.lesson import Derivation, HowMade, Status, Task
from pathshala_common.contract.ports.store import Store
from pathshala_common.operating.control import EVER, PROMISES
from pathshala_common.operating.writing import writing_state
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.faults.rooms import a_room
from tests.house.test_webhooks import SECRETS
from tests.operators.command import Ended, pathshala
from tests.operators.conftest import opened
from tests.operators.logs import House, failed, request, requested
from tests.servers.migrated import PATIENT_SECONDS, MigratedMongoStore
from tests.servers.mongodb_url import of_database
from tests.stubs.receiver import Receiver
from tests.waiting import until, until_so

CALLED = "http://127.0.0.1:1/end"


def order(topic: str, user_id: str = "asha", callback_url: str | None = None) -> Envelope:
    """A request that was made now, with a deadline that is far."""
    asked = request(topic, user_id, at=SystemClock().now())
    return requested(asked.model_copy(update={"callback_url": callback_url}))


async def kept(store: Store, *orders: Envelope) -> list[str]:
    for one in orders:
        await House(store, {}).lived(one)
    return [one.task_id for one in orders]


async def states(store: Store, task_ids: Sequence[str]) -> list[str | None]:
    found = await store.tasks_by_id(task_ids)
    return [found[task_id].error_code for task_id in task_ids]


@pytest.mark.slow
async def test_beside_a_house_of_several_processes(rabbitmq: Place, mongodb_url: str) -> None:
    broker, topology = await rabbitmq.started()
    url = of_database(mongodb_url, f"control_{uuid4().hex}")
    settings = {
        "PATHSHALA_BROKER_URL": rabbitmq.address,
        "PATHSHALA_NAMESPACE": topology.namespace,
        "PATHSHALA_STORE_URL": url,
    }

    async def run(*arguments: str, answer: str = "") -> Ended:
        return await pathshala(*arguments, answer=answer, **settings)

    async with opened(MigratedMongoStore(url, timeout_seconds=PATIENT_SECONDS)) as store:
        one, two, three, other = await kept(store, *map(order, ("one", "two", "three")), order("four", "ravi"))
        refused = order("refused")
        await House(store, {}).lived(refused, failed(refused))
        told = await hands(broker, topology.queue("notifier"))

        assert (await run("cancel", one)).text == "Cancelled.\n"
        [delivery] = await told.hold(1)
        assert (decode(delivery.message.body).type, delivery.message.correlation_id) == ("LessonCancelled", one)
        assert await store.notices(PROMISES, since=EVER) == []

        no = await run("cancel", "--user", "asha", answer="n\n")
        assert (no.code, no.out) == (1, "2 tasks match.\nCancel 2? [y/N]: Nothing was done.\n")
        assert await states(store, [two, three, other]) == [None, None, None]
        assert (await run("cancel", "--user", "asha", "--yes")).out == "2 tasks match.\n2 cancelled.\n"
        assert await states(store, [one, two, three, other]) == ["cancelled"] * 3 + [None]
        assert (await run("cancel", "--user", "asha")).code == 1

        again = await run("retry", refused.task_id)
        [new] = again.out.split()[-1:]
        [held] = await store.release("asha", until=SystemClock().now(), limit=10)
        assert (held.task_id, held.raw) == (new, requested_of(await _task(store, new)).raw)
        assert (await _task(store, refused.task_id)).retried_as == new
        assert (await run("retry", refused.task_id)).out == again.out
        assert (await run("retry", "--code", "cancelled", "--yes")).out == "3 tasks match.\n3 asked for anew.\n"

        assert (await run("pause", "--reason", "a new model")).code == 0
        assert (await writing_state(store)).model_dump(include={"paused", "reason"}) == {
            "paused": True,
            "reason": "a new model",
        }
        assert (await run("resume")).code == 0
        assert not (await writing_state(store)).paused


async def _task(store: Store, task_id: str) -> Task:
    task = await store.task(task_id)
    assert task is not None
    return task


async def test_what_is_done_beside_a_file_is_taken_up_by_the_house_that_starts_on_it(
    settings: dict[str, str], tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(Receiver())
        async with opened(SQLiteStore(tmp_path / "pathshala.db")) as store:
            cancelled, refused = order("one", callback_url=receiver.url("/end")), order("two")
            await kept(store, cancelled)
            await House(store, {}).lived(refused, failed(refused))
            in_use = await pathshala("cancel", cancelled.task_id, **settings)
            assert in_use.code == 2
            assert "is in use by another process: ask the house that runs on it, by DELETE /lessons" in in_use.error

        assert (await pathshala("cancel", cancelled.task_id, **settings)).code == 0
        anew = await pathshala("retry", refused.task_id, **settings)
        given: dict[str, Any] = {
            "store_url": settings["PATHSHALA_STORE_URL"],
            "webhook_secrets": SecretStr(",".join(SECRETS)),
            "webhook_networks": "127.0.0.1/32",
        }
        room = await stack.enter_async_context(a_room(**given))

        await until(lambda: receiver.received)
        assert receiver.received[0].json["error_code"] == "cancelled"
        again = anew.out.split()[-1]
        assert (await until_so(lambda: _ended(room.store, again))).status is Status.COMPLETED


async def test_a_failed_edit_is_not_retried_as_an_order(settings: dict[str, str], tmp_path: Path) -> None:
    edit = Derivation(how=HowMade.EDITED, revision=1)
    asked = requested(request(at=SystemClock().now()).model_copy(update={"derivation": edit}))
    async with opened(SQLiteStore(tmp_path / "pathshala.db")) as store:
        await House(store, {}).lived(asked, failed(asked))

    ended = await pathshala("retry", asked.task_id, **settings)

    assert ended.code == 1
    assert ended.error.startswith("This task is an edit.")


async def _ended(store: Store, task_id: str) -> Task | None:
    task = await store.task(task_id)
    return task if task is not None and task.status.final else None


@pytest.mark.parametrize(
    "arguments",
    [
        ["cancel"],
        ["cancel", "TASK", "--all"],
        ["cancel", "--subject", "english"],
        ["retry", "--topic", "verbs"],
        ["pause", "--reason", "x" * 501],
    ],
)
async def test_what_is_not_clear_is_refused_in_one_line(settings: dict[str, str], arguments: list[str]) -> None:
    ended = await pathshala(*arguments, **settings)
    assert ended.code == 2
    assert len(ended.text.splitlines()) == 1


async def test_of_a_task_that_is_not_there_or_has_ended_it_says_so(settings: dict[str, str], tmp_path: Path) -> None:
    async with opened(SQLiteStore(tmp_path / "pathshala.db")) as store:
        [going] = await kept(store, order("one"))
    unknown = await pathshala("cancel", "unknown", **settings)
    assert (unknown.code, unknown.error[:22]) == (1, "There is no such task,")
    not_failed = await pathshala("retry", going, **settings)
    assert (not_failed.code, not_failed.error) == (1, "Only a failed task can be retried, and this one is pending.\n")
