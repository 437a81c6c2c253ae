"""The consumer loop: the only place that acknowledges, retries and dead-letters.

decode -> handler -> publish what it yields, await the confirms -> acknowledge
  |          |-- Retry        -> RetryScheduled, and a delay queue; dead-letter queue when attempts are spent
  |          |-- Reject       -> dead-letter queue, and LessonFailed if the task cannot go on without the event
  |          |-- Unavailable  -> hold it and try again: costs no attempt
  |          `-- anything else-> a fault of ours: as Retry
  `-- ContractError           -> dead-letter queue at once
"""

import asyncio
import random
import traceback
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from pathshala_common.contract import topology as contract
from pathshala_common.contract.envelope import Envelope, decode, wrap
from pathshala_common.contract.errors import ContractError, Reject, Retry, Unavailable
from pathshala_common.contract.events import Event, LessonFailed, RetryScheduled
from pathshala_common.contract.messages import (
    ATTEMPT,
    NOT_BEFORE,
    dead_letter,
    delayed,
    event_message,
    handed_back,
)
from pathshala_common.contract.ports import (
    Broker,
    Clock,
    Context,
    Delivery,
    Handlers,
    Message,
    Subscription,
)
from pathshala_common.runtime.retry import Backoff, RetryPolicy

log = structlog.get_logger()

RETURNS_MAX = 3
"""Deliveries that came back unacknowledged, because a consumer died over them, before one is dead-lettered."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a consumer does at once, and how large a message it reads."""

    concurrency: int
    message_size_max_bytes: int


