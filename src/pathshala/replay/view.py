"""Shows what became of a replay: a line an event, and under it every field that is not what it was."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from pathshala.replay.comparison import ABSENT, Field, Line, Mark
from pathshala.replay.engine import Result
from pathshala.terminal import say
from pathshala_common.contract.events import LessonFailed, RetryScheduled

SIGNS: Mapping[Mark, tuple[str, str]] = {
    Mark.SAME: ("=", "green"),
    Mark.DIFFERS: ("!", "bold red"),
    Mark.MISSING: ("-", "bold red"),
    Mark.EXTRA: ("+", "bold red"),
}
SAID: Mapping[Mark, str] = {Mark.MISSING: "told then, not now", Mark.EXTRA: "told now, not then"}
EXCERPT_MAX = 100
NAMES_MAX = 3
LEAD = 30
"""Characters shown of a long text before the first one that differs."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A replay in one line."""

    steps: int
    events: int
    differences: int
    gaps: int
    first: str | None

    def __str__(self) -> str:
        """Count, and name the first event that differs."""
        if self.gaps:
            return f"refused: {_counted(self.gaps, 'step')} of {self.steps} cannot be replayed"
        told = f"{_counted(self.steps, 'step')}, {_counted(self.events, 'event')} replayed"
        return f"{told}, {_counted(self.differences, 'difference')}" + (f"; first: {self.first}" if self.first else "")


def summary(results: Sequence[Result], document: Sequence[Field]) -> Summary:
    """Sum up the steps, and the fields in which the task document differs."""
    different = [(result, line) for result in results for line in result.different]
    first = _name(*different[0]) if different else None
    if first is None and document:
        first = f"the task document, {document[0].path}"
    return Summary(
        steps=len(results),
        events=sum(len(result.lines) for result in results),
        differences=len(different) + bool(document),
        gaps=sum(bool(result.gap) for result in results),
        first=first,
    )


def say_results(results: Sequence[Result], document: Sequence[Field]) -> None:
    """Print it for a person."""
    for result in results:
        say((str(result.step), "bold"))
        if result.gap:
            say(("    ?  ", "bold yellow"), f"cannot be replayed: {result.gap}")
        for line in result.lines:
            _say_line(line)
    if document:
        say(("the task document is not what the log makes of it", "bold red"))
        say_fields(document, "kept", "folded")
    say(str(summary(results, document)))


class Replayed(TypedDict):
    """The outcome of a replay with recorded answers."""

    steps: Annotated[list[dict[str, Any]], "Each step of a service: what it consumed, and each event that it told."]
    document: Annotated[
        list[dict[str, Any]], "The fields in which the task's document differs: `path` and both values."
    ]
    events: Annotated[int, "How many events were told."]
    differences: Annotated[int, "How many of them differ."]
    gaps: Annotated[int, "How many steps lacked something that they need."]
    first: Annotated[str | None, "The first difference, in words."]


def results_as_json(results: Sequence[Result], document: Sequence[Field]) -> Replayed:
    """Give it for a program."""
    summed = summary(results, document)
    return {
        "steps": [_step(result) for result in results],
        "document": [field_as_json(field) for field in document],
        "events": summed.events,
        "differences": summed.differences,
        "gaps": summed.gaps,
        "first": summed.first,
    }


def _say_line(line: Line) -> None:
    sign, style = SIGNS[line.mark]
    said = f"  ({SAID[line.mark]})" if line.mark in SAID else ""
    added = f"  (written before there was {_shortened(line.added)})" if line.added else ""
    say((f"    {sign}  ", style), line.envelope.type, said, added)
    say_fields(line.fields, "recorded", "replayed")
    if line.mark is Mark.EXTRA:
        event = line.envelope.event
        if isinstance(event, RetryScheduled | LessonFailed):
            say(f"         {event.why}")


def say_fields(fields: Sequence[Field], then: str, now: str) -> None:
    """Print fields with both of their values, under these names."""
    for field in fields:
        say(f"         {field.path}")
        for name, style, shown in zip((then, now), ("red", "green"), _excerpts(field), strict=True):
            say(f"           {name}  ", (shown, style))


def _excerpts(field: Field) -> Iterator[str]:
    """Show both values on a line each; of long ones, the part where they part."""
    texts = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in _values(field)]
    parting = next((at for at, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    begin = max(parting - LEAD, 0) if max(map(len, texts)) > EXCERPT_MAX else 0
    for text in texts:
        shown = " ".join(text[begin : begin + EXCERPT_MAX].split("\n"))
        yield f"{'…' if begin else ''}{shown}{'…' if len(text) > begin + EXCERPT_MAX else ''}"


def _values(field: Field) -> tuple[Any, Any]:
    return field.recorded, field.replayed


def _name(result: Result, line: Line) -> str:
    """Name an event that differs: which it is, where it stands, what led to it, and what is wrong with it."""
    place = next((f" (event {told.position})" for told in result.step.told if told.envelope is line.recorded), "")
    fault = line.fields[0].path if line.fields else SAID[line.mark]
    return f"{line.envelope.type}{place} of step {result.step}: {fault}"


def _step(result: Result) -> dict[str, Any]:
    return {
        "position": result.step.consumed.position,
        "id": result.step.consumed.envelope.id,
        "event": result.step.consumed.envelope.type,
        "service": result.step.service,
        "attempt": result.step.attempt,
        "gap": result.gap,
        "told": [_line(line) for line in result.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    sides = {"recorded": line.recorded, "replayed": line.replayed}
    return {
        "mark": line.mark,
        "event": line.envelope.type,
        "id": line.envelope.id,
        "fields": [field_as_json(field) for field in line.fields],
        "added": list(line.added),
        **{name: json.loads(envelope.raw)["data"] if envelope else None for name, envelope in sides.items()},
    }


def field_as_json(field: Field) -> dict[str, Any]:
    """Give a field for a program; null stands for a value that is not there."""
    recorded, replayed = (None if value is ABSENT else value for value in _values(field))
    return {"path": field.path, "recorded": recorded, "replayed": replayed}


def _shortened(names: Sequence[str]) -> str:
    more = len(names) - NAMES_MAX
    return ", ".join(names[:NAMES_MAX]) + (f" and {_counted(more, 'other field')}" if more > 0 else "")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
