"""Settles a delivery that was not handled: by a later attempt, or by the dead-letter queue and the task's end."""

import random
import traceback
from datetime import datetime, timedelta

from pathshala_common.contract import topology as contract
from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry, TooNewError
from pathshala_common.contract.events import LessonFailed, RetryScheduled
from pathshala_common.contract.messages import dead_letter, delayed
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.services import Service
from pathshala_common.logs import get_logger
from pathshala_common.runtime.emitter import Emitter
from pathshala_common.runtime.retry import RetryPolicy

TOO_NEW_SECONDS_MAX = 86_400
TOO_NEW_WAIT_SECONDS_MIN = 2.0

log = get_logger()


class Failures:
    """Settles one service's failures; returns when all that must be safe is."""

    def __init__(
        self,
        service: Service,
        emitter: Emitter,
        topology: contract.Topology,
        clock: Clock,
        policy: RetryPolicy,
        rng: random.Random,
    ) -> None:
        self._service, self._emitter, self._topology = service, emitter, topology
        self._clock, self._policy, self._random = clock, policy, rng

    async def retry(self, message: Message, context: Context, retry: Retry) -> None:
        """Schedule the next attempt and tell so; the last one that failed is the end."""
        if context.attempt >= context.attempts_max:
            spent = Reject(retry.code, f"{retry.reason} (after {context.attempt} attempts)")
            spent.__cause__ = retry
            return await self.reject(message, context, spent)
        wished = self._policy.delay_seconds(context.attempt, retry.after_seconds, self._random)
        delay = max(wished, float(self._topology.delay(wished).seconds))
        log.warning("retry scheduled", service=self._service, code=retry.code, delay_seconds=delay)
        await self._emitter.tell(self._scheduled(context, retry, delay), context)
        return await self.delay(message, context.attempt + 1, delay)

    async def reject(self, message: Message, context: Context, reject: Reject) -> None:
        """End the task if it cannot go on, and keep the message where an operator finds it.

        Whoever waits for the task is told first, whatever becomes of the letter.
        """
        if context.envelope.event.DRIVES:
            failed = LessonFailed(
                task_id=context.envelope.task_id,
                service=self._service,
                code=reject.code,
                message=reject.reason[:1].upper() + reject.reason[1:],  # a clause becomes a sentence
                failed_at=self._clock.now(),
                suggestion=reject.suggestion,
            )
            await self._emitter.tell(failed, context)
        stack = "".join(traceback.format_exception(reject))
        await self.dead_letter(message, reject.code, reject.reason, context.attempt, stack)

    async def dead_letter(self, message: Message, code: str, reason: str, attempt: int, stack: str = "") -> None:
        """Keep the message in the dead-letter queue."""
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
        await self._emitter.publish(dead)

    async def put_off(self, message: Message, too_new: TooNewError, attempt: int) -> None:
        """Keep for later what a service of a later version told: this one is about to be upgraded, it may be hoped.

        It waits as long again as it is old, so the waits double; what a day has not helped is dead.
        """
        age_seconds = (self._clock.now() - too_new.told_at).total_seconds()
        if abs(age_seconds) > TOO_NEW_SECONDS_MAX:
            return await self.dead_letter(message, "too_new", str(too_new), attempt)
        log.warning("too new to be read yet", service=self._service, reason=str(too_new))
        wait_seconds = min(max(age_seconds, TOO_NEW_WAIT_SECONDS_MIN), contract.DELAYS_SECONDS[-1])
        return await self.delay(message, attempt, wait_seconds)

    async def delay(self, message: Message, attempt: int, seconds: float) -> None:
        """Send the message back to the service's queue after a wait."""
        not_before = self._clock.now() + timedelta(seconds=seconds)
        delay, queue = self._topology.delay(seconds), self._topology.queue(self._service)
        await self._emitter.publish(delayed(message, delay, queue, attempt, not_before))

    async def tell_outage(
        self, context: Context, fault: ProviderUnavailable, probe_at: datetime, *, interval_seconds: float, telling: int
    ) -> None:
        """Tell that the delivery waits for a service outside, which is probed so often. It costs no attempt.

        Each telling of an attempt is an event of its own, and so is the retry that may follow.
        """
        waiting = self._scheduled(context, fault, interval_seconds, retry_at=probe_at, telling=telling)
        await self._emitter.tell(waiting, context, index=telling)

    def _scheduled(
        self,
        context: Context,
        cause: Retry | ProviderUnavailable,
        seconds: float,
        *,
        retry_at: datetime | None = None,
        telling: int = 0,
    ) -> RetryScheduled:
        return RetryScheduled(
            task_id=context.envelope.task_id,
            service=self._service,
            attempt=context.attempt,
            attempts_max=context.attempts_max,
            retry_at=retry_at or self._clock.now() + timedelta(seconds=seconds),
            delay_seconds=seconds,
            code=cause.code,
            reason=cause.reason,
            telling=telling,
        )
