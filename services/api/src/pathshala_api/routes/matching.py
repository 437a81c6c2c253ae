"""If-Match: the version that somebody changes, and the answer that another one came before, with what it changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Header

from pathshala_api import schemas
from pathshala_api.answers import tagged
from pathshala_api.diffing import FieldChange, changes
from pathshala_api.problems import ProblemError
from pathshala_api.routes.choosing import EditionChoice, KeptLessons
from pathshala_common.contract.lesson import Lesson
from pathshala_common.contract.ports.store import StoredLesson

LOOKED_BACK_MAX = 20
"""Versions, the newest, among which one is looked for that an ETag names."""

NO_BASE = (
    "Say which version you change: If-Match with the ETag that it was read with, or with its number in quotes, "
    '"1.0" say.'
)

IfMatch = Annotated[
    str | None,
    Header(description='The version that is changed: the ETag that it was read with, or its number in quotes: "1.0".'),
]


@dataclass(frozen=True, slots=True)
class Base:
    """The version that a change is of, and the newest of its edition, which it should be."""

    version: Lesson
    newest: Lesson

    @property
    def is_newest(self) -> bool:
        """Whether nothing came in between."""
        return self.version.revision == self.newest.revision


async def matched(lessons: KeptLessons, choice: EditionChoice, if_match: str | None) -> Base:
    """Find the version that a header names, among the newest of the edition. Raises ProblemError."""
    if if_match is None or if_match.strip() in {"", "*"}:
        raise ProblemError(HTTPStatus.PRECONDITION_REQUIRED, "if_match_required", NO_BASE)
    head, _ = await choice.head(lessons)
    latest = await lessons.revisions(head.edition, limit=LOOKED_BACK_MAX)
    named = await _named(lessons, latest, if_match)
    if named is None:
        raise _changed(latest[0], None)
    return Base(named, latest[0])


async def overtaken(lessons: KeptLessons, base: Base, task_id: str | None = None) -> ProblemError:
    """Say what came behind a version, and what it changed."""
    newest = await lessons.lesson(base.version.edition) or base.newest
    found = await asyncio.to_thread(changes, base.version.content, newest.content)
    return _changed(newest, found, task_id)


async def _named(lessons: KeptLessons, latest: Sequence[Lesson], if_match: str) -> Lesson | None:
    """Find the version that a header names, by its number or by the tag of a view of it."""
    by_number = next((lesson for lesson in latest if f'"{lesson.version}"' in if_match), None)
    if by_number is not None:
        return by_number
    for lesson in latest:
        stored = await lessons.stored(lesson.edition, lesson.revision)
        if stored is not None and any(tag in if_match for tag in _tags(stored)):
            return lesson
    return None


def _tags(stored: StoredLesson) -> list[str]:
    return [tagged(schemas.lesson_version(stored, view)).tag for view in schemas.View]


def _changed(newest: Lesson, found: Sequence[FieldChange] | None, task_id: str | None = None) -> ProblemError:
    """Say that another version came before a change, by whom, and what it changed, if it is known of what."""
    detail = (
        f"Version {newest.version} is newer than what you changed. Nothing was overwritten: make your change of it, "
        f'with If-Match: "{newest.version}".'
    )
    return ProblemError(
        HTTPStatus.PRECONDITION_FAILED,
        "version_changed",
        detail,
        version=newest.version,
        made_by=newest.made_by,
        changes=None if found is None else [one.model_dump(mode="json") for one in found],
        task_id=task_id,
    )
