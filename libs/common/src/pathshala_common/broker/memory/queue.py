"""One queue of the broker in memory: what is ready, who consumes it, and what leaves it unconsumed."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from pathshala_common.broker.memory.in_flight import InFlightJournal
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.messages import RETURNS
from pathshala_common.contract.ports.broker import Message, OnDelivery
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.topology import Newest
from pathshala_common.logs import get_logger

log = get_logger()

Future = asyncio.Future[None]

READ_AHEAD_MAX = 1_000
"""Messages that wait behind so many keep their bytes alone: what those say takes several times as much room."""


class Turn:
    """Lets queues that share it have one delivery in hand between them."""

    def __init__(self) -> None:
        self.free = True
        self._queues: list[MemoryQueue] = []

    def join(self, queue: "MemoryQueue") -> None:
        """Share it from now on."""
        self._queues.append(queue)

    def end(self) -> None:
        """Be free again; the first queue that has something ready takes it."""
        self.free = True
        for queue in self._queues:
            queue.hand_out()


class MemoryQueue:
    """First in, first out; what comes back is first again.

    `onward` names the queue that takes what outlives the time limit, or has come back more often than the delivery
    limit. Only publishing is refused when it is full: what comes back or from another queue is in memory anyway. One
    that keeps the `newest` alone refuses nothing. What its `sink` takes is not kept in memory.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        hands: InFlightJournal,
        length_max: int,
        delivery_limit: int | None = None,
        time_limit_seconds: float | None = None,
        turn: Turn | None = None,
    ) -> None:
        """Be empty. A queue without `onward` loses nothing only as long as it has no limits."""
        self.name, self.hands, self._clock = name, hands, clock
        self._length_max, self._delivery_limit = length_max, delivery_limit
        self._time_limit = None if time_limit_seconds is None else timedelta(seconds=time_limit_seconds)
        self.onward: Callable[[Message], MemoryQueue] | None = None
        self.closed = False
        self._ready: deque[_Delivery] = deque()
        self._idle: deque[_Subscription] = deque()
        self.newest: Newest | None = None
        self.sink: Callable[[Message], bool] | None = None
        self._in_hand: set[Future] = set()
        self._timer: asyncio.Task[None] | None = None
        self.turn = turn
        if turn is not None:
            turn.join(self)

    @property
    def full(self) -> bool:
        """Whether it takes nothing more from publishers."""
        return self.newest is None and len(self._ready) >= self._length_max

    @property
    def waiting(self) -> int:
        """The number of messages that no consumer has in hand."""
        return len(self._ready)

    def put(self, message: Message) -> None:
        """Take a message, and give it to a consumer if one has room, or to the sink if that takes it."""
        if self.sink is not None and self.sink(message):
            return
        until = None if self._time_limit is None else self._clock.now() + self._time_limit
        returns = message.headers.get(RETURNS)
        if len(self._ready) >= READ_AHEAD_MAX:
            message = replace(message, envelope=None)
        self._ready.append(_Delivery(self, message, returns if isinstance(returns, int) else 0, until))
        self.hand_out()
        if self.newest is not None:
            self._drop_oldest(self.newest)

    def put_back(self, delivery: "_Delivery") -> None:
        """Take back what was not acknowledged."""
        returns = delivery.returns + 1
        if self._delivery_limit is not None and returns > self._delivery_limit:
            self._move(delivery.message)
            return
        self._ready.appendleft(_Delivery(self, delivery.message, returns, delivery.until))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.hand_out()

    def hand_out(self, freed: "_Subscription | None" = None) -> None:
        """Give what is ready to consumers that have room, in turns. `freed` has room again."""
        if freed is not None:
            self._idle.append(freed)
        if self._time_limit is not None:
            self._expire()
        while self._ready and self._idle and (self.turn is None or self.turn.free):
            subscription = self._idle.popleft()
            self._handle(subscription, self._ready.popleft())
            if subscription.room:
                self._idle.append(subscription)
        if self._time_limit is not None and self._ready and self._timer is None:
            self._timer = asyncio.create_task(self._watch())

    def consume(self, prefetch: int, on_delivery: OnDelivery) -> "_Subscription":
        """Add a consumer."""
        subscription = _Subscription(self, prefetch, on_delivery)
        self.hand_out(subscription)
        return subscription

    def forget(self, subscription: "_Subscription") -> None:
        """Give that consumer nothing more."""
        with suppress(ValueError):
            self._idle.remove(subscription)

    def close(self) -> Sequence[Future]:
        """Forget everything. Returns what is left to end."""
        self.closed = True
        self._ready.clear()
        self._idle.clear()
        return [*self._in_hand, *([self._timer] if self._timer else [])]

    def _handle(self, subscription: "_Subscription", delivery: "_Delivery") -> None:
        subscription.room -= 1
        if self.turn is not None:
            self.turn.free = False
        delivery.subscription = subscription
        begin = partial(self._begin, subscription, delivery)
        delivery.slot = self.hands.take(delivery.message.correlation_id, self.name, begin)

    def _begin(self, subscription: "_Subscription", delivery: "_Delivery") -> None:
        """Have it handled, unless its consumer was cancelled meanwhile: then it was never in hand."""
        if subscription.cancelled and not self.closed:
            delivery.leave()
            self._ready.appendleft(delivery)
            self.hand_out()
        elif not self.closed:
            handling = asyncio.ensure_future(subscription.on_delivery(delivery))
            self._in_hand.add(handling)
            handling.add_done_callback(partial(self._ended, delivery))

    def _ended(self, delivery: "_Delivery", handling: Future) -> None:
        self._in_hand.discard(handling)
        if not handling.cancelled() and (error := handling.exception()) is not None:
            log.error("a delivery was not handled", exc_info=error)
            with suppress(BrokerUnavailable):
                delivery.give_back()

    async def _watch(self) -> None:
        """Wait for the first in the queue to outlive the limit, as long as there is one."""
        while self._ready:
            until = self._ready[0].until
            assert until is not None, "a queue with a time limit gives each message its own"
            await self._clock.sleep(max((until - self._clock.now()).total_seconds(), 0))
            self._expire()
        self._timer = None

    def _expire(self) -> None:
        now = self._clock.now()
        while self._ready and (until := self._ready[0].until) is not None and until <= now:
            self._move(self._ready.popleft().message)

    def _drop_oldest(self, newest: Newest) -> None:
        while len(self._ready) > newest.length_max:
            self._move(self._ready.popleft().message)
        if newest.size_max_bytes is None:
            return
        size = sum(len(delivery.message.body) for delivery in self._ready)
        while self._ready and size > newest.size_max_bytes:
            oldest = self._ready.popleft()
            size -= len(oldest.message.body)
            self._move(oldest.message)

    def _move(self, message: Message) -> None:
        """Hand a message on under the address of its next queue, as RabbitMQ does."""
        if self.onward is not None:
            target = self.onward(message)
            target.put(replace(message, exchange="", routing_key=target.name))


