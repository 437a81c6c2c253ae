"""The bodies of requests and answers about class sets."""

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from pydantic_core import to_json

from pathshala_api.ceilings import Ceiling
from pathshala_api.class_sets.standing import Item, ItemStatus, SetStanding
from pathshala_api.schemas import (
    LANGUAGE,
    LEVEL,
    SOURCE_TEXT,
    Address,
    Id,
    MomentText,
    VersionText,
    poll_url,
)
from pathshala_common.contract.class_set import LESSONS_MAX, ClassSet, SetHead, SetRow
from pathshala_common.contract.lesson import (
    SOURCE_TEXT_LENGTH_MAX,
    LanguageTag,
    Level,
    Name,
    Suggestion,
    Text,
    version_of,
)
from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.task_status import lesson_url, moment

CallsMaxAsked = Annotated[int, Field(ge=1, le=10_000_000)]
CostMaxAsked = Annotated[float, Field(gt=0, le=10_000_000, allow_inf_nan=False)]
SetId = Annotated[Id, Path(description="The class set, as it was named when it was ordered.")]
CALLS_MAX = "The most calls of language models that its lessons may take together; what is beyond is not ordered."
COST_MAX = "The most that these calls may cost, by the prices that the house knows, in its currency."


class ClassSetRow(BaseModel):
    """A lesson of a class set. A row that cannot be ordered is refused by itself, and named in the answer.

    So its fields may be anything, and are held to what POST /lessons takes one by one.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    subject: Any = Field(None, description="The subject, as POST /lessons takes it.")
    topic: Any = Field(None, description="The topic within the subject.")
    language: Any = Field(None, description=LANGUAGE)
    level: Any = Field(None, description=LEVEL)
    include_wikipedia: Any = Field(
        None, description="Whether the lesson is to stand on an article of Wikipedia's, if there is one."
    )
    source_text: Any = Field(None, description=SOURCE_TEXT)


class ClassSetOrder(BaseModel):
    """An order for many lessons. Fields that are not known are ignored, and the answer's `warnings` name them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    user_id: Name = Field(description="Who asks.")
    title: Name | None = Field(None, description="What to call it.", examples=["Class 7b, spring"])
    calls_max: CallsMaxAsked | None = Field(None, description=CALLS_MAX)
    cost_max: CostMaxAsked | None = Field(None, description=COST_MAX)
    lessons: list[ClassSetRow] = Field(
        min_length=1, max_length=LESSONS_MAX, description="The lessons; rows are numbered from 1."
    )


class RowRefused(BaseModel):
    """A row that cannot be ordered, why, and what would do instead."""

    row: int = Field(description="The number of the row: in a table as a spreadsheet counts it, its head being row 1.")
    error_code: str = Field(description="Why, for machines: `invalid_row` or `duplicate_row`.")
    error_message: str = Field(description="Why, for people.")
    suggestion: Suggestion | None = Field(description="Another order that would do; null if only the person knows one.")


class ClassSetAccepted(BaseModel):
    """The answer to an order: the set, where to watch it, and the rows that harm no other by being refused."""

    set_id: Id = Field(description="The class set.")
    message: str = Field(description="What was accepted, for people.")
    accepted: int = Field(description="How many rows are ordered.")
    refused: list[RowRefused] = Field(description="The rows that cannot be ordered as they are.")
    set_url: Address = Field(description="Where the set can be watched.")
    warnings: list[str] = Field(
        [],
        exclude_if=lambda named: not named,
        description="The fields or columns that are not known; left out if there are none.",
    )


class ItemOrder(BaseModel):
    """The order that a row is to have instead: the `order` of its suggestion, say. Other fields are ignored."""

    model_config = ConfigDict(frozen=True)

    subject: Name = Field(description="The subject, as POST /lessons takes it.")
    topic: Name = Field(description="The topic within the subject.")
    language: LanguageTag = Field("en", description=LANGUAGE)
    level: Level = Field(Level.MIDDLE, description=LEVEL)
    include_wikipedia: StrictBool = Field(
        True, description="Whether the lesson is to stand on an article of Wikipedia's, if there is one."
    )
    source_text: Annotated[Text, Field(max_length=SOURCE_TEXT_LENGTH_MAX)] | None = Field(None, description=SOURCE_TEXT)


class ClassSetItem(BaseModel):
    """A row of a class set, and how it stands."""

    row: int = Field(description="The number of the row.")
    subject: str = Field(description="The subject, as it was asked for.")
    topic: str = Field(description="The topic, as it was asked for.")
    language: str = Field(description="The language, as it was asked for.")
    level: str = Field(description="The level, as it was asked for.")
    status: ItemStatus = Field(
        description="`refused`: not ordered, or not any more; `waiting`: to be ordered; else the status of its task."
    )
    progress_message: str | None = Field(description="What is happening now, for people, while it is worked on.")
    task_id: Id | None = Field(description="Its task, the last one if it was ordered more than once.")
    status_url: Address | None = Field(description="Where the task's status is, for an hour after its end.")
    version: VersionText | None = Field(description="The version of its edition that the task made.")
    lesson_url: Address | None = Field(description="Where that version stays.")
    error_code: str | None = Field(description="Why it was refused or failed, for machines.")
    error_message: str | None = Field(description="Why, for people.")
    suggestion: Suggestion | None = Field(
        description="Another order that would do: send its `order` to /class-sets/{set_id}/items/{row}."
    )


