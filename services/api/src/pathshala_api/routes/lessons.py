"""Lessons: ask for one, read the newest, read an older version."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from pydantic import BeforeValidator, StringConstraints

from pathshala_api import schemas
from pathshala_api.intake import Intake
from pathshala_api.problems import ProblemError
from pathshala_common.contract.lesson import lesson_key, revision_of, version_of
from pathshala_common.contract.ports.store import Lessons

POLL_AFTER_SECONDS = 3
VERSIONS_PAGE_SIZE = 100

ACCEPTED: dict[str, Any] = {
    "description": "Accepted for good; poll the task",
    "headers": {
        "Location": {"description": "Where the task's status is.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds to wait before the first poll.", "schema": {"type": "integer"}},
    },
}


def _trimmed(value: str) -> str:
    """Take away what HTTP says is no part of a header's value (RFC 9110, 5.5): blanks and tabs around it."""
    return value.strip(" \t")


IdempotencyKey = Annotated[
    Annotated[str, BeforeValidator(_trimmed), StringConstraints(min_length=1, max_length=200)] | None,
    Header(description="The same key from the same user gives the same task, for a day after it ended at least."),
]
Version = Annotated[str | None, Query(description="An older version, 1.0 say; the newest if none is named.")]
VersionsLimit = Annotated[int, Query(ge=1, le=VERSIONS_PAGE_SIZE, description="Most versions on a page.")]
Before = Annotated[str | None, Query(description="Only versions before this one.")]


def router(lessons: Lessons, intake: Intake) -> APIRouter:
    """The paths that are about lessons. The one with a free path comes last in it."""
    routes = APIRouter(tags=["lessons"])

    @routes.post(
        "/lessons", status_code=HTTPStatus.ACCEPTED, response_model=schemas.Accepted, responses={202: ACCEPTED}
    )
    async def ask_for_a_lesson(order: schemas.LessonOrder, idempotency_key: IdempotencyKey = None) -> Response:
        """Accept a request, and answer at once with the task to poll."""
        task = await intake.accept(order, idempotency_key)
        headers = {"Location": schemas.poll_url(task.task_id), "Retry-After": str(POLL_AFTER_SECONDS)}
        return _json(schemas.accepted(task).model_dump_json(), HTTPStatus.ACCEPTED, headers)

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
        return _json(listed.model_dump_json())

    @routes.get("/lessons/{subject}/{topic:path}", response_model=schemas.LessonVersion)
    async def read_a_lesson(subject: schemas.Subject, topic: schemas.Topic, version: Version = None) -> Response:
        """Read the newest version of a lesson, or the one that is named."""
        revision = _revision(version) if version is not None else None
        lesson = await lessons.lesson(lesson_key(subject, topic), revision)
        if lesson is None:
            raise _no_lesson() if revision is None else _no_version()
        return _json(schemas.lesson_version(lesson).model_dump_json())

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


def _json(body: str, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")