class _Subscription:
    """Implements Subscription. `room` is how many deliveries more it may have in hand."""

    __slots__ = ("_queue", "cancelled", "on_delivery", "room")

    def __init__(self, queue: MemoryQueue, prefetch: int, on_delivery: OnDelivery) -> None:
        self._queue, self.room, self.on_delivery = queue, prefetch, on_delivery
        self.cancelled = False

    async def cancel(self) -> None:
        self.cancelled = True
        self._queue.forget(self)

    def release(self) -> None:
        """Have room for one more."""
        self.room += 1
        if self.room == 1 and not self.cancelled:
            self._queue.hand_out(self)


class _Delivery:
    """Implements Delivery. It has a subscription while it is in hand."""

    __slots__ = ("_queue", "message", "returns", "slot", "subscription", "until")

    def __init__(self, queue: MemoryQueue, message: Message, returns: int, until: datetime | None) -> None:
        self._queue, self.until = queue, until
        self.message: Message = message
        self.returns: int = returns
        self.subscription: _Subscription | None = None
        self.slot = -1

    async def ack(self) -> None:
        self.leave().release()

    async def requeue(self) -> None:
        self.give_back()

    def give_back(self) -> None:
        subscription = self.leave()
        self._queue.put_back(self)
        subscription.release()

    def leave(self) -> _Subscription:
        """Be in hand no more. Raises BrokerUnavailable if it was not, or the broker is closed."""
        subscription, self.subscription = self.subscription, None
        if subscription is None:
            raise BrokerUnavailable("this delivery is settled already")
        self._queue.hands.put_down(self.slot)
        if self._queue.closed:
            raise BrokerUnavailable("closed")
        if self._queue.turn is not None:
            self._queue.turn.end()
        return subscription
