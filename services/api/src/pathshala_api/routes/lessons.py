"""Lessons: read the newest, read an older version."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from pathshala_api import schemas
from pathshala_api.answers import ETAG, NOT_CHANGED, IfNoneMatch, JsonAnswer, tagged
from pathshala_api.problems import ProblemError
from pathshala_common.contract.lesson import lesson_key, revision_of, version_of
from pathshala_common.contract.ports.store import Lessons

VERSIONS_PAGE_SIZE = 100

SHOWN: dict[str, Any] = {"description": "The lesson", "headers": {"ETag": ETAG}}

Version = Annotated[str | None, Query(description="An older version, 1.0 say; the newest if none is named.")]
VersionsLimit = Annotated[int, Query(ge=1, le=VERSIONS_PAGE_SIZE, description="Most versions on a page.")]
View = Annotated[schemas.View, Query(description="Whom it is shown to: a pupil's view has no answers.")]
Before = Annotated[str | None, Query(description="Only versions before this one.")]


def router(lessons: Lessons) -> APIRouter:
    """The paths that are about lessons. The one with a free path comes last in it."""
    routes = APIRouter(tags=["lessons"])

    @routes.get("/lessons/versions", response_model=schemas.VersionList)
    async def list_versions(
        subject: schemas.Subject, topic: schemas.Topic, limit: VersionsLimit = VERSIONS_PAGE_SIZE, before: Before = None
    ) -> Response:
        """List the versions of a lesson, newest first."""
        below = _revision(before) if before is not None else None
        found = await lessons.revisions(lesson_key(subject, topic), limit=limit, below=below)
        if not found and below is None:
            raise _no_lesson()
        oldest = found[-1].revision if found else 1
        listed = schemas.VersionList(
            subject=found[0].subject if found else subject,
            topic=found[0].topic if found else topic,
            versions=[schemas.version_entry(lesson) for lesson in found],
            next_before=version_of(oldest) if oldest > 1 else None,
        )
        return JsonAnswer(listed.model_dump_json().encode())

    @routes.get(
        "/lessons/{subject}/{topic:path}",
        response_model=schemas.LessonVersion | schemas.PupilVersion,
        responses={200: SHOWN, 304: NOT_CHANGED},
    )
    async def read_a_lesson(
        subject: schemas.Subject,
        topic: schemas.Topic,
        version: Version = None,
        view: View = schemas.View.TEACHER,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """Read the newest version of a lesson, or the one that is named."""
        revision = _revision(version) if version is not None else None
        lesson = await lessons.lesson(lesson_key(subject, topic), revision)
        if lesson is None:
            raise _no_lesson() if revision is None else _no_version()
        return tagged(schemas.lesson_version(lesson, view)).to(if_none_match)

    return routes


def _revision(version: str) -> int:
    revision = revision_of(version)
    if revision is None:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_version", "A version looks like 1.0 or 1.12.")
    return revision


def _no_lesson() -> ProblemError:
    detail = "There is no such lesson yet. POST /lessons with this subject and topic makes one."
    return ProblemError(HTTPStatus.NOT_FOUND, "lesson_not_found", detail)


def _no_version() -> ProblemError:
    detail = "There is no such version of this lesson. GET /lessons/versions?subject=...&topic=... lists what there is."
    return ProblemError(HTTPStatus.NOT_FOUND, "version_not_found", detail)
