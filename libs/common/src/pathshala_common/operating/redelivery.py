"""A webhook is wanted again: whether there is one, and the event that asks for it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.errors import PathshalaError
from pathshala_common.contract.events import RedeliveryRequested, request_of
from pathshala_common.contract.ports.store import Logged

SOURCE = "operator"


class NothingToTellError(PathshalaError):
    """There is no webhook of this task; the text says why, in a sentence."""


def redelivery(task_id: str, log: Sequence[Logged], now: datetime) -> Envelope:
    """Give the event that asks for the webhook of a task once more. Raises NothingToTellError."""
    events = [logged.envelope.event for logged in log]
    requests = [request for event in events if (request := request_of(event)) is not None]
    if not any(request.callback_url for request in requests):
        raise NothingToTellError("Its order named no callback_url, or is not in the log any more.")
    if not any(event.FINAL for event in events):
        raise NothingToTellError("It has not ended. Its end is told when it does.")
    number = sum(isinstance(event, RedeliveryRequested) for event in events) + 1
    return wrap(RedeliveryRequested(task_id=task_id, number=number), source=SOURCE, now=now, index=number)
