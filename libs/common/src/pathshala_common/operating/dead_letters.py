"""Dead letters as an operator sees them: read, selected, shown, sent back or dropped. Nothing here prints."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pathshala_common.contract.envelope import Envelope, decode
from pathshala_common.contract.errors import ContractError
from pathshala_common.contract.events import request_of
from pathshala_common.contract.messages import ATTEMPT, DEAD_AT, DEAD_CODE, DEAD_REASON, DEAD_STACK
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.operator import DeadLetter, DeadLetters, Verdict
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import SUBSCRIPTIONS

BODY_SHOWN_MAX_BYTES = 4_096
MOVED_BY_BROKER = "broker"
"""Code of what the broker itself moved, a message that came back too often, or of what was put there by hand."""

ENDING_NOTHING = frozenset({MOVED_BY_BROKER, "not_an_event", "too_new"})
"""Codes of which nobody told a LessonFailed: such a task ends by its deadline, and until then may still go on."""

DECIDED_BY_US = {"requested_at", "deadline"}
"""Fields of a request that nobody orders."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One dead letter, with what its headers and its body say. `envelope` is None if the body is no event."""

    id: str
    service: Service
    code: str
    reason: str
    stack: str
    attempt: int
    dead_at: datetime | None
    envelope: Envelope | None
    message: Message

    @property
    def event(self) -> str:
        """The event's name; what the message calls itself, if the body cannot be read."""
        return self.envelope.type if self.envelope else self.message.type

    @property
    def task_id(self) -> str:
        """The task that it is about, as far as is known."""
        return self.envelope.task_id if self.envelope else self.message.correlation_id

    @property
    def ended_its_task(self) -> bool:
        """Whether its service told LessonFailed when it gave this up: the task has failed, and stays so."""
        return self.envelope is not None and self.envelope.event.DRIVES and self.code not in ENDING_NOTHING

    @property
    def order(self) -> Mapping[str, Any] | None:
        """The body of a POST /lessons that asks for the same lesson anew."""
        request = request_of(self.envelope.event) if self.envelope else None
        return request.model_dump(mode="json", exclude=DECIDED_BY_US) if request else None

    def summary(self) -> dict[str, Any]:
        """The fields that one line of a list shows."""
        return {
            "id": self.id,
            "service": self.service,
            "code": self.code,
            "reason": self.reason,
            "event": self.event,
            "task_id": self.task_id,
            "attempt": self.attempt,
            "dead_at": self.dead_at.isoformat(timespec="milliseconds") if self.dead_at else None,
            "ended_its_task": self.ended_its_task,
        }

    def details(self) -> dict[str, Any]:
        """All that is known of it. Of a body that is no event, the beginning, with all that is not ASCII escaped."""
        body = self.message.body
        shown: dict[str, Any] = (
            {"envelope": json.loads(body)}
            if self.envelope
            else {"body_bytes": len(body), "body": repr(body[:BODY_SHOWN_MAX_BYTES])[2:-1]}
        )
        return self.summary() | {"stack": self.stack, "headers": dict(self.message.headers), **shown}


def read(dead: DeadLetter) -> Reading:
    """Read a dead letter, whoever put it there and whatever it holds."""
    message = dead.message
    try:
        envelope = decode(message.body)
    except ContractError:
        envelope = None
    moved = f"moved by the broker: {dead.moved}" if dead.moved else "put there by hand"
    attempt = message.headers.get(ATTEMPT)
    return Reading(
        id=message.message_id or f"sha256-{hashlib.sha256(message.body).hexdigest()[:32]}",
        service=dead.service,
        code=_text(message, DEAD_CODE) or MOVED_BY_BROKER,
        reason=_text(message, DEAD_REASON) or moved,
        stack=_text(message, DEAD_STACK),
        attempt=attempt if isinstance(attempt, int) else 1,
        dead_at=_moment(_text(message, DEAD_AT)),
        envelope=envelope,
        message=message,
    )


@dataclass(frozen=True, slots=True)
class DeadLetterFilter:
    """Which dead letters: those that match all that is named. `since` and `until` are moments of death.

    One without a known moment of death matches no `since` and no `until`.
    """

    service: Service | None = None
    id: str | None = None
    code: str | None = None
    task: str | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None

    @property
    def services(self) -> Sequence[Service]:
        """Whose queues to look into."""
        return [self.service] if self.service else list(SUBSCRIPTIONS)

    def matches(self, reading: Reading) -> bool:
        """Whether all that is named fits; `limit` is not looked at."""
        named = ((self.id, reading.id), (self.code, reading.code), (self.task, reading.task_id))
        if any(wanted is not None and wanted != found for wanted, found in (*named, (self.event, reading.event))):
            return False
        if self.since is None and self.until is None:
            return True
        died = reading.dead_at
        return (
            died is not None
            and (self.since is None or self.since <= died)
            and (self.until is None or died <= self.until)
        )


@dataclass(slots=True)
class Selection:
    """The result of a walk: how many matched, the first `shown_max` of them, and how many nobody looked at."""

    filter: DeadLetterFilter
    shown_max: int
    verdict: Verdict = Verdict.LEAVE
    matched: int = 0
    ended: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    shown: list[Reading] = field(default_factory=list)
    beyond: int = 0

    def judge(self, dead: DeadLetter) -> Verdict:
        """Count it if it matches, and give the verdict; leave all others, and all beyond the filter's limit."""
        limit = self.filter.limit
        if limit is not None and self.matched >= limit:
            return Verdict.ENOUGH
        reading = read(dead)
        if not self.filter.matches(reading):
            return Verdict.LEAVE
        self.matched += 1
        self.ended += reading.ended_its_task
        self.codes[reading.code] += 1
        if len(self.shown) < self.shown_max:
            self.shown.append(reading)
        return self.verdict


async def select(
    dead_letters: DeadLetters, wanted: DeadLetterFilter, *, verdict: Verdict = Verdict.LEAVE, shown_max: int = 0
) -> Selection:
    """Walk all that the filter can mean, the oldest of each service first. Raises BrokerUnavailable."""
    selection = Selection(wanted, shown_max, verdict)
    selection.beyond = await dead_letters.walk(wanted.services, selection.judge)
    return selection


def _text(message: Message, header: str) -> str:
    value = message.headers.get(header)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
