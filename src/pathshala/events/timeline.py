"""A task's log as lines for a person: when, how long after the one before, who, what, and because of what. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pathshala.gaps import gaps
from pathshala_common.contract.events import (
    LessonFailed,
    LessonStored,
    ProviderAnswered,
    RetryScheduled,
    attempt_of,
)
from pathshala_common.contract.lesson import version_of
from pathshala_common.contract.ports.store import Logged

Parts = Sequence[str | tuple[str, str]]
"""A line in parts, some with their style."""

STYLES = {LessonStored: "bold green", LessonFailed: "bold red", RetryScheduled: "yellow", ProviderAnswered: "dim"}
MISSING_STYLE = "magenta"
SHORT_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A line, and the position of the event that it belongs to."""

    position: int
    parts: Parts


def timeline(log: Sequence[Logged]) -> Iterator[TimelineLine]:
    """Give the lines of a log, each day named where it begins, and each gap where it is noticed."""
    places = {logged.envelope.id: logged.position for logged in log}
    missing = gaps(log)
    before: datetime | None = None
    for logged in log:
        time, position = logged.envelope.time, logged.position
        if before is None or time.date() != before.date():
            yield TimelineLine(position, [(f"{time:%Y-%m-%d} UTC", "bold")])
        for gap in missing:
            if gap.position == position:
                yield TimelineLine(position, [(f"      {gap.text}", MISSING_STYLE)])
        yield TimelineLine(position, _event(logged, before, places))
        before = time


def outcome(log: Sequence[Logged]) -> str:
    """Say how the task ended, or that it has not. The first final event counts; times are from the first event."""
    began = log[0].envelope.time
    for logged in log:
        event = logged.envelope.event
        after = f"{(logged.envelope.time - began).total_seconds():.1f} s"
        if isinstance(event, LessonStored):
            name = f"{event.request.subject}/{event.request.topic} {version_of(event.revision)}"
            return f"Completed after {after}: {name}"
        if isinstance(event, LessonFailed):
            return f"Failed after {after}, said by the {event.service}: {event.why}"
    return f"Not finished; last heard of at {log[-1].envelope.time:%Y-%m-%d %H:%M:%S} UTC"


def ended(log: Sequence[Logged]) -> bool:
    """Whether the log has a final event."""
    return any(logged.envelope.event.FINAL for logged in log)


def _event(logged: Logged, before: datetime | None, places: dict[str, int]) -> Parts:
    envelope = logged.envelope
    gap = "" if before is None else f"{(envelope.time - before).total_seconds():+.3f} s"
    attempt = attempt_of(envelope.event) or 1
    name = envelope.type if attempt == 1 else f"{envelope.type} #{attempt}"
    style = STYLES.get(type(envelope.event), "")
    return [
        f"{logged.position:4}  {envelope.time:%H:%M:%S}.{envelope.time.microsecond // 1000:03}",
        (f"{gap:>12}", "dim"),
        f"  {envelope.service:9}  ",
        (f"{name:20}", style),
        (f"  {_cause(envelope.causation_id, places):6}", "dim"),
        # A line is a line, whatever the event holds.
        f"  {' '.join(envelope.event.summary().split())}",
    ]


def _cause(causation_id: str | None, places: dict[str, int]) -> str:
    """Name the cause by its position, or by the beginning of its id if the log has it not."""
    if causation_id is None:
        return ""
    place = places.get(causation_id)
    return f"<- {place}" if place else f"<- {causation_id[:SHORT_ID_LENGTH]}?"
