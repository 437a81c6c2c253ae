"""Reads from a task's log who handled which event, in which attempts, and what each attempt told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import ProviderUnavailable
from pathshala_common.contract.events import (
    GenerationStarted,
    LessonCancelled,
    LessonFailed,
    ProviderAnswered,
    RetryScheduled,
    attempt_of,
)
from pathshala_common.contract.ports.store import Logged
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import BESIDE, SUBSCRIPTIONS
from pathshala_common.recording.decision import WRITTEN


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt of a service at a logged event, and what it told, in the order of the log."""

    service: Service
    consumed: Logged
    attempt: int
    attempts_max: int
    told: Sequence[Logged]
    cancelled: bool = False
    """Whether it was cut off: its task was cancelled, and nothing that it told ends the attempt."""

    @property
    def began(self) -> datetime:
        """The first moment that is known of the attempt."""
        return min((logged.envelope.time for logged in self.told), default=self.consumed.envelope.time)

    @property
    def events(self) -> Sequence[Envelope]:
        """The events that it told, without their places."""
        return [logged.envelope for logged in self.told]

    @property
    def calls(self) -> Sequence[ProviderCall]:
        """The provider calls of this attempt."""
        told = (envelope.event for envelope in self.events)
        return [event.call for event in told if isinstance(event, ProviderAnswered)]

    @property
    def ran_out_of_time(self) -> bool:
        """Whether the attempt ended at the request's deadline, so that what it waited for never came."""
        told = (envelope.event for envelope in self.events)
        return any(isinstance(event, LessonFailed) and event.code == "deadline_exceeded" for event in told)

    @property
    def down(self) -> ProviderUnavailable | None:
        """The service outside that this attempt waited for, if one was down."""
        cause = self.consumed.envelope
        waits = [e.event for e in self.events if isinstance(e.event, RetryScheduled) and tells_of_outage(e, cause)]
        return ProviderUnavailable(waits[-1].code, waits[-1].reason) if waits else None

    def __str__(self) -> str:
        """Name it for a person."""
        attempt = f", attempt {self.attempt}" if self.attempt > 1 else ""
        return f"{self.consumed.position} {self.consumed.envelope.type} -> {self.service}{attempt}"


def steps(log: Sequence[Logged]) -> Iterator[Step]:
    """Give the steps that the log tells of, in the order of the events that they consumed.

    Of the store's, those are given that store a lesson or decide not to: of another event it tells nothing.
    """
    cancelled = any(isinstance(one.envelope.event, LessonCancelled) for one in log)
    for consumed in log:
        for service in (each for each in SUBSCRIPTIONS if each not in BESIDE):
            told = told_by(service, consumed, log)
            if service != "store":
                attempts = _attempts(service, consumed, told)
                yield from (replace(step, cancelled=cancelled and not _ended(step)) for step in attempts)
            elif isinstance(consumed.envelope.event, WRITTEN):
                yield Step(service, consumed, 1, 1, told)


def told_by(service: Service, consumed: Logged, log: Sequence[Logged]) -> Sequence[Logged]:
    """The events that a service told because of one."""
    by = (consumed.envelope.id, f"/pathshala/{service}")
    return [logged for logged in log if (logged.envelope.causation_id, logged.envelope.source) == by]


def tells_of_outage(told: Envelope, cause: Envelope) -> bool:
    """Whether it says that the delivery waited for a service outside that was down, at no cost of an attempt."""
    event = told.event
    if not isinstance(event, RetryScheduled):
        return False
    scheduled = wrap(event, source=event.service, now=told.time, cause=cause, attempt=event.attempt)
    return told.id != scheduled.id


def _attempts(service: Service, consumed: Logged, told: Sequence[Logged]) -> Iterator[Step]:
    """Sort what was told into attempts; what is not of one attempt alone was told by the last."""
    last = max((_begun(one.envelope, consumed.envelope) for one in told), default=1)
    events = (one.envelope.event for one in told)
    counts = (event.attempts_max for event in events if isinstance(event, GenerationStarted | RetryScheduled))
    allowed = max(counts, default=last)
    by_attempt: dict[int, list[Logged]] = {}
    for one in told:
        by_attempt.setdefault(attempt_of(one.envelope.event) or last, []).append(one)
    for attempt, group in sorted(by_attempt.items()):
        yield Step(service, consumed, attempt, max(allowed, attempt), group)


def _ended(step: Step) -> bool:
    """Whether something that it told ends the attempt."""
    cause = step.consumed.envelope
    return any(e.event.DRIVES or e.event.FINAL or _is_retry(e, cause) for e in step.events)


def _is_retry(told: Envelope, cause: Envelope) -> bool:
    return isinstance(told.event, RetryScheduled) and not tells_of_outage(told, cause)


def _begun(told: Envelope, cause: Envelope) -> int:
    """The greatest attempt that an event tells of: one that was scheduled is."""
    attempt = attempt_of(told.event) or 1
    return attempt + 1 if _is_retry(told, cause) else attempt
