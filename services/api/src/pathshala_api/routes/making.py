"""Versions made of others over HTTP: each names the one that it follows, and is told if another came before it."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import Response

from pathshala_api import schemas
from pathshala_api.answers import JsonAnswer, tagged
from pathshala_api.editing import examined
from pathshala_api.routes.choosing import EditionChoice, KeptLessons, no_version, revision_named
from pathshala_api.routes.matching import Base, overtaken
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


class Making:
    """Makes versions of others, and answers with them."""

    def __init__(self, lessons: KeptLessons, versions: Versions) -> None:
        self._lessons, self.versions = lessons, versions
        self._turns = asyncio.Semaphore(CHECKED_AT_ONCE_MAX)

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
        request = self.versions.request(base.version, user_id, derivation)
        try:
            stored = None if key is None else await self.versions.made_before(request, content, key)
            if stored is None:
                if not base.is_newest:
                    raise await overtaken(self._lessons, base)
                judged, found = await self.judged(content, request, overruled)
                stored = await self.versions.make(Edit(request, base.version.revision, judged, found), key)
        except OvertakenError as error:
            raise await overtaken(self._lessons, base, error.task_id) from None
        return _created(stored)


def _created(stored: StoredLesson) -> Response:
    location = lesson_url(stored.lesson, stored.lesson.revision).encode()
    shown = tagged(schemas.lesson_version(stored), more=[(b"location", location)]).whole
    answer = JsonAnswer(bytes(shown.body), HTTPStatus.CREATED)
    answer.raw_headers = shown.raw_headers
    return answer
