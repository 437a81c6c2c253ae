"""One delivery's patience with what is down: how long it may be held, and that whoever waits for it is told."""

from datetime import datetime, timedelta

from pathshala_common.contract.backoff import OUTSIDE
from pathshala_common.contract.errors import ProviderUnavailable, Unavailable
from pathshala_common.contract.events import request_of
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.runtime.failures import Failures

HOLD_SECONDS_MAX = 900
"""A delivery held so long goes back to its queue; RabbitMQ takes away what is held for 30 minutes, and counts it."""

TELL_AGAIN_SECONDS = 60
"""A user is told again when the next probe is this much later than was said. Each telling is an event in the log."""

OPENINGS_MAX = 3
"""One delivery may open the circuit this many times; the last one costs an attempt."""


class OutageWait:
    """Implements the circuit's Waiting for one delivery."""

    def __init__(self, context: Context, failures: Failures, clock: Clock) -> None:
        self._context, self._failures, self._clock = context, failures, clock
        self._held_until = clock.monotonic() + HOLD_SECONDS_MAX
        self._tellings, self._told_probe_at, self._told_seconds = 0, clock.now(), 0.0
        self._openings = 0

    @property
    def suspicious(self) -> bool:
        """Whether what is down may be down for this delivery alone."""
        return self._openings >= OPENINGS_MAX

    def opened(self) -> None:
        """Count. What a probe meets, or many at once, is nobody's own fault."""
        self._openings += 1

    def overdue(self, fault: Unavailable) -> bool:
        """Whether the request's deadline has passed, and what is down makes the lesson wait for nothing."""
        deadline = self._deadline_for(fault)
        return deadline is not None and deadline <= self._clock.now()

    def until(self, fault: Unavailable) -> datetime:
        """Wait up to the request's deadline, if that means something, and never beyond the limit."""
        limit = self._clock.now() + timedelta(seconds=self._held_until - self._clock.monotonic())
        return min(self._deadline_for(fault) or limit, limit)

    async def waits(self, fault: Unavailable, probe_at: datetime) -> None:
        """Tell, and tell again when what was told is no longer true. Of what is our own, nobody is told."""
        seconds = (probe_at - self._clock.now()).total_seconds()
        late = probe_at > self._told_probe_at + timedelta(seconds=TELL_AGAIN_SECONDS)
        if not isinstance(fault, ProviderUnavailable) or not (late or seconds > self._told_seconds):
            return
        self._tellings, self._told_probe_at = self._tellings + 1, probe_at
        self._told_seconds = max(seconds, OUTSIDE.max_seconds)
        await self._failures.tell_outage(
            self._context, fault, probe_at, interval_seconds=self._told_seconds, telling=self._tellings
        )

    def _deadline_for(self, fault: Unavailable) -> datetime | None:
        """The deadline is for a service outside; what was written is stored ever so late."""
        request = request_of(self._context.envelope.event)
        return request.deadline if request and isinstance(fault, ProviderUnavailable) else None
