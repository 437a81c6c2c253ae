"""The bodies of requests and answers about class sets.

Written by `scripts/clients`, from the description of the API; a test holds it to that.
"""

from typing import Any, Literal, NotRequired, TypedDict

from pathshala_client.bodies.content import Level
from pathshala_client.bodies.tasks import Suggestion

ItemStatus = Literal["refused", "waiting", "pending", "in_progress", "completed", "failed"]
PackFormat = Literal["zip", "imscc", "gift"]


class RowRefused(TypedDict):
    """A row that cannot be ordered, why, and what would do instead."""

    row: int
    error_code: str
    error_message: str
    suggestion: Suggestion | None


class ClassSetAccepted(TypedDict):
    """The answer to an order: the set, where to watch it, and the rows that harm no other by being refused."""

    set_id: str
    message: str
    accepted: int
    refused: list[RowRefused]
    set_url: str
    warnings: NotRequired[list[str]]


class ClassSetRow(TypedDict):
    """A lesson of a class set. A row that cannot be ordered is refused by itself, and named in the answer."""

    subject: NotRequired[Any]
    topic: NotRequired[Any]
    language: NotRequired[Any]
    level: NotRequired[Any]
    include_wikipedia: NotRequired[Any]
    source_text: NotRequired[Any]


class ClassSetOrder(TypedDict):
    """An order for many lessons. Fields that are not known are ignored, and the answer's `warnings` name them."""

    user_id: str
    title: NotRequired[str | None]
    calls_max: NotRequired[int | None]
    cost_max: NotRequired[float | None]
    lessons: list[ClassSetRow]


class SetStopped(TypedDict):
    """Why nothing more of a set is ordered."""

    code: str
    message: str


class ClassSetHead(TypedDict):
    """A class set in a list."""

    set_id: str
    user_id: str
    title: str | None
    status: Literal["running", "finished"]
    stopped: SetStopped | None
    rows: int
    created_at: str
    finished_at: str | None
    set_url: str


class ClassSetList(TypedDict):
    """A page of class sets, newest first. `next_cursor` asks for the page after this."""

    class_sets: list[ClassSetHead]
    next_cursor: str | None


class SetCeiling(TypedDict):
    """The spending on language models that a set may have, and has had."""

    calls_max: int | None
    calls: int
    calls_left: int | None
    cost_max: float | None
    cost: float
    cost_left: float | None
    currency: str


class ClassSetItem(TypedDict):
    """A row of a class set, and how it stands."""

    row: int
    subject: str
    topic: str
    language: str
    level: str
    status: ItemStatus
    progress_message: str | None
    task_id: str | None
    status_url: str | None
    version: str | None
    lesson_url: str | None
    error_code: str | None
    error_message: str | None
    suggestion: Suggestion | None


class ClassSetStatus(TypedDict):
    """A class set, row by row."""

    set_id: str
    user_id: str
    title: str | None
    status: Literal["running", "finished"]
    stopped: SetStopped | None
    rows: int
    created_at: str
    finished_at: str | None
    set_url: str
    percent: int
    counts: dict[str, int]
    ceiling: SetCeiling
    items: list[ClassSetItem]
    pack_url: str


class ItemOrder(TypedDict):
    """The order that a row is to have instead: the `order` of its suggestion, say. Other fields are ignored."""

    subject: str
    topic: str
    language: NotRequired[str]
    level: NotRequired[Level]
    include_wikipedia: NotRequired[bool]
    source_text: NotRequired[str | None]
