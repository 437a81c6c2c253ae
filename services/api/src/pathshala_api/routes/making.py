"""Versions made of others over HTTP: each names the one that it follows, and is told if another came before it."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, Response

from pathshala_api import schemas
from pathshala_api.answers import JsonAnswer, tagged
from pathshala_api.diffing import FieldChange, changes
from pathshala_api.editing import examined
from pathshala_api.problems import ProblemError
from pathshala_api.routes.choosing import EditionChoice, KeptLessons, no_version, revision_named
from pathshala_api.versions import Edit, OvertakenError, Versions
from pathshala_common.contract.lesson import (
    Derivation,
    EditionKey,
    Examined,
    Lesson,
    LessonContent,
    LessonRequest,
    Overruling,
)
from pathshala_common.contract.ports.store import StoredLesson
from pathshala_common.contract.task_status import lesson_url

CHECKED_AT_ONCE_MAX = 2
"""Lessons that are checked at once, beside the loop; others wait."""
LOOKED_BACK_MAX = 20
"""Versions, the newest, among which one is looked for that an ETag names."""

NO_BASE = (
    'Say which version you edit: If-Match with the ETag that it was read with, or with its number in quotes, "1.0" say.'
)

IfMatch = Annotated[
    str | None,
    Header(description='The version that is edited: the ETag that it was read with, or its number in quotes: "1.0".'),
]


@dataclass(frozen=True, slots=True)
class Base:
    """The version that an edit is of, and the newest of its edition, which it should be."""

    version: Lesson
    newest: Lesson


class Making:
    """Makes versions of others, and answers with them."""

    def __init__(self, lessons: KeptLessons, versions: Versions) -> None:
        self._lessons, self.versions = lessons, versions
        self._turns = asyncio.Semaphore(CHECKED_AT_ONCE_MAX)

    async def base(self, choice: EditionChoice, if_match: str | None) -> Base:
        """Find the version that a header names, among the newest of the edition. Raises ProblemError."""
        if if_match is None or if_match.strip() in {"", "*"}:
            raise ProblemError(HTTPStatus.PRECONDITION_REQUIRED, "if_match_required", NO_BASE)
        head, _ = await choice.head(self._lessons)
        latest = await self._lessons.revisions(head.edition, limit=LOOKED_BACK_MAX)
        named = await self._named(latest, if_match)
        if named is None:
            raise _changed(latest[0], None)
        return Base(named, latest[0])

    async def _named(self, latest: Sequence[Lesson], if_match: str) -> Lesson | None:
        """Find the version that a header names, by its number or by the tag of a view of it."""
        by_number = next((lesson for lesson in latest if f'"{lesson.version}"' in if_match), None)
        if by_number is not None:
            return by_number
        for lesson in latest:
            stored = await self._lessons.stored(lesson.edition, lesson.revision)
            if stored is not None and any(tag in if_match for tag in _tags(stored)):
                return lesson
        return None

    async def version(self, choice: EditionChoice, edition: EditionKey, version: str | None) -> Lesson:
        """Read a version of an edition; the newest, if none is named. Raises ProblemError."""
        lesson = await self._lessons.lesson(edition, None if version is None else revision_named(version))
        if lesson is None:
            raise no_version(*await choice.head(self._lessons))
        return lesson

    async def judged(
        self, content: LessonContent, request: LessonRequest, overruled: Sequence[Overruling] = ()
    ) -> tuple[LessonContent, Examined]:
        """Run all checks, beside the loop."""
        async with self._turns:
            return await asyncio.to_thread(examined, content, request, overruled)

    async def make(
        self,
        base: Base,
        content: LessonContent,
        derivation: Derivation,
        overruled: Sequence[Overruling],
        *,
        user_id: str,
        key: str | None,
    ) -> Response:
        """Make a version of this content behind the base, and answer with it. Raises ProblemError if it is old."""
        request = self.versions.request(base.newest, user_id, derivation)
        if key is not None:
            before = await self.versions.made_before(request, content, key)
            if before is not None and before.status.final:
                return await self._answered(self.versions.made_by(before.task_id, key), base)
        if base.version.revision != base.newest.revision:
            raise await self._overtaken(base, None)
        judged, found = await self.judged(content, request, overruled)
        return await self._answered(self.versions.make(Edit(request, base.version.revision, judged, found), key), base)

    async def _answered(self, making: Awaitable[StoredLesson], base: Base) -> Response:
        try:
            stored = await making
        except OvertakenError as error:
            raise await self._overtaken(base, error.task_id) from None
        location = lesson_url(stored.lesson, stored.lesson.revision).encode()
        shown = tagged(schemas.lesson_version(stored), more=[(b"location", location)]).whole
        answer = JsonAnswer(bytes(shown.body), HTTPStatus.CREATED)
        answer.raw_headers = shown.raw_headers
        return answer

    async def _overtaken(self, base: Base, task_id: str | None) -> ProblemError:
        newest = await self._lessons.lesson(base.version.edition) or base.newest
        found = await asyncio.to_thread(changes, base.version.content, newest.content)
        return _changed(newest, found, task_id)


def _tags(stored: StoredLesson) -> list[str]:
    return [tagged(schemas.lesson_version(stored, view)).tag for view in schemas.View]


def _changed(newest: Lesson, found: Sequence[FieldChange] | None, task_id: str | None = None) -> ProblemError:
    """Say that another version came before an edit, by whom, and what it changed, if it is known of what."""
    detail = (
        f"Version {newest.version} is newer than what you edited. Nothing was overwritten: make your edit of it, with "
        f'If-Match: "{newest.version}".'
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
