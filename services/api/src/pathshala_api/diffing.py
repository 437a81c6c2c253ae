"""The difference of two contents of a lesson, field by field: texts by words, lists by items. Pure."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from pathshala_common.contract.lesson import LessonContent

COMPARED = (
    "title",
    "objectives",
    "shloka",
    "shloka_transliteration",
    "shloka_source",
    "shloka_connection",
    "translation",
    "explanation",
    "statements",
    "activity",
    "minutes",
    "materials",
    "question",
    "questions",
    "wikipedia_info",
    "source_info",
)
"""The fields that two versions are compared by, in their order."""

_WORD = re.compile(r"\s+|\S+")

Kind = Literal["same", "removed", "added"]


class DiffWords(BaseModel):
    """A run of a text that both have, or one of them."""

    kind: Annotated[Kind, Field(description="Whether both have it, the first one alone, or the second one alone.")]
    text: Annotated[str, Field(description="The run, with its blanks.")]


class DiffItem(BaseModel):
    """An item of a list that both have, or one of them."""

    kind: Annotated[Kind, Field(description="Whether both have it, the first one alone, or the second one alone.")]
    value: Annotated[Any, Field(description="The item: a text, or a statement or question with its fields.")]


class FieldChange(BaseModel):
    """A field that differs. Texts have `words`, lists `items`; runs and items in the order of both."""

    field: Annotated[str, Field(description="The name of the field.")]
    before: Annotated[Any, Field(description="What the first one has; null if nothing.")]
    after: Annotated[Any, Field(description="What the second one has; null if nothing.")]
    words: Annotated[list[DiffWords], Field(description="The words of both, of a text.")] = []
    items: Annotated[list[DiffItem], Field(description="The items of both, of a list.")] = []


def changes(before: LessonContent, after: LessonContent) -> list[FieldChange]:
    """Give the fields in which two contents differ."""
    then, now = (one.model_dump(mode="json") for one in (before, after))
    return [_change(name, then[name], now[name]) for name in COMPARED if then[name] != now[name]]


def _change(field: str, before: Any, after: Any) -> FieldChange:
    change = FieldChange(field=field, before=before, after=after)
    if isinstance(before, str) and isinstance(after, str):
        change.words = [*_words(before, after)]
    if isinstance(before, list) and isinstance(after, list):
        change.items = [*_items(before, after)]
    return change


def _words(before: str, after: str) -> Iterator[DiffWords]:
    then, now = _WORD.findall(before), _WORD.findall(after)
    for kind, run in _runs(then, now):
        yield DiffWords(kind=kind, text="".join(run))


def _items(before: Sequence[Any], after: Sequence[Any]) -> Iterator[DiffItem]:
    then, now = ([_Whole(item) for item in items] for items in (before, after))
    for kind, run in _runs(then, now):
        yield from (DiffItem(kind=kind, value=whole.item) for whole in run)


class _Whole:
    """An item that is compared by what it is, and may be looked up."""

    def __init__(self, item: Any) -> None:
        self.item, self._key = item, repr(item)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Whole) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _runs(then: Sequence[Any], now: Sequence[Any]) -> Iterator[tuple[Kind, Sequence[Any]]]:
    for kind, begin, end, other_begin, other_end in SequenceMatcher(None, then, now).get_opcodes():
        if kind == "equal":
            yield "same", then[begin:end]
            continue
        if begin < end:
            yield "removed", then[begin:end]
        if other_begin < other_end:
            yield "added", now[other_begin:other_end]
