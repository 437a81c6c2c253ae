"""The guards of single rows, each taken away at its own place: without it, what its row forbids happens.

Rows whose fault test can run without its guard have their counter-test beside it.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
import uvicorn
from aio_pika.exceptions import ChannelPreconditionFailed
from pymongo import AsyncMongoClient, monitoring

from libs.common.tests.broker.places import GENERATED, KINDS, REQUESTED, Place, hands, message, taken
from libs.common.tests.runtime.test_http import STALLED, Application, connected
from libs.common.tests.store.examples import every_task, new_task, put, requested
from pathshala_api.admission import Admission
from pathshala_api.idempotency import new_key, task_id_of
from pathshala_api.relay import Relay
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.rabbitmq.address import addresses
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.broker.rabbitmq.link import connect
from pathshala_common.broker.rabbitmq.topology import queue_arguments
from pathshala_common.contract.errors import BrokerUnavailable, StoreUnavailable
from pathshala_common.contract.ports.broker import Queues
from pathshala_common.contract.ports.claims import ENDED, Claim
from pathshala_common.contract.topology import Queue, Topology
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import http
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_generator.openai_model import ANSWER_SIZE_MAX_BYTES, OpenAIModel
from pathshala_generator.prompt import lesson_question
from pathshala_store.housekeeping import Housekeeping, Times
from services.generator.tests.given import MODEL, PLAN, an_assignment
from tests.clock import NOON, HeldClock
from tests.faults.hasty_store import Uncounted
from tests.faults.record import DEPLOYMENTS, RABBITMQ, without_guard
from tests.faults.test_many_tasks import FEW, Steps, actions, costs, fill
from tests.mongodb_commands import AskedOfMongoDB
from tests.servers.loopback import HOST, free_port
from tests.servers.migrated import MigratedMongoStore
from tests.servers.mongodb_proxy import MongoDBProxy
from tests.servers.mongodb_url import of_database
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import ENDLESS
from tests.waiting import settled, until

TOPOLOGY = Topology()
RETRY_SECONDS, AWAY_SECONDS = 2, 60
STALLED_SECONDS = 180
LETTERS_MAX, LETTERS = 5, 50
MANY = 4_000
BEYOND_BYTES = 16 * 2**20


# the relay publishes nothing again while the store has events to log.


@without_guard(27)
@pytest.mark.parametrize("counts", [True, False])
async def test_a_relay_that_does_not_count_what_the_store_has_to_log_publishes_again(
    tmp_path: Path, *, counts: bool
) -> None:
    clock, store = HeldClock(), SQLiteStore(tmp_path / "pathshala.db")
    broker = MemoryBroker(TOPOLOGY, clock=clock)
    await store.open()
    await broker.start()
    task = new_task()
    await store.create(task, requested(task), send_by=NOON)
    await broker.publish([message(TOPOLOGY.exchange, GENERATED)])
    enricher = await hands(broker, TOPOLOGY.queue("enricher"))
    queues: Queues = broker if counts else Uncounted(broker)
    admission = Admission(store, user_tasks_max=10, tasks_max=10, user_in_flight_max=10)
    relay = Relay(store, admission, queues, clock, exchange=TOPOLOGY.exchange, retry_seconds=RETRY_SECONDS)
    running = asyncio.create_task(relay.run())
    await clock.run_for(AWAY_SECONDS, step_seconds=1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await broker.close()
    await store.close()
    assert (len(enricher.ids) == 0) == counts
    assert counts or len(enricher.ids) > 1


# a task on which somebody holds a claim is not stalled, nor is one that was paid for a moment ago.


class WithoutClaims(SQLiteStore):
    """Knows nobody who works on a task."""

    async def leased(
        self,
        task_ids: Sequence[str],  # noqa: ARG002 - the port's
        *,
        now: datetime,  # noqa: ARG002 - the port's
        paid_since: datetime | None = None,  # noqa: ARG002 - the port's
    ) -> frozenset[str]:
        return frozenset()


class WithoutPaid(SQLiteStore):
    """Knows who works on a task, and nothing of who has just done so."""

    async def leased(
        self,
        task_ids: Sequence[str],
        *,
        now: datetime,
        paid_since: datetime | None = None,  # noqa: ARG002 - the port's
    ) -> frozenset[str]:
        return await super().leased(task_ids, now=now)


@without_guard(29)
@pytest.mark.parametrize("holder", ["works", "has paid"])
@pytest.mark.parametrize("kind", [SQLiteStore, WithoutClaims, WithoutPaid])
async def test_a_store_that_knows_no_claims_drives_on_what_somebody_works_on_or_has_just_paid_for(
    kind: type[SQLiteStore], holder: str, tmp_path: Path
) -> None:
    clock, store = HeldClock(), kind(tmp_path / "pathshala.db")
    broker = MemoryBroker(TOPOLOGY, clock=clock)
    await store.open()
    await broker.start()
    recorder = Recorder(store, clock, task_ttl_seconds=3_600)
    times = Times(interval_seconds=5, task_ttl_seconds=3_600, stalled_seconds=STALLED_SECONDS)
    housekeeping = Housekeeping(store, recorder, broker, clock, exchange=TOPOLOGY.exchange, times=times)
    asked = requested(new_task())
    await recorder.record([asked])
    clock.advance(2 * STALLED_SECONDS)
    claim = Claim(asked.task_id, asked.id, 1)
    await store.claim("generator", [claim], now=clock.now(), until=clock.now().replace(year=2027))
    if holder == "has paid":
        await store.settle("generator", [replace(claim, attempt=ENDED)])
    driven_on = await housekeeping.drive_on_stalled()
    await broker.close()
    await store.close()
    guarded = kind is SQLiteStore or (kind is WithoutPaid and holder == "works")
    assert driven_on == (0 if guarded else 1)


# a dead-letter queue drops its oldest, and refuses nothing.


class RefusingTopology(Topology):
    """Its dead-letter queues refuse what they have no room for, as all others do."""

    def queues(self) -> tuple[Queue, ...]:
        return tuple(replace(queue, newest=None, dead_letter_to=None) for queue in Topology.queues(self))


@without_guard(33)
@pytest.mark.parametrize("deployment", DEPLOYMENTS)
@pytest.mark.parametrize("kind", [Topology, RefusingTopology])
async def test_a_dead_letter_queue_that_refuses_leaves_its_service_with_a_letter(
    kind: type[Topology], deployment: str, request: pytest.FixtureRequest
) -> None:
    topology = kind(f"letters-{uuid4().hex[:12]}", queue_length_max=LETTERS_MAX, dead_letters_max=LETTERS_MAX)
    async with started(deployment, request, topology) as broker:
        letters = [message("", topology.dead_queue("generator")) for _ in range(LETTERS)]
        refused = [letter for letter in letters if not await taken(broker, letter)]
    assert bool(refused) == (kind is RefusingTopology)


@asynccontextmanager
async def started(
    deployment: str, request: pytest.FixtureRequest, topology: Topology
) -> AsyncIterator[RabbitMQBroker | MemoryBroker]:
    """A broker with this topology, which is removed afterwards."""
    address = request.getfixturevalue("amqp_url") if deployment == RABBITMQ else None
    broker = MemoryBroker(topology, clock=SystemClock()) if address is None else RabbitMQBroker(address, topology)
    place = Place(KINDS["memory" if address is None else "rabbitmq"], address, [(broker, topology)])
    await broker.start()
    yield broker
    await place.close()


# a queue of other limits has another name.


@without_guard(35)
async def test_a_queue_under_its_own_name_has_its_old_limits_for_ever(
    amqp_url: str, request: pytest.FixtureRequest
) -> None:
    topology = Topology(f"limits-{uuid4().hex[:12]}")
    changed = replace(topology, queue_length_max=50)
    async with started(RABBITMQ, request, topology), await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        [queue] = [queue for queue in changed.queues() if queue.name == changed.queue("store")]
        with pytest.raises(ChannelPreconditionFailed):
            await channel.declare_queue(queue.name, durable=True, arguments=dict(queue_arguments(queue, changed)))
        async with started(RABBITMQ, request, changed) as broker:
            assert await broker.misfit() is None
            assert await taken(broker, message(changed.exchange, REQUESTED))


# a URL names several hosts.


@without_guard(36)
async def test_who_knows_one_host_that_died_finds_no_other(amqp_url: str) -> None:
    dead = f"{HOST}:{free_port()}"
    user, _, host = amqp_url.removeprefix("amqp://").rpartition("@")
    one, all_of_them = (f"amqp://{user}@{hosts}" for hosts in (f"{dead}/", f"{dead},{host}"))
    with pytest.raises(BrokerUnavailable):
        await connect(addresses(one, "testing"))
    await (await connect(addresses(all_of_them, "testing"))).close()


# a write is acknowledged by a majority, whatever the URL says.


@without_guard(37)
async def test_who_writes_as_the_url_says_acknowledges_what_an_election_throws_away(mongodb_url: str) -> None:
    proxy, name = MongoDBProxy(mongodb_url), f"weak_{uuid4().hex}"
    proxy.start()
    url = proxy.url(name, "w=0")
    store, task = MigratedMongoStore(url), new_task()
    weak: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    await store.open()
    await weak[name]["tasks"].count_documents({})
    with proxy.election():
        await weak[name]["tasks"].insert_one({"_id": "weak"})
        with pytest.raises(StoreUnavailable):
            await store.create(task, requested(task), send_by=NOON)
    await weak.close()
    await store.close()
    proxy.stop()
    async with AsyncMongoClient[dict[str, Any]](of_database(mongodb_url, name)) as plain:
        assert await plain[name]["tasks"].count_documents({}) == 0


# a task's id is made of its idempotency key.


@without_guard(38)
async def test_who_repeats_without_the_key_makes_a_second_task(mongodb_url: str) -> None:
    proxy, asked = MongoDBProxy(mongodb_url, members=1, set_name=None), new_task().request
    proxy.start()
    store = MigratedMongoStore(proxy.url(f"second_{uuid4().hex}"))
    await store.open()
    key = new_key()
    first, same, other = (new_task(asked, task_id_of(asked.user_id, one)) for one in (key, key, new_key()))
    with proxy.cutting("insert", "tasks"), pytest.raises(StoreUnavailable) as unknown:
        await store.create(first, requested(first), send_by=NOON)
    counts = []
    for again in (same, other):
        await store.create(again, requested(again), send_by=NOON)
        counts.append(len(await store.tasks(every_task())))
    await store.close()
    proxy.stop()
    assert unknown.value.unsure
    assert counts == [1, 2]


# an answer is read up to a limit.


class UnboundedModel(OpenAIModel):
    """Reads an answer to its end."""

    def __init__(self, url: str) -> None:
        super().__init__(name=MODEL, api_key=None, base_url=url, concurrency=1, call_timeout_seconds=3_600)
        self._http.event_hooks = {}


@without_guard(41)
async def test_a_model_that_reads_to_the_end_takes_whatever_comes() -> None:
    async with StubOpenAI() as stub:
        stub.faults.append(ENDLESS)
        model = UnboundedModel(stub.url)
        asking = asyncio.create_task(model.ask(lesson_question(PLAN, an_assignment())))
        await until(lambda: stub.endless_bytes > ANSWER_SIZE_MAX_BYTES + BEYOND_BYTES)
        assert not asking.done()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await model.close()


# each query has its index.


@without_guard(42)
async def test_without_its_index_a_list_costs_what_there_is(tmp_path: Path) -> None:
    store, steps = SQLiteStore(tmp_path / "pathshala.db"), Steps()
    await store.open()
    await store._writer.run(_drop_indexes)
    await fill(store, range(FEW))
    few = await costs(store, FEW, AskedOfMongoDB(), steps)
    await fill(store, range(FEW, MANY))
    many = await costs(store, MANY, AskedOfMongoDB(), steps)
    await store.close()
    assert many["list"].steps > 2 * few["list"].steps


def _drop_indexes(connection: sqlite3.Connection) -> None:
    for name in ("tasks_created", "tasks_status", "tasks_user"):
        connection.execute(f"DROP INDEX {name}")


@without_guard(42)
async def test_a_query_of_mongodb_without_an_index_is_seen(mongodb_url: str) -> None:
    asked = AskedOfMongoDB()
    monitoring.register(asked)
    store = MigratedMongoStore(of_database(mongodb_url, f"scan_{uuid4().hex}"))
    await store.open()
    await put(store, new_task())
    await actions(store, 1)["list"]()
    served = [one.index() is not None for one in asked.asked if not one.by_key]
    async with store._collections() as (tasks, _):
        await tasks.find({"progress": 1}).to_list()
    scanned = asked.asked[-1].index()
    await store.close()
    monitoring._LISTENERS.command_listeners.remove(asked)  # nothing public takes it back
    assert served
    assert all(served)
    assert scanned is None


# a stop waits for nobody's rest.


@without_guard(43)
async def test_uvicorn_by_itself_stops_when_its_clients_let_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "uvicorn.error")  # a test before may have had services' logs, which leave it out
    application, listener = Application(), http.listen(HOST, 0)
    server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listener]))
    async with connected(listener.getsockname()[:2]) as client:
        await client.sends(STALLED)
        await until(lambda: application.asked)
        server.should_exit = True
        await until(lambda: "Waiting for connections to close" in caplog.text)
        await settled()
        assert not serving.done()
    await serving
