"""The consumer loop: the only place that acknowledges; retries and dead letters are settled from here alone.

decode -> handler -> publish what it yields, await the confirms -> acknowledge
  |          |-- Retry        -> RetryScheduled, and a delay queue; dead-letter queue when attempts are spent
  |          |-- Reject       -> dead-letter queue, and LessonFailed if the task cannot go on without the event
  |          |-- Unavailable  -> wait until the circuit lets it try again: costs no attempt
  |          `-- anything else-> a fault of ours: as Retry
  |-- TooNewError             -> a delay queue, for a day at the most
  |-- ContractError           -> dead-letter queue at once
  |-- of no use here          -> acknowledge
  |-- handled lately          -> publish the same again
  |-- paid for by another     -> wait for the lease, or drop it if the task has gone on or was cancelled
  |-- one of many at once     -> handled together, if the service can; each by itself again if that fails
  `-- came back               -> queue of suspects: tried in a process of its own, or alone; then the dead-letter queue
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from pathshala_common.contract import topology as contract
from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES
from pathshala_common.contract.errors import ContractError, ProviderUnavailable, Reject, Retry, TooNewError, Unavailable
from pathshala_common.contract.events import AnyEvent
from pathshala_common.contract.messages import ATTEMPT, NOT_BEFORE, envelope_of, event_message, handed_back
from pathshala_common.contract.ports.broker import Delivery, Message, OnDelivery, Subscription, Transport
from pathshala_common.contract.ports.claims import ENDED, Claim, Standing
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import BatchHandler, Context, Handler, Handlers
from pathshala_common.contract.services import Service
from pathshala_common.logs import get_logger
from pathshala_common.operating.circuits import OpenCircuit
from pathshala_common.runtime.circuit import Circuit, WaitedTooLongError
from pathshala_common.runtime.company import Company
from pathshala_common.runtime.emitter import Emitter
from pathshala_common.runtime.failures import Failures
from pathshala_common.runtime.leases import ASK_AGAIN_SECONDS, LeaseLostError, Leases
from pathshala_common.runtime.outage_wait import OutageWait
from pathshala_common.runtime.repeats import Repeats
from pathshala_common.runtime.retry import RetryPolicy
from pathshala_common.runtime.telemetry import about
from pathshala_common.runtime.together import Together
from pathshala_common.runtime.trial import Trial, Tried

log = get_logger()

UNSUBSCRIBE_SECONDS = 1.0
HAND_BACK_SECONDS = 2.0
"""At the stop, a broker has so long to take back what was not finished; else it takes it with the lost connection."""

RETURNS_MAX = 2
"""Deliveries of a message that came back unacknowledged, because a consumer died, before it becomes a suspect."""

SUSPECT_RETURNS_MAX = 1
"""The same for a suspect that is handled in this process, before it is dead-lettered: alone in hand, it is what its
consumer died over. One that is tried in a process of its own proves nothing by coming back."""

SUSPECTS_PREFETCH = 1
TRIALS_AT_ONCE = 2
"""Each is a process that starts, so they cost more than others; they cannot harm each other."""

WAIT_SECONDS_MAX = 2 * 86_400
"""Longer than any wait that we ask for; a message that claims more is not believed, and taken up at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a consumer: deliveries at once, the size of a message, the attempts at one."""

    concurrency: int
    retry: RetryPolicy
    message_size_max_bytes: int = MESSAGE_SIZE_MAX_BYTES


class Consumer:
    """Feeds one service's queues to its handlers, and decides the fate of every delivery."""

    def __init__(
        self,
        service: Service,
        handlers: Handlers,
        *,
        broker: Transport,
        topology: contract.Topology,
        clock: Clock,
        limits: Limits,
        leases: Leases | None = None,
    ) -> None:
        """Handle what is claimed by `leases`, if what the handlers do is paid for.

        Raises ValueError if the table of handlers is not the topology's list of what can arrive.
        """
        if set(handlers) != contract.inputs(service):
            raise ValueError(f"{service}: the handler table and the topology's subscriptions differ")
        self._service, self._handlers = service, handlers
        self._broker, self._clock = broker, clock
        self._attempts_max, self._limits = limits.retry.attempts_max, limits
        self._exchange = topology.exchange
        self._queue, self._suspects = topology.queue(service), topology.suspects_queue(service)
        rng = random.Random()  # noqa: S311 - jitter is no secret
        self._emitter = Emitter(service, broker, topology.exchange, clock, rng)
        self._failures = Failures(service, self._emitter, topology, clock, limits.retry, rng)
        self._circuit, self._repeats, self._leases = Circuit(clock, rng), Repeats(), leases
        self._trial: Trial | None = None
        self._tried = Tried.FIRST
        self._company = Company()
        self._together: Together | None = None
        self._in_hand: set[asyncio.Future[None]] = set()
        self._subscriptions: list[Subscription] = []

    async def start(
        self, trial: Trial | None = None, together: BatchHandler | None = None, tried: Tried = Tried.FIRST
    ) -> None:
        """Begin to take deliveries; those that come at once are handled `together`, if that is given.

        Suspects are handled by their trial when they are to be tried; without one in this process, and alone.
        """
        self._trial, self._tried = (trial, tried) if tried is not Tried.NEVER else (None, tried)
        self._together = self._batches(together) if together else None
        concurrency, alone = self._limits.concurrency, partial(self._on_delivery, self._queue)
        take: OnDelivery = self._together.take if self._together else alone
        self._subscriptions.append(await self._broker.consume(self._queue, prefetch=concurrency, on_delivery=take))
        suspects = TRIALS_AT_ONCE if self._trial and tried is Tried.FIRST else SUSPECTS_PREFETCH
        take = partial(self._on_delivery, self._suspects)
        self._subscriptions.append(await self._broker.consume(self._suspects, prefetch=suspects, on_delivery=take))

    def open_circuits(self) -> list[OpenCircuit]:
        """Tell whether what it handles waits for something that is down."""
        standing = self._circuit.standing(self._service)
        return [standing] if standing else []

    async def drain(self, grace_seconds: float, hurry: asyncio.Event | None = None) -> None:
        """Take nothing more; let what is in hand finish, and hand back what has not within the grace period.

        The grace period is over at once when `hurry` is set.
        """
        with suppress(TimeoutError):  # a broker that is frozen sends nothing more either
            async with asyncio.timeout(UNSUBSCRIBE_SECONDS):
                for subscription in self._subscriptions:
                    await subscription.cancel()
        self._subscriptions.clear()
        if in_hand := self._all_in_hand():
            hurried = asyncio.create_task((hurry or asyncio.Event()).wait())
            finished = asyncio.create_task(asyncio.wait(in_hand))
            await asyncio.wait([finished, hurried], timeout=grace_seconds, return_when=asyncio.FIRST_COMPLETED)
            for waiting in (finished, hurried):
                waiting.cancel()
        late = self._all_in_hand()
        for task in late:
            task.cancel()
        if late:
            log.warning("handing back what did not finish", service=self._service, count=len(late))
            _, stuck = await asyncio.wait(late, timeout=HAND_BACK_SECONDS)
            if stuck:
                log.warning("leaving to the broker what could not be handed back", count=len(stuck))

    def _all_in_hand(self) -> set[asyncio.Future[None]]:
        return self._in_hand | (self._together.in_hand if self._together else set())

    async def _on_delivery(self, queue: str, delivery: Delivery) -> None:
        task: asyncio.Task[None] | None = asyncio.current_task()
        assert task is not None, "a broker runs it in a task of its own"
        self._in_hand.add(task)
        try:
            await self._settle(queue, delivery)
            await delivery.ack()
        except asyncio.CancelledError:
            await self._hand_back(queue, delivery)
        except Unavailable as error:
            # Only the acknowledgement raises it: the broker will deliver again, and its repeat changes nothing.
            log.info("delivery lost before its acknowledgement", service=self._service, reason=str(error))
        finally:
            self._in_hand.discard(task)

    async def _hand_back(self, queue: str, delivery: Delivery) -> None:
        """Give back what there was no time for. The broker would count a requeue as a death over it."""
        with suppress(Unavailable):
            try:
                await self._broker.publish([handed_back(delivery.message, queue)])
            except Unavailable:
                await delivery.requeue()
            else:
                await delivery.ack()

    async def _settle(self, queue: str, delivery: Delivery) -> None:
        """Do all that must be safe before the delivery may be acknowledged."""
        message = delivery.message
        attempt, not_before = _whole(message, ATTEMPT, default=1), _whole(message, NOT_BEFORE, default=0)
        wait = not_before and not_before / 1_000 - self._clock.now().timestamp()
        suspect = queue == self._suspects
        if not suspect and delivery.returns >= RETURNS_MAX:
            log.warning("consumers died over it: a suspect", service=self._service, message_id=message.message_id)
            await self._emitter.publish(handed_back(message, self._suspects))
        elif 1 < wait < WAIT_SECONDS_MAX and not suspect:
            await self._failures.delay(message, attempt, wait)
        else:
            await self._read(queue, delivery, attempt)

    async def _read(self, queue: str, delivery: Delivery, attempt: int) -> None:
        """Decode, and attempt what was not handled lately."""
        message = delivery.message
        try:
            envelope = envelope_of(message, size_max_bytes=self._limits.message_size_max_bytes)
        except TooNewError as error:
            return await self._failures.put_off(message, error, attempt)
        except ContractError as error:
            return await self._failures.dead_letter(message, "not_an_event", str(error), attempt)
        if self._is_unheard(message, envelope.event):
            log.info("came by a binding that is no more", service=self._service, event_type=envelope.type)
            return None
        context = Context(envelope, attempt, self._attempts_max)
        logged = about.set(context)
        try:
            async with self._repeats.turn(envelope.id) as handled_before:
                for repeat in handled_before or ():
                    await self._emitter.publish(repeat)
                if handled_before is None:
                    await self._attempt(queue, delivery, context)
        finally:
            about.reset(logged)
        return None

    def _is_unheard(self, message: Message, event: AnyEvent) -> bool:
        """Whether it is of no use here: nobody need hear it, and an earlier version's binding brought it.

        While services are upgraded one by one, the old ones make that binding again and again.
        """
        by_binding = message.exchange == self._exchange
        return by_binding and not event.MANDATORY and type(event) not in self._handlers

    async def _attempt(self, queue: str, delivery: Delivery, context: Context) -> None:
        """Run the handler, and settle its failure if it fails."""
        message, suspect = delivery.message, queue == self._suspects
        came_back = delivery.returns >= SUSPECT_RETURNS_MAX
        trial = self._trial if suspect and (came_back or self._tried is Tried.FIRST) else None
        if suspect and trial is None and came_back:
            crashed = Reject("crashed", "every consumer that took this up died over it")
            return await self._failures.reject(message, context, crashed)
        next_attempt = attempt = context.attempt  # unless it is settled, somebody else may try the same
        try:
            await self._handle(context, trial, suspect=suspect)
            log.debug("handled", service=self._service)
            next_attempt = ENDED
        except WaitedTooLongError:
            await self._emitter.publish(handed_back(message, queue))
        except Retry as retry:
            await self._failures.retry(message, context, retry)
            next_attempt = attempt + 1
        except Reject as reject:
            await self._failures.reject(message, context, reject)
            next_attempt = ENDED
        except Exception as error:
            log.exception("handler failed", service=self._service)
            fault = Retry("internal_error", f"an internal error ({type(error).__name__})")
            await self._failures.retry(message, context, fault)
            next_attempt = attempt + 1
        finally:
            if self._leases is not None:
                self._leases.settle(_claim(context), next_attempt)

    async def _handle(self, context: Context, trial: Trial | None, *, suspect: bool) -> None:
        """Run the handler and publish what it yields, as it yields it. What is down is waited for."""
        envelope = context.envelope
        handler = self._handlers.get(type(envelope.event))
        if handler is None:
            raise Reject("unexpected_event", f"{envelope.type} is not for this queue")
        if trial is not None:
            handler, suspect = trial.handle, False
        wait = OutageWait(context, self._failures, self._clock)
        while True:
            try:
                async with self._circuit.passage(wait), self._company.alone() if suspect else self._company.together():
                    settled = await self._run(handler, context)
            except Unavailable as error:
                log.debug("waiting for what is down", service=self._service, reason=str(error))
                if isinstance(error, ProviderUnavailable) and wait.suspicious:
                    raise Retry(error.code, error.reason, error.after_seconds) from None
            except WaitedTooLongError as waited:
                if not wait.overdue(waited.fault):
                    raise
                return await self._run_late(handler, context, waited)
            else:
                if settled:
                    return None
                await self._clock.sleep(ASK_AGAIN_SECONDS)

    async def _run(self, handler: Handler, context: Context) -> bool:
        """Run the handler, if it costs nothing or nobody else pays. False: somebody does, so it is not known yet."""
        if self._leases is None:
            await self._emit(handler, context)
            return True
        try:
            async with self._leases.lease(_claim(context)) as answer:
                if answer is Standing.INHERITED and (paid := await self._leases.outcome(context.envelope.task_id)):
                    await self._emitter.publish(event_message(paid, self._exchange))
                elif answer in {Standing.GRANTED, Standing.INHERITED}:
                    await self._emit(handler, context)
        except LeaseLostError:
            return False
        return answer is not Standing.TAKEN

    async def _emit(self, handler: Handler, context: Context) -> None:
        messages = await self._emitter.emit(handler(context.envelope.event, context), context)
        self._repeats.remember(context.envelope.id, messages)

    def _batches(self, handle: BatchHandler) -> Together:
        async def handle_together(contexts: Sequence[Context]) -> None:
            async with self._company.together():
                led_to = await handle([context.envelope for context in contexts])
                pairs = zip(led_to, contexts, strict=True)
                await self._emitter.tell_all([(event, context) for event, context in pairs if event is not None])

        return Together(
            handle_together,
            partial(self._on_delivery, self._queue),
            partial(self._hand_back, self._queue),
            circuit=self._circuit,
            expected=self._handlers.keys(),
            attempts_max=self._attempts_max,
            message_size_max_bytes=self._limits.message_size_max_bytes,
        )

    async def _run_late(self, handler: Handler, context: Context, waited: WaitedTooLongError) -> None:
        """Let the handler say what a passed deadline means to it, whatever is down."""
        try:
            await self._emit(handler, context)
        except Unavailable:
            raise Reject("deadline_exceeded", f"the time for this lesson ran out while waiting: {waited}") from None


def _claim(context: Context) -> Claim:
    return Claim(context.envelope.task_id, context.envelope.id, context.attempt)


def _whole(message: Message, header: str, *, default: int) -> int:
    value = message.headers.get(header)
    return value if isinstance(value, int) and value >= 1 else default