class Consumer:
    """Feeds one service's queue to its handlers, and decides the fate of every delivery."""

    def __init__(
        self,
        service: contract.Service,
        handlers: Handlers,
        *,
        broker: Broker,
        topology: contract.Topology,
        clock: Clock,
        policy: RetryPolicy,
        limits: Limits,
    ) -> None:
        """Raise ValueError if the table of handlers is not the topology's list of what can arrive."""
        if set(handlers) != contract.inputs(service):
            raise ValueError(f"{service}: the handler table and the topology's subscriptions differ")
        self._service, self._handlers = service, handlers
        self._broker, self._topology, self._clock = broker, topology, clock
        self._policy, self._limits = policy, limits
        self._random = random.Random()  # noqa: S311 - jitter is no secret
        self._in_hand: set[asyncio.Task[None]] = set()
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        """Begin to take deliveries."""
        self._subscription = await self._broker.consume(
            self._topology.queue(self._service), prefetch=self._limits.concurrency, on_delivery=self._on_delivery
        )

    async def drain(self, grace_seconds: float) -> None:
        """Take nothing more; let what is in hand finish, and hand back what has not within the grace period."""
        if self._subscription is not None:
            await self._subscription.cancel()
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=grace_seconds)
        late = set(self._in_hand)
        for task in late:
            task.cancel()
        if late:
            log.warning("handing back what did not finish", service=self._service, count=len(late))
            await asyncio.gather(*late, return_exceptions=True)

    async def _on_delivery(self, delivery: Delivery) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)
        try:
            await self._settle(delivery)
            await delivery.ack()
        except asyncio.CancelledError:
            await self._hand_back(delivery)
        except Unavailable as error:
            # Only the acknowledgement raises it: the broker will deliver again, and its repeat changes nothing.
            log.info("delivery lost before its acknowledgement", service=self._service, reason=str(error))

    async def _hand_back(self, delivery: Delivery) -> None:
        """Give back what there was no time for. The broker would count a requeue as a death over it."""
        with suppress(Unavailable):
            try:
                queue = self._topology.queue(self._service)
                await self._broker.publish([handed_back(delivery.message, queue)])
            except Unavailable:
                await delivery.requeue()
            else:
                await delivery.ack()

    async def _settle(self, delivery: Delivery) -> None:
        """Do all that must be safe before the delivery may be acknowledged."""
        message = delivery.message
        attempt = _whole(message, ATTEMPT, default=1)
        wait = _whole(message, NOT_BEFORE, default=0) / 1_000 - self._clock.now().timestamp()
        if wait > 1:
            return await self._publish(self._delayed(message, attempt, wait))
        try:
            envelope = decode(message.body, size_max_bytes=self._limits.message_size_max_bytes)
        except ContractError as error:
            return await self._dead_letter(message, "not_an_event", str(error), attempt)
        context = Context(envelope, attempt, self._policy.attempts_max)
        about = {"task_id": envelope.task_id, "event_type": envelope.type, "attempt": attempt}
        with structlog.contextvars.bound_contextvars(**about):
            try:
                await self._handle(context, delivery.returns)
                log.debug("handled", service=self._service)
            except Retry as retry:
                await self._retry(message, context, retry)
            except Reject as reject:
                await self._reject(message, context, reject)
            except Exception as error:
                log.exception("handler failed", service=self._service)
                await self._retry(
                    message, context, Retry("internal_error", f"an internal error ({type(error).__name__})")
                )

    async def _handle(self, context: Context, returns: int) -> None:
        """Run the handler and publish what it yields, as it yields it. What is down is waited for."""
        if returns >= RETURNS_MAX:
            raise Reject("crashed", f"its consumer died over it {returns} times")
        envelope = context.envelope
        handler = self._handlers.get(type(envelope.event))
        if handler is None:
            raise Reject("unexpected_event", f"{envelope.type} is not for this queue")
        backoff = Backoff(self._clock, self._random)
        while True:
            try:
                return await self._emit(handler(envelope.event, context), context)
            except Unavailable as error:
                log.warning("waiting for what is down", service=self._service, reason=str(error))
                await backoff.wait()

    async def _emit(self, happening: AsyncGenerator[Event | Envelope, None], context: Context) -> None:
        """Publish events as they happen; return or raise only when each is confirmed."""
        counts: Counter[type[Event]] = Counter()
        publishing: list[asyncio.Task[None]] = []
        try:
            async with aclosing(happening) as happened:
                async for item in happened:
                    envelope = item if isinstance(item, Envelope) else self._wrap(item, context, counts)
                    publishing.append(asyncio.create_task(self._publish_event(envelope)))
        except asyncio.CancelledError:
            for task in publishing:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*publishing)

    def _wrap(self, event: Event, context: Context, counts: "Counter[type[Event]]") -> Envelope:
        index = counts[type(event)]
        counts[type(event)] += 1
        return wrap(
            event,
            source=self._service,
            now=self._clock.now(),
            cause=context.envelope,
            index=index,
            attempt=context.attempt,
        )

    async def _retry(self, message: Message, context: Context, retry: Retry) -> None:
        """Schedule the next attempt and tell so; the last one that failed is the end."""
        if context.attempt >= context.attempts_max:
            spent = Reject(retry.code, f"{retry.reason} (after {context.attempt} attempts)")
            spent.__cause__ = retry
            return await self._reject(message, context, spent)
        wished = self._policy.delay_seconds(context.attempt, retry.after_seconds, self._random)
        delay = max(wished, float(self._topology.delay(wished).seconds))
        told = RetryScheduled(
            task_id=context.envelope.task_id,
            service=self._service,
            attempt=context.attempt,
            attempts_max=context.attempts_max,
            retry_at=self._clock.now() + timedelta(seconds=delay),
            delay_seconds=delay,
            code=retry.code,
            reason=retry.reason,
        )
        log.warning("retry scheduled", service=self._service, code=retry.code, delay_seconds=delay)
        await self._publish_event(self._wrap(told, context, Counter()))
        return await self._publish(self._delayed(message, context.attempt + 1, delay))

    async def _reject(self, message: Message, context: Context, reject: Reject) -> None:
        """Keep the message where an operator finds it, and end the task if it cannot go on."""
        stack = "".join(traceback.format_exception(reject))
        await self._dead_letter(message, reject.code, reject.reason, context.attempt, stack)
        if context.envelope.event.DRIVES:
            failed = LessonFailed(
                task_id=context.envelope.task_id,
                service=self._service,
                code=reject.code,
                message=reject.reason,
                failed_at=self._clock.now(),
            )
            await self._publish_event(self._wrap(failed, context, Counter()))

    async def _dead_letter(self, message: Message, code: str, reason: str, attempt: int, stack: str = "") -> None:
        log.error("dead-lettered", service=self._service, code=code, reason=reason)
        dead = dead_letter(
            message,
            self._topology.dead_queue(self._service),
            code=code,
            reason=reason,
            stack=stack,
            attempt=attempt,
            now=self._clock.now(),
        )
        await self._publish(dead)

    def _delayed(self, message: Message, attempt: int, seconds: float) -> Message:
        not_before = self._clock.now() + timedelta(seconds=seconds)
        return delayed(message, self._topology.delay(seconds), self._topology.queue(self._service), attempt, not_before)

    async def _publish_event(self, envelope: Envelope) -> None:
        await self._publish(event_message(envelope, self._topology.exchange))

    async def _publish(self, message: Message) -> None:
        """Publish, for as long as it takes: what a handler did is not done again because the broker is away."""
        backoff = Backoff(self._clock, self._random)
        while True:
            try:
                return await self._broker.publish([message])
            except Unavailable as error:
                log.warning("not published yet", service=self._service, reason=str(error))
                await backoff.wait()


def _whole(message: Message, header: str, *, default: int) -> int:
    value = message.headers.get(header)
    return value if isinstance(value, int) and value >= 1 else default