class SetCeiling(BaseModel):
    """The spending on language models that a set may have, and has had.

    Null is without end; what is in the air is not counted yet.
    """

    calls_max: int | None = Field(description="The most calls.")
    calls: int = Field(description="The calls that are logged.")
    calls_left: int | None = Field(description="The calls that are left.")
    cost_max: float | None = Field(description="The most that they may cost.")
    cost: float = Field(description="What they cost, by the prices that the house knows.")
    cost_left: float | None = Field(description="What is left of that.")
    currency: str = Field(description="The currency of the prices.")


class SetStopped(BaseModel):
    """Why nothing more of a set is ordered."""

    code: str = Field(description="`cancelled`, `set_ceiling_reached` or `user_ceiling_reached`.")
    message: str = Field(description="The same for people.")


class ClassSetHead(BaseModel):
    """A class set in a list."""

    set_id: Id = Field(description="The class set.")
    user_id: str = Field(description="Who ordered it.")
    title: str | None = Field(description="What it is called.")
    status: Literal["running", "finished"] = Field(description="Whether anything more comes of it by itself.")
    stopped: SetStopped | None = Field(description="Why not all of it is ordered, if it is not.")
    rows: int = Field(description="How many rows it has.")
    created_at: MomentText = Field(description="When it was ordered.")
    finished_at: MomentText | None = Field(description="When all its tasks had ended.")
    set_url: Address = Field(description="Where it is.")


class ClassSetList(BaseModel):
    """A page of class sets, newest first. `next_cursor` asks for the page after this."""

    class_sets: list[ClassSetHead] = Field(description="The sets of this page.")
    next_cursor: str | None = Field(description="What asks for the page after this; null on the last.")


class ClassSetStatus(ClassSetHead):
    """A class set, row by row."""

    percent: int = Field(ge=0, le=100, description="The share of rows of which nothing more comes.")
    counts: dict[ItemStatus, int] = Field(description="How many rows have each status.")
    ceiling: SetCeiling = Field(description="What it may spend on language models, and has.")
    items: list[ClassSetItem] = Field(description="The rows, in their order.")
    pack_url: Address = Field(description="Where its completed lessons are, in one file.")


def set_url(set_id: str) -> str:
    """The address of a class set."""
    return f"/class-sets/{set_id}"


def set_accepted(made: ClassSet, warnings: list[str]) -> bytes:
    """Answer an order: a ClassSetAccepted as JSON."""
    refused = [_refused(one) for one in made.rows if one.refusal is not None]
    accepted = len(made.rows) - len(refused)
    message = f"Lessons ordered: {accepted} of {len(made.rows)}"
    told = {
        "set_id": made.set_id,
        "message": message,
        "accepted": accepted,
        "refused": refused,
        "set_url": set_url(made.set_id),
    }
    return to_json(told | ({"warnings": warnings} if warnings else {}))


def _refused(row: SetRow) -> dict[str, Any]:
    assert row.refusal is not None
    return {
        "row": row.row,
        "error_code": row.refusal.code,
        "error_message": row.refusal.message,
        "suggestion": row.refusal.suggestion,
    }


def set_head(made: SetHead) -> dict[str, Any]:
    """Tell of a set in a list."""
    return {
        "set_id": made.set_id,
        "user_id": made.user_id,
        "title": made.title,
        "status": "running" if made.ended_at is None else "finished",
        "stopped": {"code": made.stop.code, "message": made.stop.message} if made.stop else None,
        "rows": made.rows,
        "created_at": moment(made.requested_at),
        "finished_at": moment(made.ended_at) if made.ended_at else None,
        "set_url": set_url(made.set_id),
    }


def set_status(made: ClassSet, stands: SetStanding, spent: Spent, prices: Prices) -> dict[str, Any]:
    """Tell of a set row by row: a ClassSetStatus."""
    counts = stands.counts
    left = Ceiling(made.calls_max, made.cost_max).left(spent, prices)
    ceiling = {
        "calls_max": made.calls_max,
        "calls": spent.calls,
        "calls_left": left.calls,
        "cost_max": made.cost_max,
        "cost": spent.cost(prices),
        "cost_left": left.cost,
        "currency": prices.currency,
    }
    told = {
        "percent": stands.percent,
        "counts": {status: counts[status] for status in ItemStatus},
        "ceiling": ceiling,
        "items": [set_item(made, item) for item in stands.items],
        "pack_url": f"{set_url(made.set_id)}/pack",
    }
    return set_head(made.head) | told


def set_item(made: ClassSet, item: Item) -> dict[str, Any]:
    """Tell of a row."""
    row, outcome = item.row, item.outcome
    named = row.order or row.asked
    revision = outcome.revision if outcome is not None else None
    code, message, suggestion = _failure(made, item)
    return {
        "row": row.row,
        "subject": named.subject if named else "",
        "topic": named.topic if named else "",
        "language": named.language if named else "",
        "level": named.level if named else "",
        "status": item.status,
        "progress_message": outcome.message if outcome and not item.status.settled else None,
        "task_id": item.task_id,
        "status_url": poll_url(item.task_id) if item.task_id else None,
        "version": version_of(revision) if revision is not None else None,
        "lesson_url": lesson_url(row.order, revision) if row.order and revision is not None else None,
        "error_code": code,
        "error_message": message,
        "suggestion": suggestion,
    }


def _failure(made: ClassSet, item: Item) -> tuple[str | None, str | None, Suggestion | None]:
    """Say why a row has no lesson: it was refused, its task failed, or the set orders no more."""
    failure = item.outcome.failure if item.outcome is not None else None
    if failure is not None:
        return failure.code, failure.message, failure.suggestion
    refusal = item.row.refusal
    if refusal is not None:
        return refusal.code, refusal.message, refusal.suggestion
    if item.status is ItemStatus.REFUSED and made.stop is not None:
        return made.stop.code, made.stop.message, None
    return None, None, None
