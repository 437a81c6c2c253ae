"""Publishes what leaves a consumer: its service's events, wrapped with derived ids, and messages."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import structlog

from pathshala_common.contract.backoff import OWN
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.events import AnyEvent, Event
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Message, Publisher, left_after
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context

log = structlog.get_logger()


class Emitter:
    """Publishes for one service, for as long as it takes: what a handler did is not done again for want of a broker."""

    def __init__(self, service: str, publisher: Publisher, exchange: str, clock: Clock, rng: random.Random) -> None:
        self._service, self._publisher, self._exchange = service, publisher, exchange
        self._clock, self._random = clock, rng

    async def emit(self, happening: AsyncGenerator[AnyEvent, None], context: Context) -> Sequence[Message]:
        """Publish events as they happen; return them, or raise, only when each is confirmed."""
        counts: Counter[type[Event]] = Counter()
        messages: list[Message] = []
        publishing: list[asyncio.Task[None]] = []
        try:
            async with aclosing(happening) as happened:
                async for event in happened:
                    envelope = self._wrap(event, context, counts[type(event)])
                    counts[type(event)] += 1
                    messages.append(event_message(envelope, self._exchange))
                    publishing.append(asyncio.create_task(self.publish(messages[-1])))
        except asyncio.CancelledError:
            for task in publishing:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*publishing)
        return messages

    async def tell(self, event: AnyEvent, context: Context, *, index: int = 0) -> None:
        """Publish an event of the consumer's own about the delivery in hand."""
        await self.publish(event_message(self._wrap(event, context, index), self._exchange))

    async def publish(self, message: Message) -> None:
        """Publish a message; return when it is confirmed."""
        left: Sequence[Message] = [message]
        failures = 0
        while True:
            try:
                return await self._publisher.publish(left)
            except Unavailable as error:
                failures, left = failures + 1, left_after(error, left)
                log.warning("not published yet", service=self._service, reason=str(error))
                await self._clock.sleep(OWN.jittered(failures, self._random))

    def _wrap(self, event: AnyEvent, context: Context, index: int) -> Envelope:
        return wrap(
            event,
            source=self._service,
            now=self._clock.now(),
            cause=context.envelope,
            index=index,
            attempt=context.attempt,
        )
