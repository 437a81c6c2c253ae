"""The outbox: whatever was accepted is published, by whichever relay is there, however long the broker was away."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

from pathshala_api.admission import Admission
from pathshala_api.compose import service
from pathshala_api.relay import LEFTOVERS_INTERVAL_SECONDS, Relay
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.process import Process, Service, running
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import MovableClock, Published, an_api, an_order

TOPOLOGY = Topology()


async def test_what_is_accepted_is_published_at_once_and_once(tmp_path: Path) -> None:
    async with an_api(tmp_path) as api:
        published = Published()
        await published.watch(api.broker, TOPOLOGY)

        task_ids = [await api.ask(topic=f"topic {number}") for number in range(20)]

        await published.until(lambda: len(published.envelopes) >= 20)
        assert sorted(published.task_ids) == sorted(task_ids)
        event = published.envelopes[0].event
        assert isinstance(event, LessonRequested)
        assert event.request == await api.request(event.task_id)
        assert published.envelopes[0].source == "/pathshala/api"


async def test_while_the_broker_is_away_requests_are_accepted_and_later_published(tmp_path: Path) -> None:
    async with an_api(tmp_path, broker_started=False) as api:
        task_ids = [await api.ask() for _ in range(5)]
        assert (await api.status(task_ids[0]))["status"] == "pending"
        published = Published()

        await api.broker.start()
        await published.watch(api.broker, TOPOLOGY)

        await published.until(lambda: set(published.task_ids) == set(task_ids))


async def test_what_a_dead_relay_left_is_published_by_the_next_once_it_is_due(tmp_path: Path) -> None:
    clock = MovableClock()
    async with an_api(tmp_path, broker_started=False, clock=clock) as api:
        task_ids = [await api.ask() for _ in range(3)]
    clock.ahead = timedelta(seconds=api.settings.outbox_retry_seconds + 1)

    async with an_api(tmp_path, clock=clock) as next_api:
        published = Published()
        await published.watch(next_api.broker, TOPOLOGY)

        await published.until(lambda: set(published.task_ids) == set(task_ids))
        assert len(published.task_ids) == 3


async def test_two_relays_at_once_publish_each_leftover_once(tmp_path: Path) -> None:
    clock = MovableClock()
    async with an_api(tmp_path, broker_started=False, clock=clock) as api:
        task_ids = [await api.ask(topic=f"topic {number}") for number in range(30)]
    clock.ahead = timedelta(seconds=api.settings.outbox_retry_seconds + 1)
    store, broker, published = SQLiteStore(tmp_path / "pathshala.db"), MemoryBroker(TOPOLOGY, clock=clock), Published()
    admission = Admission(store, user_tasks_max=100, tasks_max=100, user_in_flight_max=100)
    relays = [
        Relay(store, admission, broker, clock, exchange=TOPOLOGY.exchange, retry_seconds=60, length_max=100)
        for _ in range(2)
    ]
    process = Process(
        settings=api.settings,
        clock=clock,
        broker=broker,
        store=store,
        services=[Service("relays", background=[relay.run for relay in relays])],
        address=("127.0.0.1", 0),
        prepare=lambda: published.watch(broker, TOPOLOGY),
    )

    async with running(process):
        await published.until(lambda: len(published.envelopes) >= 30)
        await clock.sleep(5)

    assert sorted(published.task_ids) == sorted(task_ids)


async def test_what_the_log_has_is_not_published_again(tmp_path: Path) -> None:
    clock = MovableClock()
    async with an_api(tmp_path, clock=clock) as api:
        published = Published()
        await published.watch(api.broker, TOPOLOGY)
        logged = await api.ask(topic="logged")
        await published.until(lambda: logged in published.task_ids)
        await api.record(published.envelopes[0].event)
        clock.ahead = timedelta(seconds=api.settings.outbox_retry_seconds + 1)

        later = await api.ask(topic="later")
        clock.ahead *= 3
        await published.until(lambda: published.task_ids.count(later) == 2)

        assert published.task_ids.count(logged) == 1


async def test_what_does_not_fit_into_memory_waits_in_the_store(tmp_path: Path) -> None:
    clock = MovableClock()
    async with an_api(tmp_path, broker_started=False, clock=clock, made=partial(service, relay_length_max=1)) as api:
        answers = await asyncio.gather(*(api.client.post("/lessons", json=an_order()) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {202}
        task_ids = {answer.json()["task_id"] for answer in answers}
        published = Published()
        await api.broker.start()
        await published.watch(api.broker, TOPOLOGY)

        clock.ahead = timedelta(seconds=api.settings.outbox_retry_seconds + 1)

        await published.until(lambda: set(published.task_ids) == task_ids)


async def test_while_the_store_has_events_to_log_no_leftover_is_published(tmp_path: Path) -> None:
    clock = MovableClock()
    async with an_api(tmp_path, broker_started=False, clock=clock) as api:
        await api.ask()
    clock.ahead = timedelta(seconds=api.settings.outbox_retry_seconds + 1)

    async with an_api(tmp_path, clock=clock) as next_api:
        published = Published()
        behind = Message(b"to be logged", "", TOPOLOGY.queue("store"), "m")
        await next_api.broker.publish([behind])
        await published.watch(next_api.broker, TOPOLOGY, "enricher")
        await clock.sleep(5 * LEFTOVERS_INTERVAL_SECONDS)
        assert published.task_ids == []

        await next_api.broker.consume(TOPOLOGY.queue("store"), prefetch=9, on_delivery=lambda delivery: delivery.ack())
        await published.until(lambda: len(published.task_ids) == 1)
