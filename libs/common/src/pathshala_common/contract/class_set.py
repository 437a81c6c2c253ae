"""A class set: one order for many lessons, row by row, and what became of it besides what its tasks tell."""

import json
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from pathshala_common.contract.derived_id import derived_id
from pathshala_common.contract.lesson import (
    EditionKey,
    LanguageTag,
    Level,
    Moment,
    Name,
    SourceText,
    Suggestion,
    TaskId,
    Text,
    Value,
    edition_key,
    is_none,
)

LESSONS_MAX = 500
"""Rows of a set."""

ASKED_LENGTH_MAX = 200
"""Characters that are kept of each field of a row that cannot be ordered."""

NAMESPACE = UUID("5b0f6a0e-6a4c-4d7f-8f0b-6c1f9f2d7c55")

Row = Annotated[int, Field(ge=1)]
CallsMax = Annotated[Annotated[int, Field(ge=1)] | None, Field(exclude_if=is_none)]
CostMax = Annotated[Annotated[float, Field(gt=0)] | None, Field(exclude_if=is_none)]
Asked = Annotated[str, StringConstraints(max_length=ASKED_LENGTH_MAX)]


class RowOrder(Value):
    """The lesson that a row orders."""

    subject: Name
    topic: Name
    language: LanguageTag = "en"
    level: Level = Level.MIDDLE
    include_wikipedia: bool = True
    source_text: SourceText = None

    @property
    def edition(self) -> EditionKey:
        """The edition that is ordered."""
        return edition_key(self.subject, self.topic, self.language, self.level)


class RowAsked(Value):
    """The text of a row that cannot be ordered, as far as it can be shown."""

    subject: Asked = ""
    topic: Asked = ""
    language: Asked = ""
    level: Asked = ""


class RowRefusal(Value):
    """Why a row cannot be ordered, and what could be instead."""

    code: Text
    message: Text
    suggestion: Annotated[Suggestion | None, Field(exclude_if=is_none)] = None


class SetRow(Value):
    """A row as it was ordered: an order, or else what was asked and why that cannot be ordered."""

    row: Row
    order: Annotated[RowOrder | None, Field(exclude_if=is_none)] = None
    asked: Annotated[RowAsked | None, Field(exclude_if=is_none)] = None
    refusal: Annotated[RowRefusal | None, Field(exclude_if=is_none)] = None
    tries: Annotated[int, Field(ge=0)] = 0
    """It was ordered so many times: each time is a task of its own."""


class SetStop(Value):
    """Why what was not ordered yet is not ordered any more."""

    code: Text
    message: Text
    at: Moment


class SetHead(Value):
    """A class set as a list shows it: `rows` is their number."""

    set_id: TaskId
    user_id: Name
    title: Annotated[Name | None, Field(exclude_if=is_none)] = None
    rows: Annotated[int, Field(ge=0)]
    requested_at: Moment
    stop: Annotated[SetStop | None, Field(exclude_if=is_none)] = None
    ended_at: Annotated[Moment | None, Field(exclude_if=is_none)] = None


class ClassSet(Value):
    """The fold of a set's own events. `number` counts those that had an effect; an event names the one it counts on."""

    set_id: TaskId
    user_id: Name
    title: Annotated[Name | None, Field(exclude_if=is_none)] = None
    rows: tuple[SetRow, ...]
    calls_max: CallsMax = None
    cost_max: CostMax = None
    requested_at: Moment
    number: Annotated[int, Field(ge=1)] = 1
    stop: Annotated[SetStop | None, Field(exclude_if=is_none)] = None
    ended_at: Annotated[Moment | None, Field(exclude_if=is_none)] = None

    @property
    def head(self) -> SetHead:
        """The set without its rows."""
        return SetHead(
            set_id=self.set_id,
            user_id=self.user_id,
            title=self.title,
            rows=len(self.rows),
            requested_at=self.requested_at,
            stop=self.stop,
            ended_at=self.ended_at,
        )

    @property
    def task_ids(self) -> dict[int, str]:
        """The task of each row that was ordered or is to be, the last of each, by the number of its row.

        One without an order has none, whatever its event says of tries: it counts as refused.
        """
        ordered = (one for one in self.rows if one.tries and one.order is not None)
        return {one.row: task_id_of_row(self.set_id, one.row, one.tries) for one in ordered}


def set_id_of(user_id: str, key: str) -> str:
    """Name the set of a user's key: no task has its id."""
    return derived_id(NAMESPACE, json.dumps([user_id, key]))


def task_id_of_row(set_id: str, row: int, tries: int) -> str:
    """Name the task of a row's order, so that whoever orders it however often means the same."""
    return derived_id(NAMESPACE, json.dumps([set_id, row, tries]))
