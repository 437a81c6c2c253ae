"""Shows two lessons of one step beside each other: the one that was written then, and the one that is written now."""

from typing import Annotated, Any, TypedDict

from pathshala.replay.live import Rewritten
from pathshala.replay.steps import Step
from pathshala.replay.view import field_as_json, say_fields
from pathshala.terminal import say
from pathshala_common.contract.lesson import LessonContent

MADE = "quality."
"""Fields that say how a lesson was made; they are said in a line of their own."""


def say_lessons(step: Step, written: Rewritten) -> None:
    """Print what is not alike, then how each came about."""
    say((str(step), "bold"))
    if written.then and written.now:
        say_fields([field for field in written.fields if not field.path.startswith(MADE)], "then", "now ")
    say(f"then: {_made(written.then) if written.then else 'no lesson was written'}")
    say(f"now:  {_made(written.now) if written.now else f'no lesson: {written.failure}'}")


class LessonsOfStep(TypedDict):
    """The lesson that was written in a step, and the one that is written now."""

    then: Annotated[dict[str, Any] | None, "The content of the one; null if none was written."]
    now: Annotated[dict[str, Any] | None, "The content of the other; null if none is."]
    failure: Annotated[str | None, "Why none is written now."]
    fields: Annotated[list[dict[str, Any]], "The fields that differ: `path`, and the values `recorded` and `replayed`."]


def lessons_as_json(written: Rewritten) -> LessonsOfStep:
    """Give both for a program."""
    then, now = (lesson.model_dump(mode="json") if lesson else None for lesson in (written.then, written.now))
    fields = [field_as_json(field) for field in written.fields] if then and now else []
    return {"then": then, "now": now, "failure": written.failure, "fields": fields}


def _made(lesson: LessonContent) -> str:
    """Say by whom it was written, what it passed and what it cost."""
    quality = lesson.quality
    parts = [quality.writer if quality.model is None else f"{quality.writer} {quality.model}"]
    if quality.prompt_version:
        parts.append(f"plan {quality.prompt_version}")
    if quality.checks_passed:
        parts.append(f"passed {', '.join(quality.checks_passed)}")
    if quality.repaired_fields:
        parts.append(f"repaired {', '.join(quality.repaired_fields)}")
    if quality.reading_level:
        parts.append(f"reads at {quality.reading_level.score:g} ({quality.reading_level.formula})")
    if quality.usage:
        parts.append(f"{quality.usage.calls} calls, {quality.usage.seconds:g} s")
    return "; ".join(parts)
