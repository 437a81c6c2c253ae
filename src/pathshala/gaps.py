"""Says what is missing of a task's log, so that nobody takes a part for the whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from pathshala_common.contract.events import AnyEvent, LessonEnriched, LessonGenerated, ProviderAnswered
from pathshala_common.contract.ports.store import Logged
from pathshala_common.contract.services import Service

OFFLINE = "offline"
"""The writer that asks nobody."""


class Missing(Enum):
    """The kinds of gap in a log: an event, an event's cause, or a provider call."""

    EVENTS = auto()
    CAUSE = auto()
    RECORDING = auto()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, noticed at the event of this position, and in words."""

    missing: Missing
    position: int
    text: str


def gaps(log: Sequence[Logged]) -> Sequence[Gap]:
    """Find what is missing of a task's log, in the order in which it is noticed.

    Whatever is behind the last event leaves no trace, and is not found. What is told to have been cut, or never
    recorded, is named as it is: what the house does not keep, nothing can replay.
    """
    return sorted([*_events(log), *_causes(log), *_recordings(log)], key=lambda gap: gap.position)


def _events(log: Sequence[Logged]) -> Iterator[Gap]:
    """Positions are counted from 1, so whatever was cut leaves a hole before the next event."""
    before = 0
    for logged in log:
        first, last = before + 1, logged.position - 1
        if first <= last:
            names = f"event {first} is" if first == last else f"events {first} to {last} are"
            yield Gap(Missing.EVENTS, logged.position, f"{names} not in the log any more")
        before = logged.position


def _causes(log: Sequence[Logged]) -> Iterator[Gap]:
    ids = {logged.envelope.id for logged in log}
    for logged in log:
        cause = logged.envelope.causation_id
        if cause is not None and cause not in ids:
            yield Gap(Missing.CAUSE, logged.position, f"what led to event {logged.position} is not in the log: {cause}")


def _recordings(log: Sequence[Logged]) -> Iterator[Gap]:
    recorded = {
        (logged.envelope.causation_id, logged.envelope.event.service)
        for logged in log
        if isinstance(logged.envelope.event, ProviderAnswered)
    }
    for logged in log:
        event, at = logged.envelope.event, logged.position
        if isinstance(event, ProviderAnswered) and event.call.cut:
            yield Gap(Missing.RECORDING, at, f"recording {at} was too long and is cut")
        asked = _asks(event)
        if asked is not None and (logged.envelope.causation_id, asked) not in recorded:
            yield Gap(Missing.RECORDING, at, f"what event {at} rests on was not recorded, or is cut")


def _asks(event: AnyEvent) -> Service | None:
    """Name the service that asked somebody outside before it told this."""
    if isinstance(event, LessonEnriched) and event.article is not None:
        return "enricher"
    if isinstance(event, LessonGenerated) and event.content.quality.writer != OFFLINE:
        return "generator"
    return None
