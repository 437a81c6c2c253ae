"""The word of a task's end: what a poll would say, to whom, and under which identity. Pure: it is read from the log."""

from collections.abc import Sequence
from dataclasses import dataclass

from pathshala_common.contract.events import ORDERS, WebhookAbandoned, WebhookDelivered, request_of
from pathshala_common.contract.lesson import NumberedTask, change_identity
from pathshala_common.contract.ports.store import Logged
from pathshala_common.contract.task_status import task_status
from pathshala_common.recording.projection import begin, evolve


@dataclass(frozen=True, slots=True)
class Word:
    """The same in each attempt, and whenever it is asked for again. `change` is the final event's position."""

    url: str
    task_id: str
    change: int
    body: bytes

    @property
    def identity(self) -> str:
        """The name by which a receiver knows a repeat."""
        return change_identity(self.task_id, self.change)


def callback_url(log: Sequence[Logged]) -> str | None:
    """Give the address that the order named, by whichever event says it: the order may be logged behind the end.

    A service of an earlier version may have told it on without.
    """
    requests = (request_of(one.envelope.event) for one in log)
    return next((request.callback_url for request in requests if request is not None and request.callback_url), None)


def is_ordered(log: Sequence[Logged]) -> bool:
    """Whether the log has the order, so that what it does not name nobody named."""
    return any(isinstance(one.envelope.event, ORDERS) for one in log)


def end_of(log: Sequence[Logged]) -> Logged | None:
    """Give the event that ended the task: the first final one."""
    return next((one for one in log if one.envelope.event.FINAL), None)


def word_of(log: Sequence[Logged], url: str, end: Logged) -> Word | None:
    """Give the word of a task's end; None if the log was cut and does not say any more what was asked for."""
    requests = [one.envelope.event for one in log if request_of(one.envelope.event) is not None]
    task = begin(requests)
    if task is None:
        return None
    ended = evolve(task, end.envelope.event)
    return Word(url, ended.task_id, end.position, task_status(NumberedTask(ended, end.position)))


def is_settled(log: Sequence[Logged], cause_id: str) -> bool:
    """Whether what this event called for was done, or given up: then it came again because somebody died."""
    settled = (one for one in log if isinstance(one.envelope.event, WebhookDelivered | WebhookAbandoned))
    return any(one.envelope.causation_id == cause_id for one in settled)
