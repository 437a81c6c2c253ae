"""The broker in memory, for one process: the same promises as the one on RabbitMQ, until the process ends."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial

from pathshala_common.broker.memory.dead_letters import DeadLetterFolder
from pathshala_common.broker.memory.hints import MemoryHints
from pathshala_common.broker.memory.in_flight import InFlightJournal
from pathshala_common.broker.memory.queue import MemoryQueue, Turn
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Message, OnDelivery, Subscription, not_published
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import Hint, HintKind, Listening, OnHint
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology

CLOSED = "closed"
SEND_BACK_SECONDS = 1.0


class MemoryBroker:
    """Implements Broker. A message goes from publish() to its consumer's task without waiting anywhere."""

    durable = False

    def __init__(
        self,
        topology: Topology,
        *,
        clock: Clock,
        hands: InFlightJournal | None = None,
        letters: DeadLetterFolder | None = None,
    ) -> None:
        """Lay out the topology. The clock decides when delays and time limits are over.

        What is in `hands` and what are dead `letters` outlives a death; without a folder, letters are in memory.
        """
        self._topology, self._clock, self._letters = topology, clock, letters
        self._sending_back: asyncio.Task[None] | None = None
        self._fault: str | None = "not started"
        self._hands, self._hints = hands or InFlightJournal(), MemoryHints()
        self._left: frozenset[tuple[str, str]] = frozenset()
        # A death is the whole process's: so that it tells of one suspect, no other may be in hand.
        suspects, alone = {topology.suspects_queue(service) for service in SUBSCRIPTIONS}, Turn()
        self._queues = {
            queue.name: MemoryQueue(
                queue.name,
                clock,
                hands=self._hands,
                length_max=topology.queue_length_max,
                delivery_limit=topology.delivery_limit if queue.newest is None else None,
                time_limit_seconds=queue.time_limit_seconds,
                turn=alone if queue.name in suspects else None,
            )
            for queue in topology.queues()
        }
        self._delays = {
            delay.name: MemoryQueue(
                delay.name,
                clock,
                hands=self._hands,
                length_max=topology.queue_length_max,
                time_limit_seconds=delay.seconds,
            )
            for delay in topology.delays()
        }
        self._exchange, self._routes = topology.exchange, self._bind(topology)
        if letters is not None:
            for service in SUBSCRIPTIONS:
                self._queues[topology.dead_queue(service)].sink = partial(letters.keep, service)

    async def start(self) -> None:
        """Take messages from now on."""
        if self._fault not in {None, CLOSED}:
            if self._letters is not None:
                self._letters.open()
            self._left, self._fault = self._hands.open(), None
            if self._letters is not None:
                self._sending_back = asyncio.create_task(self._send_back(self._letters))

    async def fault(self) -> str | None:
        """Say that it was not started, or is closed."""
        return self._fault

    async def misfit(self) -> str | None:
        """Nothing: what is in memory was made by these settings."""
        return None

    async def publish(self, messages: Sequence[Message]) -> None:
        """Put each message into all of its queues, or into none if one of them is full. Then raise, if one was."""
        if self._fault is not None:
            raise BrokerUnavailable(self._fault)
        refused, left = "", list[Message]()
        for message in messages:
            queues = self._routes.get((message.exchange, message.routing_key))
            if queues is None and not message.mandatory and message.exchange == self._exchange:
                continue
            if queues is None:
                left.append(message)
                refused = f"no queue takes {message.routing_key!r} from exchange {message.exchange!r}"
            elif any(queue.full for queue in queues):
                left.append(message)
                refused = "refused; a queue is full"
            else:
                for queue in queues:
                    queue.put(message)
        if left:
            raise not_published(refused, messages, left)

    async def consume(self, queue: str, *, prefetch: int, on_delivery: OnDelivery) -> Subscription:
        """Consume from now on. Raises ValueError if the topology has no such queue."""
        if queue not in self._queues:
            raise ValueError(f"the topology has no queue {queue!r}")
        if self._fault == CLOSED:
            raise BrokerUnavailable(CLOSED)
        return self._queues[queue].consume(prefetch, on_delivery)

    def left_in_hand(self, *services: Service) -> frozenset[str]:
        """The tasks that the journal held at the start."""
        names = self._topology.consumed(*services)
        return frozenset(task_id for task_id, queue in self._left if queue in names)

    async def waiting(self, *services: Service) -> int:
        """Count what no consumer had room for."""
        if self._fault is not None:
            raise BrokerUnavailable(self._fault)
        names = self._topology.consumed(*services)
        return sum(queue.waiting for name, queue in self._queues.items() if name in names)

    def hint(self, *hints: Hint) -> None:
        """Hand them to whoever listens in this process."""
        self._hints.hint(*hints)

    async def listen(self, kinds: Collection[HintKind], on_hint: OnHint) -> Listening:
        """Listen from now on."""
        return await self._hints.listen(kinds, on_hint)

    async def close(self) -> None:
        """Forget everything, and end whatever still handles a delivery."""
        self._fault = CLOSED
        self._hints.close()
        if self._sending_back is not None:
            self._sending_back.cancel()
            await asyncio.gather(self._sending_back, return_exceptions=True)
        ended = [task for queue in (*self._queues.values(), *self._delays.values()) for task in queue.close()]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)
        self._hands.close()

    async def _send_back(self, letters: DeadLetterFolder) -> None:
        """Publish what an operator asked to have sent back, as soon as the queue has room for it."""
        while True:
            for letter, message in letters.sent_back():
                with suppress(BrokerUnavailable):
                    await self.publish([message])
                    letter.unlink(missing_ok=True)
            await self._clock.sleep(SEND_BACK_SECONDS)

    def _bind(self, topology: Topology) -> dict[tuple[str, str], tuple[MemoryQueue, ...]]:
        """Find the queues of every address that there is; what leaves a queue unconsumed gets its way here too."""
        routes: dict[tuple[str, str], tuple[MemoryQueue, ...]] = {}
        for queue in topology.queues():
            made = self._queues[queue.name]
            made.newest = queue.newest
            routes["", queue.name] = (made,)
            for routing_key in queue.routing_keys:
                routes[topology.exchange, routing_key] = (*routes.get((topology.exchange, routing_key), ()), made)
            if queue.dead_letter_to is not None:
                target = self._queues[queue.dead_letter_to]
                made.onward = lambda _message, target=target: target
            for name, delay in self._delays.items():
                routes[name, queue.name] = (delay,)
        for delay in self._delays.values():
            delay.onward = lambda message: self._queues[message.routing_key]
        return routes
