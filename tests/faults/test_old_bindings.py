"""A house that is upgraded on a broker where an earlier version bound the store's queue to LessonStored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import pytest

from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.lesson import Status
from pathshala_common.contract.topology import Topology
from tests.faults.record import RABBITMQ
from tests.faults.rooms import a_room, addresses
from tests.waiting import until

TASKS = 5


@asynccontextmanager
async def listening(amqp_url: str, topology: Topology) -> AsyncIterator[list[bytes]]:
    """Bind the store's queue as earlier versions did, and a queue of somebody else's. Gives what that one gets."""
    heard: list[bytes] = []

    async def hear(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        heard.append(message.body)

    async with await aio_pika.connect(amqp_url) as connection, connection.channel() as channel:
        key = LessonStored.ROUTING_KEY
        await (await channel.get_queue(topology.queue("store"))).bind(topology.exchange, key)
        own = await channel.declare_queue(exclusive=True)
        await own.bind(topology.exchange, key)
        await own.consume(hear, no_ack=True)
        yield heard


async def test_a_stored_lesson_is_told_to_others_in_its_logged_bytes_and_an_old_binding_harms_nothing(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with a_room(**addresses(RABBITMQ, request, tmp_path)) as room:
        async with listening(room.settings.broker_url, room.settings.topology) as heard:
            task_ids = [await room.ask(f"old binding {number}") for number in range(TASKS)]
            ends = [await room.end(task_id) for task_id in task_ids]
            logs = [await room.log(task_id) for task_id in task_ids]
            await until(lambda: len(heard) == TASKS)
        # What comes in behind the others is handled behind them: when it is dead, all of these are settled.
        await room.put(b"the last", "store")
        await until(lambda: room.dead["store"])
        codes = room.dead_codes("store")

    assert {end.status for end in ends} == {Status.COMPLETED}
    assert sorted(heard) == sorted(envelope.raw for log in logs for envelope in log if envelope.type == "LessonStored")
    assert codes == ["not_an_event"]
