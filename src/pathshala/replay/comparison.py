"""Compares what was told with what is told now: events by their derived ids, then field by field."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pathshala_common.contract.envelope import Envelope

UNDECIDED: Mapping[tuple[str, str], str] = {
    ("RetryScheduled", "delay_seconds"): "chance: delays are jittered",
    ("RetryScheduled", "retry_at"): "chance: delays are jittered",
    ("LessonFailed", "failed_at"): "the clock: what handlers take is not recorded",
}
"""Fields that chance or the clock decides, by event and name, and which of them: they are not compared."""

ABSENT = "(absent)"


class Mark(StrEnum):
    """The outcome of comparing one event."""

    SAME = "same"
    DIFFERS = "differs"
    MISSING = "missing"
    """It was told then, and is not now."""
    EXTRA = "extra"
    """It is told now, and was not then."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is not what it was; `path` leads to it from the event's data."""

    path: str
    recorded: Any
    replayed: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One event on both sides. `added` names fields of today that the recorded event is too old to have."""

    mark: Mark
    recorded: Envelope | None
    replayed: Envelope | None
    fields: Sequence[Field] = ()
    added: Sequence[str] = ()

    @property
    def envelope(self) -> Envelope:
        """The event as it was told; as it is told now, if it was not."""
        found = self.recorded or self.replayed
        assert found is not None
        return found


def compare(recorded: Sequence[Envelope], replayed: Sequence[Envelope]) -> Sequence[Line]:
    """Pair events by id: those that were recorded in their order, then those that are new."""
    now = {envelope.id: envelope for envelope in replayed}
    lines = [_line(envelope, now.pop(envelope.id, None)) for envelope in recorded]
    return [*lines, *(Line(Mark.EXTRA, None, envelope) for envelope in now.values())]


def differences(recorded: Any, replayed: Any, path: str = "") -> Iterator[Field]:
    """Give each leaf of two JSON values that is not equal. What only the replayed one has is ABSENT in the other."""
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        for name in [*recorded, *(name for name in replayed if name not in recorded)]:
            yield from differences(recorded.get(name, ABSENT), replayed.get(name, ABSENT), _joined(path, name))
    elif isinstance(recorded, list) and isinstance(replayed, list):
        for index in range(max(len(recorded), len(replayed))):
            yield from differences(_at(recorded, index), _at(replayed, index), _joined(path, str(index)))
    elif recorded != replayed:
        yield Field(path, recorded, replayed)


def _line(recorded: Envelope, replayed: Envelope | None) -> Line:
    if replayed is None:
        return Line(Mark.MISSING, recorded, None)
    found = list(differences(json.loads(recorded.raw)["data"], json.loads(replayed.raw)["data"]))
    found = [field for field in found if (recorded.type, field.path) not in UNDECIDED]
    added = [field.path for field in found if _is_new(field)]
    fields = [field for field in found if not _is_new(field)]
    return Line(Mark.DIFFERS if fields else Mark.SAME, recorded, replayed, fields, added)


def _is_new(field: Field) -> bool:
    """Whether the recorded event was written before there was such a field: each writes all fields that it knows."""
    return field.recorded is ABSENT and not field.path.rpartition(".")[2].isdecimal()


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else ABSENT
