"""The dead-letter queues on RabbitMQ, looked at over a connection of their own while the house runs.

Nobody consumes a dead-letter queue, so a message is got, judged, and given back at the end: until then it is out of
the way, and each is seen once. A kill at any moment leaves all that was not settled in the queue.
"""

import asyncio
from collections.abc import Sequence

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import ChannelNotFoundEntity

from pathshala_common.broker.rabbitmq.address import addresses
from pathshala_common.broker.rabbitmq.link import connect, disconnect, failures
from pathshala_common.broker.rabbitmq.messages import MOVED_HEADER, incoming, outgoing
from pathshala_common.broker.rabbitmq.variants import Channels, names, peek
from pathshala_common.contract.messages import redriven
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.operator import DeadLetter, Judge, Verdict
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology

STEP_TIMEOUT_SECONDS = 10.0
LOOK_MAX = 100_000
"""At most this many letters of one queue are taken out at once; a walk can take minutes."""

RETURNED_AT_ONCE = 16
"""RabbitMQ gathers commands into one when more than 32 are on their way, and of more than 32 messages in one command
it loses the order. Each message that was got is a command of its own: so many are returned, then looked for."""

RETURN_POLL_SECONDS = 0.01
RETURN_POLLS_MAX = 500


class RabbitMQDeadLetters:
    """Implements DeadLetters."""

    def __init__(self, url: str, topology: Topology, *, look_max: int = LOOK_MAX) -> None:
        """Raise SettingsError for a URL that is none. Connects for each walk."""
        self._hosts = addresses(url, "dead letters")
        self._topology, self._look_max = topology, look_max

    async def walk(self, services: Sequence[Service], judge: Judge) -> int:
        """Look, and do as `judge` says."""
        connection = await connect(self._hosts)
        try:
            with failures():
                publishing = await connection.channel(publisher_confirms=True, on_return_raises=True)
                beyond = 0
                for service in services:
                    for name in names(self._topology.dead_queue(service)):
                        looking = await connection.channel(publisher_confirms=False)
                        beyond += await self._walk_queue(service, name, judge, looking, publishing)
                return beyond
        finally:
            await disconnect(connection)

    async def counts(self) -> dict[Service, int]:
        """Count what is ready in each queue, in all its variants."""
        connection = await connect(self._hosts)
        try:
            with failures():
                async with Channels(connection) as channels:
                    return {service: await self._count(service, channels) for service in SUBSCRIPTIONS}
        finally:
            await disconnect(connection)

    async def _count(self, service: Service, channels: Channels) -> int:
        found = [await peek(channels, name) for name in names(self._topology.dead_queue(service))]
        return sum(queue.declaration_result.message_count or 0 for queue in found if queue)

    async def _walk_queue(
        self, service: Service, name: str, judge: Judge, looking: AbstractChannel, publishing: AbstractChannel
    ) -> int:
        """Walk one queue as long as it was at the beginning. One that does not exist is empty."""
        try:
            queue = await looking.declare_queue(name, passive=True)
        except ChannelNotFoundEntity:
            return 0
        count = queue.declaration_result.message_count or 0
        left: list[int] = []
        try:
            for _ in range(min(count, self._look_max)):
                got = await queue.get(no_ack=False, fail=False, timeout=STEP_TIMEOUT_SECONDS)
                if got is None:
                    break
                left.append(got.delivery_tag or 0)
                verdict = judge(_dead_letter(service, got))
                if verdict is Verdict.REDRIVE:
                    await self._redrive(service, incoming(got), publishing)
                if verdict in {Verdict.REDRIVE, Verdict.DROP}:
                    await got.ack()
                    left.pop()
                if verdict is Verdict.ENOUGH:
                    break
        finally:
            await _give_back(left, queue, looking)
        return max(count - self._look_max, 0)

    async def _redrive(self, service: Service, dead: Message, publishing: AbstractChannel) -> None:
        """Publish it without the headers of its death, and return once the broker has it safe."""
        queue = self._topology.queue(service)
        async with asyncio.timeout(STEP_TIMEOUT_SECONDS):
            await publishing.default_exchange.publish(outgoing(redriven(dead, queue)), queue, mandatory=True)


async def _give_back(left: Sequence[int], queue: AbstractQueue, looking: AbstractChannel) -> None:
    """Return deliveries, in their order. A nack, unlike a closed channel, keeps it; RabbitMQ 4.3 counts none."""
    if not left:
        return
    underlay = await looking.get_underlay_channel()
    ready = (await queue.declare()).message_count or 0
    for begin in range(0, len(left), RETURNED_AT_ONCE):
        end = min(begin + RETURNED_AT_ONCE, len(left))
        await underlay.basic_nack(left[end - 1], multiple=True, requeue=True)
        await _until_ready(queue, ready + end)


async def _until_ready(queue: AbstractQueue, count: int) -> None:
    """Wait until so many are in the queue again; if somebody else takes them meanwhile, not for ever."""
    for _ in range(RETURN_POLLS_MAX):
        if ((await queue.declare()).message_count or 0) >= count:
            return
        await asyncio.sleep(RETURN_POLL_SECONDS)


def _dead_letter(service: Service, got: AbstractIncomingMessage) -> DeadLetter:
    moved = got.headers.get(MOVED_HEADER)
    return DeadLetter(service, incoming(got), moved if isinstance(moved, str) else None)
