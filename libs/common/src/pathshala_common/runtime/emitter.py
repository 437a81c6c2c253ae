"""Publishes what leaves a consumer: its service's events, wrapped with derived ids, and messages.

What is to be published in one turn of the event loop goes out together, and each is confirmed for itself.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from pathshala_common.contract.backoff import OWN
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.events import AnyEvent, Event
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Message, Publisher, left_after
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.logs import get_logger

log = get_logger()


@dataclass(frozen=True, slots=True)
class _Sending:
    """A message on its way, and whoever waits for its confirm. What nobody waits for any more is not sent again."""

    message: Message
    confirmed: asyncio.Future[None]


class Emitter:
    """Publishes for one service, for as long as it takes: what a handler did is not done again for want of a broker."""

    def __init__(self, service: str, publisher: Publisher, exchange: str, clock: Clock, rng: random.Random) -> None:
        self._service, self._publisher, self._exchange = service, publisher, exchange
        self._clock, self._random = clock, rng
        self._gathered: list[_Sending] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def emit(self, happening: AsyncGenerator[AnyEvent, None], context: Context) -> Sequence[Message]:
        """Publish events as they happen; return them, or raise, only when each is confirmed."""
        counts: Counter[type[Event]] = Counter()
        sent: list[_Sending] = []
        try:
            async with aclosing(happening) as happened:
                async for event in happened:
                    sent.append(self._send(self._message(event, context, counts[type(event)])))
                    counts[type(event)] += 1
        except asyncio.CancelledError:
            for one in sent:
                one.confirmed.cancel()
            raise
        finally:
            await _confirms(sent)
        return [one.message for one in sent]

    async def tell(self, event: AnyEvent, context: Context, *, index: int = 0) -> None:
        """Publish an event of the consumer's own about the delivery in hand."""
        await self.publish(self._message(event, context, index))

    async def tell_all(self, events: Sequence[tuple[AnyEvent, Context]]) -> None:
        """Publish what several deliveries led to, an event each; return when each is confirmed."""
        await _confirms([self._send(self._message(event, context, 0)) for event, context in events])

    async def publish(self, message: Message) -> None:
        """Publish a message; return when it is confirmed."""
        await self._send(message).confirmed

    def _send(self, message: Message) -> _Sending:
        sending = _Sending(message, asyncio.get_running_loop().create_future())
        self._gathered.append(sending)
        if len(self._gathered) == 1:
            asyncio.get_running_loop().call_soon(self._send_gathered)
        return sending

    def _send_gathered(self) -> None:
        gathered, self._gathered = self._gathered, []
        self._begin(gathered)

    def _begin(self, sendings: Sequence[_Sending]) -> None:
        task = asyncio.create_task(self._publish(sendings))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _publish(self, sendings: Sequence[_Sending]) -> None:
        """Publish until each is confirmed. One that cannot be published at all fails alone."""
        failures = 0
        left = [one.message for one in sendings if not one.confirmed.done()]
        while left:
            try:
                await self._publisher.publish(left)
                left = []
            except Unavailable as error:
                failures += 1
                log.warning("not published yet", service=self._service, count=len(left), reason=str(error))
                left = list(left_after(error, left))
                _confirm(sendings, left)
                await self._clock.sleep(OWN.jittered(failures, self._random))
                left = _wanted(sendings, left)
            except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever waits
                if len(sendings) > 1:
                    for one in sendings:
                        self._begin([one])
                elif not sendings[0].confirmed.done():
                    sendings[0].confirmed.set_exception(error)
                return
        _confirm(sendings, left)

    def _message(self, event: AnyEvent, context: Context, index: int) -> Message:
        return event_message(self._wrap(event, context, index), self._exchange)

    def _wrap(self, event: AnyEvent, context: Context, index: int) -> Envelope:
        return wrap(
            event,
            source=self._service,
            now=self._clock.now(),
            cause=context.envelope,
            index=index,
            attempt=context.attempt,
        )


async def _confirms(sent: Sequence[_Sending]) -> None:
    """Wait for each. Whoever waits no longer wants none of them any more."""
    try:
        for one in sent:
            await one.confirmed
    except asyncio.CancelledError:
        for one in sent:
            one.confirmed.cancel()
        raise


def _confirm(sendings: Sequence[_Sending], left: Sequence[Message]) -> None:
    """Tell whoever waits for a message of which nothing is left to publish."""
    unsafe = {message.message_id for message in left}
    for one in sendings:
        if one.message.message_id not in unsafe and not one.confirmed.done():
            one.confirmed.set_result(None)


def _wanted(sendings: Sequence[_Sending], left: Sequence[Message]) -> list[Message]:
    wanted = {one.message.message_id for one in sendings if not one.confirmed.done()}
    return [message for message in left if message.message_id in wanted]
